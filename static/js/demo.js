/** On a phone the demo shows one of its two frames at a time; the buttons above choose which. */
(() => {
  const stage = document.querySelector(".ll-demo__stage");
  const tabs = document.querySelectorAll(".ll-demo__tab");

  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      stage.dataset.showing = tab.dataset.show;
      for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
    });
  }
})();
