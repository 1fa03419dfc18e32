/**
 * Says when the connection is lost and when it is back, on every page of a workspace, and has the browser keep a page
 * for when there is none. Hears of it from the browser, from htmx, and from live.js as "live:standing".
 */
(() => {
  const PATIENCE = 3000; // a socket that is back within this is no news
  const EVERY = 4000;
  const GLAD = 5000; // how long "back" stands there
  const banner = document.querySelector("[data-away]");
  let timer = 0;
  let leaving = 0;
  let asked = 0;

  function show(state) {
    clearTimeout(leaving);
    banner.dataset.away = state;
  }

  function lost() {
    show("lost");
    suspect(EVERY);
  }

  function back() {
    clearTimeout(timer);
    timer = 0;
    if (banner.dataset.away !== "lost") return;
    show("back");
    leaving = setTimeout(show, GLAD, "");
  }

  /**
   * Asks the server itself, now or in a moment; again and again while it does not answer. Only the answer to the last
   * question counts: one that was on its way when the connection went says nothing of now.
   */
  function suspect(after) {
    clearTimeout(timer);
    const mine = ++asked;
    timer = setTimeout(async () => {
      const well = await answers();
      if (mine === asked) (well ? back : lost)();
    }, after);
  }

  async function answers() {
    try {
      return (await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(EVERY) })).ok;
    } catch {
      return false;
    }
  }

  window.addEventListener("offline", lost);
  window.addEventListener("online", () => suspect(0));
  document.addEventListener("htmx:error", () => suspect(0));
  document.addEventListener("live:standing", ({ detail }) => {
    const saysLost = banner.dataset.away === "lost";
    if (detail === "live" && !saysLost) back(); // no longer suspected
    else if (detail !== "connecting") suspect(0);
    else if (!timer) suspect(PATIENCE);
  });
  if (!navigator.onLine) lost();

  navigator.serviceWorker?.register("/sw.js").catch(() => {}); // without it the browser shows its own page
})();
