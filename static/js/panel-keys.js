/** Single keys: j k to move, r to write, / to search, a and e for the buttons that carry them, ? for the list. */
const KEY = "leadline-keys";
const help = document.getElementById("help");
const toggle = help.querySelector("[data-keys-on]");

function remembered() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // storage is switched off: keys are on
  }
}

/** Opens the next or previous row: the one after the open conversation, or after the row that has the focus. */
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.findIndex((row) => row === document.activeElement || row.hasAttribute("aria-current"));
  const next = rows[here === -1 ? 0 : here + by];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  if (next.closest("#list-pane")) next.click();
}

const focusOn = (selector) => document.querySelector(selector)?.focus();
const DOES = {
  j: () => step(1),
  k: () => step(-1),
  r: () => focusOn("[data-text]"),
  "/": () => focusOn("#search"),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) typing.blur();
  if (typing || !toggle.checked) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!DOES[event.key] && !button) return;
  event.preventDefault();
  if (event.repeat && button) return;
  if (button) button.click();
  else DOES[event.key]();
});
toggle.checked = remembered();
toggle.addEventListener("change", () => {
  try {
    localStorage.setItem(KEY, toggle.checked ? "on" : "off");
  } catch {
    // storage is switched off: the choice lasts as long as the page
  }
});
