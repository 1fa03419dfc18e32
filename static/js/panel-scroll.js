/**
 * Where the reader is in the thread. At the newest message it stays there (the pane is reversed, so the browser
 * does that); further up, what they read stays where it is, and a button leads to what came in meanwhile.
 */
const NEAR = 48; // px from the newest message that count as being there

const pane = () => document.querySelector("[data-scroll]");
const atNewest = (scroller) => Math.abs(scroller.scrollTop) < NEAR;
const newest = (scroller) => scroller.querySelector(".ll-msg:last-child")?.id;

let before = null;

function remember() {
  const scroller = pane();
  if (!scroller) return;
  const top = scroller.getBoundingClientRect().top;
  const anchor = [...scroller.querySelectorAll(".ll-msg")].find((one) => one.getBoundingClientRect().bottom > top);
  before = {
    pane: scroller.id,
    atNewest: atNewest(scroller),
    newest: newest(scroller),
    anchor: anchor?.id,
    offset: anchor ? anchor.getBoundingClientRect().top - top : 0,
  };
}

function restore() {
  const scroller = pane();
  if (!scroller || before?.pane !== scroller.id) return;
  if (before.atNewest) {
    scroller.scrollTop = 0;
    return;
  }
  const anchor = before.anchor && document.getElementById(before.anchor);
  if (anchor) {
    scroller.scrollTop += anchor.getBoundingClientRect().top - scroller.getBoundingClientRect().top - before.offset;
  }
  if (newest(scroller) !== before.newest) offer = scroller.id;
  showOffer();
}

let offer = null; // the pane in which something new is below the fold

function showOffer() {
  const button = document.querySelector("[data-jump]");
  if (button) button.hidden = offer !== pane()?.id;
}

document.addEventListener("htmx:before:swap", remember);
document.addEventListener("htmx:after:swap", restore);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-jump]")) pane().scrollTo({ top: 0, behavior: "smooth" });
});
document.addEventListener(
  "scroll",
  (event) => {
    if (event.target === pane() && atNewest(event.target)) offer = null;
    showOffer();
  },
  { capture: true, passive: true },
);
document.addEventListener("panel:sent", () => {
  if (pane()) pane().scrollTop = 0;
});
