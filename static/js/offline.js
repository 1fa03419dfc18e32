/** The page for when there is no network: it goes away by itself once there is one. */
const EVERY = 5000;

async function look() {
  try {
    const answer = await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
    if (answer.ok) return location.reload();
  } catch {
    // still away
  }
  setTimeout(look, EVERY);
}

// Opened by its own address it has nothing to go back to.
if (location.pathname !== "/offline/") {
  window.addEventListener("online", () => location.reload());
  setTimeout(look, EVERY);
}
