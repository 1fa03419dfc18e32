/**
 * The form of a new workspace: shows the address that will be made from the name, as the server makes it.
 */
(() => {
  const form = document.querySelector("[data-start-form]");
  const shown = document.querySelector("[data-start-slug]");
  if (!form || !shown) return;

  function slugOf(name) {
    const plain = name.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
    return plain.replace(/[^\w\s-]/g, "").trim().replace(/[-_\s]+/g, "-").slice(0, 34).replace(/^-+|-+$/g, "");
  }

  function show() {
    const suggested = slugOf(form.elements.name.value);
    form.elements.slug.placeholder = suggested;
    shown.textContent = form.elements.slug.value.trim().toLowerCase() || suggested || "…";
  }

  form.addEventListener("input", show);
  show();
})();
