/**
 * What the panel does around htmx: errors in words, how much is unread, "seen", the reader's time
 * zone, and small repairs after a swap.
 */
const says = document.getElementById("says");

/** Shows a sentence above the reply box (or at the head of a page) until it is dismissed. */
function notice(text) {
  const place = document.getElementById("notice");
  if (!place) return;
  const banner = document.createElement("div");
  banner.className = "ll-banner ll-banner--danger pn-notice";
  const words = document.createElement("p");
  words.className = "ll-banner__text";
  words.textContent = text;
  const dismiss = document.createElement("button");
  dismiss.className = "btn btn-sm";
  dismiss.type = "button";
  dismiss.dataset.dismiss = "";
  dismiss.textContent = said("dismiss");
  banner.append(words, dismiss);
  place.replaceChildren(banner);
}

const said = (what) => says.content.querySelector(`[data-says="${what}"]`).textContent;
const clearNotice = () => document.getElementById("notice")?.replaceChildren();
const isCommand = (ctx) => ctx.request.method !== "GET";

/** What the page needs after it changed: htmx leaves alone what a person may have touched. */
function settle() {
  const thread = document.querySelector("[data-thread]");
  document.body.classList.toggle("ll-immersive", Boolean(thread));
  for (const row of document.querySelectorAll("#list-pane [data-row]")) {
    if (row.dataset.row === thread?.dataset.thread) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  for (const select of document.querySelectorAll("[data-server-value]")) {
    select.value = select.querySelector("option[selected]").value;
  }
  const unread = Number(document.getElementById("list-pane")?.dataset.unread ?? 0);
  document.dispatchEvent(new CustomEvent("panel:unread", { detail: unread })); // for the title: notices.js
  markSeen();
}

/** Tells the server that somebody who can answer has the open conversation before their eyes. */
function markSeen() {
  const thread = document.querySelector("[data-seen]");
  if (!thread || thread.dataset.unread === "0" || document.visibilityState === "hidden") return;
  thread.dataset.unread = "0";
  const token = thread.querySelector("[name=csrfmiddlewaretoken]").value;
  fetch(thread.dataset.seen, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {
    thread.dataset.unread = "1";
  });
}

/** Days and times are those on the reader's wall: the server is told the zone once. */
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`zone=${zone}`)) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const name of ["live:list", "live:thread", "live:lead"]) document.dispatchEvent(new CustomEvent(name));
}

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { status, raw } = ctx.response;
  if (raw.redirected) {
    event.preventDefault();
    location.reload(); // signed out: the page leads to the login and back
  } else if (status >= 400 && !ctx.hx.retarget) {
    event.preventDefault();
    notice(said(status === 404 ? "gone" : "failed"));
  } else if (status < 400 && isCommand(ctx)) {
    clearNotice();
  }
  if (status >= 400) settle();
});
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx && isCommand(ctx)) notice(said("offline"));
});
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx.target?.id === "desk") clearNotice();
  settle();
});
document.addEventListener("visibilitychange", markSeen);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) clearNotice();
  const goes = event.target.closest("[data-help]");
  if (goes) document.getElementById("help").showModal();
});

tellZone();
settle();
