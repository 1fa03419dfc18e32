/**
 * The reply box: Enter sends once, what is typed is never lost (not by a swap, not by leaving the page), and the
 * key that makes a repeated send harmless is renewed only when the server has the text.
 */
let sending = null; // {conversation, text} while a reply is on its way

const composer = () => document.querySelector("[data-composer]");
const box = (form) => form.querySelector("[data-text]");
const draftOf = (conversation) => `draft:${location.pathname.split("/")[2]}:${conversation}`;

function keep(conversation, text) {
  try {
    if (text) sessionStorage.setItem(draftOf(conversation), text);
    else sessionStorage.removeItem(draftOf(conversation));
  } catch {
    // storage is switched off: the text lives as long as the page
  }
}

function kept(conversation) {
  try {
    return sessionStorage.getItem(draftOf(conversation)) ?? "";
  } catch {
    return "";
  }
}

/** Puts an unsent text back into a box that is new on the page. */
function restore() {
  const form = composer();
  if (!form || form.dataset.restored) return;
  form.dataset.restored = "yes";
  if (!box(form).value) box(form).value = kept(form.dataset.composer);
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-text]") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!event.repeat) event.target.form.requestSubmit();
});
document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-text]")) keep(event.target.form.dataset.composer, event.target.value);
});

document.addEventListener("htmx:config:request", (event) => {
  const form = event.detail.ctx.sourceElement;
  if (!form.matches("[data-composer]")) return;
  const text = box(form).value;
  if (sending?.conversation === form.dataset.composer || !text.trim()) event.preventDefault();
  else sending = { conversation: form.dataset.composer, text };
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.detail.ctx.sourceElement.matches?.("[data-composer]")) sending = null;
});
document.addEventListener("panel:sent", (event) => {
  if (!sending) return;
  const { conversation, text } = sending;
  const form = composer();
  keep(conversation, "");
  if (form?.dataset.composer !== conversation) return;
  // What was typed while the reply was on its way stays.
  const now = box(form).value;
  box(form).value = now.startsWith(text) ? now.slice(text.length).trimStart() : now;
  keep(conversation, box(form).value);
  form.querySelector("[name=key]").value = event.detail.key;
  box(form).focus();
});
document.addEventListener("htmx:after:swap", restore);

restore();
