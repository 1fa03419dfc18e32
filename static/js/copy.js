/**
 * A [data-copy] button puts the value of the field it names into the clipboard and says so; without script, or
 * where the browser refuses, the field's text is selected to be copied by hand.
 */
(() => {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const field = button && document.getElementById(button.dataset.copy);
    if (!field) return;
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.querySelector("[data-said]").textContent = button.dataset.copied;
    } catch {
      field.focus();
    }
  });
})();
