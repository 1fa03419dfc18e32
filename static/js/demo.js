/**
 * On a phone the demo shows one of its two frames at a time; the buttons above choose which. While the demo is
 * being reset the page says so, and a second press does nothing.
 */
(() => {
  const stage = document.querySelector(".ll-demo__stage");
  const tabs = document.querySelectorAll(".ll-demo__tab");

  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      stage.dataset.showing = tab.dataset.show;
      for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
    });
  }

  const form = document.querySelector("[data-busy]");
  form?.addEventListener("submit", () => {
    form.querySelector("[type=submit]").disabled = true;
    document.querySelector("[data-busy-text]").hidden = false;
  });
  // Back to this page by the browser's button: it may be pressed again.
  window.addEventListener("pageshow", () => {
    if (!form) return;
    form.querySelector("[type=submit]").disabled = false;
    document.querySelector("[data-busy-text]").hidden = true;
  });
})();
