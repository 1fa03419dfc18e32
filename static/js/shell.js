/**
 * The side pane of a .ll-panes where there is no room beside the thread: a [data-side-toggle] button
 * opens and closes it, Escape closes it and gives the focus back.
 */
(() => {
  function setSide(panes, open) {
    panes.dataset.side = open ? "open" : "closed";
    for (const button of panes.querySelectorAll(".ll-side-toggle[aria-expanded]")) button.setAttribute("aria-expanded", String(open));
  }

  document.addEventListener("click", (event) => {
    const panes = event.target.closest("[data-side-toggle]")?.closest(".ll-panes");
    if (panes) setSide(panes, panes.dataset.side !== "open");
  });
  document.addEventListener("keydown", (event) => {
    const panes = document.querySelector('.ll-panes[data-side="open"]');
    if (event.key !== "Escape" || !panes) return;
    setSide(panes, false);
    panes.querySelector(".ll-side-toggle")?.focus();
  });
})();
