/**
 * A [data-role] form shows its button only while another role is chosen than the one that is saved. Without script
 * the button is always there.
 */
(() => {
  for (const form of document.querySelectorAll("[data-role]")) {
    const select = form.querySelector("select");
    const button = form.querySelector("button");
    const saved = select.querySelector("option[selected]")?.value ?? "";
    select.value = saved; // a browser that comes back to the page may remember a choice that was never saved
    button.hidden = true;
    select.addEventListener("change", () => {
      button.hidden = select.value === saved;
    });
  }
})();
