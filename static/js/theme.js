/**
 * Light, dark, or as the operating system says. Loaded in <head> without defer, so that the first
 * paint has the right colours. The choice is kept in localStorage under "leadline-theme".
 */
(() => {
  const CHOICES = ["auto", "light", "dark"];
  const KEY = "leadline-theme";
  const root = document.documentElement;
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered() {
    try {
      const choice = localStorage.getItem(KEY);
      return CHOICES.includes(choice) ? choice : "auto";
    } catch {
      return "auto"; // storage is switched off: follow the system
    }
  }

  function remember(choice) {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // storage is switched off: the choice lasts as long as the page
    }
  }

  function apply(choice) {
    const dark = choice === "dark" || (choice === "auto" && systemDark.matches);
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = dark ? "dark" : "light";
    // Two of them, by what the device prefers; a choice of one's own goes for both.
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.content = dark ? "#0a1216" : "#eff5f6";
  }

  apply(remembered());
  systemDark.addEventListener("change", () => apply(root.dataset.themeChoice));
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) apply(remembered());
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = CHOICES[(CHOICES.indexOf(root.dataset.themeChoice) + 1) % CHOICES.length];
    remember(next);
    apply(next);
  });
})();
