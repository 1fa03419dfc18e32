/**
 * The page of a workspace that is being set up: asks how far it is, shows it, and goes on when it is ready.
 * A page that was asked for deep in the workspace is then shown itself.
 */
(() => {
  const EVERY_MS = 700;
  const page = document.querySelector("[data-progress-url]");
  if (!page) return;
  const part = (name) => page.querySelector(`[data-progress-${name}]`);

  function show(progress) {
    part("bar").value = progress.percent;
    part("percent").textContent = progress.percent;
    if (part("step").textContent !== progress.step) part("step").textContent = progress.step;
    part("working").hidden = progress.problem;
    part("problem").hidden = !progress.problem;
  }

  async function look() {
    try {
      const answer = await fetch(page.dataset.progressUrl, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 404) return location.reload();
      if (answer.ok) {
        const progress = await answer.json();
        if (progress.state !== "setting_up") return location.reload();
        show(progress);
      }
    } catch {
      // away for a moment: the next look tells
    }
    setTimeout(look, EVERY_MS);
  }

  setTimeout(look, EVERY_MS);
})();
