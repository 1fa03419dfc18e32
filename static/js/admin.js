/**
 * The admin's few movements: the menu on a narrow page, the filters' dialog, choosing all rows, "/" for the search.
 * Loaded in <head> without defer, after theme.js, so that the first paint has the right colours: unfold's styles
 * know dark by a class, the rest of the product by data-bs-theme.
 */
(() => {
  const root = document.documentElement;
  const mirror = () => root.classList.toggle("dark", root.dataset.bsTheme === "dark");
  new MutationObserver(mirror).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  mirror();

  function toggleMenu(button, open) {
    root.classList.toggle("ad-menu-open", open);
    button.setAttribute("aria-expanded", String(open));
  }

  document.addEventListener("click", (event) => {
    const menu = event.target.closest("[data-menu]");
    if (menu) toggleMenu(menu, menu.getAttribute("aria-expanded") !== "true");
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.matches("dialog")) event.target.close(); // a click beside it
  });

  document.addEventListener("change", (event) => {
    const rows = [...document.querySelectorAll("input.action-select")];
    if (event.target.id === "action-toggle") for (const row of rows) row.checked = event.target.checked;
    else if (!event.target.matches("input.action-select")) return;
    const all = document.getElementById("action-toggle");
    const chosen = rows.filter((row) => row.checked).length;
    all.checked = chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  });

  document.addEventListener("submit", (event) => {
    // What was not typed or chosen need not stand in the address.
    if (event.target.method !== "get") return;
    for (const field of event.target.elements) field.disabled ||= field.name && field.value === "";
  });
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll('form[method="get"] :disabled')) field.disabled = false;
  });

  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("[data-menu]");
    if (event.key === "Escape" && root.classList.contains("ad-menu-open")) toggleMenu(menu, false);
    const typing = event.target.closest("input, textarea, select, dialog[open]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });
})();
