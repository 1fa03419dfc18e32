/**
 * Keeps the bell up to date on every page of a workspace: the count beside it and in the page's title, a dot on the
 * icon, and a toast for each notice that comes while the page is open. A push says only that there is something new;
 * what it is, the page asks for. Without a socket it asks every 20 s. What leads to the page before somebody's eyes is
 * read. panel.js says as "panel:unread" how many conversations are unread: the title shows the greater number.
 */
(() => {
  const STAYS = 8000; // ms that a toast can be read; while the pointer or the focus is on it, it stays
  const EVERY = 20_000;
  const MOST = 3;

  const bell = document.querySelector("[data-notices]");
  const place = document.getElementById("toasts");
  const pattern = document.getElementById("notice-toast");
  let newest = Number(bell.dataset.newest);
  let unread = Number(bell.querySelector("[data-notices-count]").textContent) || 0;
  let conversations = 0;
  let asking = null;
  let looking = ""; // the path that we last said is looked at, with the newest notice then

  function show() {
    bell.querySelector("[data-notices-count]").textContent = unread || "";
    const title = document.title.replace(/^\(\d+\) /, "");
    const count = Math.max(unread, conversations);
    const wanted = count ? `(${count}) ${title}` : title;
    if (document.title !== wanted) document.title = wanted;
    const icon = document.querySelector('link[rel="icon"]');
    const picture = unread ? bell.dataset.iconUnread : bell.dataset.icon;
    if (icon && icon.getAttribute("href") !== picture) icon.setAttribute("href", picture);
  }

  function toast({ title, text, url }) {
    const one = pattern.content.firstElementChild.cloneNode(true);
    one.querySelector(".nt-toast__title").textContent = title;
    one.querySelector(".nt-toast__text").textContent = text;
    one.querySelector("a").href = url;
    one.querySelector("[data-toast-close]").addEventListener("click", () => one.remove());
    let timer = setTimeout(() => one.remove(), STAYS);
    for (const begin of ["pointerenter", "focusin"]) one.addEventListener(begin, () => clearTimeout(timer));
    for (const end of ["pointerleave", "focusout"]) {
      one.addEventListener(end, () => {
        clearTimeout(timer);
        timer = setTimeout(() => one.remove(), STAYS);
      });
    }
    place.append(one);
    while (place.children.length > MOST) place.firstElementChild.remove();
  }

  async function ask() {
    const answer = await fetch(`${bell.dataset.news}?${new URLSearchParams({ after: newest })}`, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok || answer.redirected) return; // signed out, or no member any more: the page itself says so best
    const news = await answer.json();
    unread = news.unread;
    show();
    if (document.visibilityState === "hidden") return; // what came meanwhile is shown when somebody looks
    newest = Math.max(newest, news.newest);
    await markHere();
    const elsewhere = ({ path }) => path !== location.pathname;
    news.toasts.filter(elsewhere).reverse().forEach(toast);
  }

  /** Whatever leads here is read, whichever way somebody came; asked again only when something changed. */
  async function markHere() {
    const now = `${location.pathname} ${newest}`;
    if (!unread || looking === now || document.visibilityState === "hidden") return;
    looking = now;
    const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    const body = new URLSearchParams({ path: location.pathname });
    await fetch(bell.dataset.here, { method: "POST", headers: { "X-CSRFToken": token }, body });
  }

  /** One question at a time; what comes while one is under way is asked after it. */
  function look() {
    asking = (asking ?? Promise.resolve()).then(ask).catch(() => {}); // away.js says that the connection is lost
  }

  document.addEventListener("live:notice", look);
  document.addEventListener("panel:unread", ({ detail }) => {
    conversations = detail;
    show();
  });
  document.addEventListener("htmx:after:swap", () => {
    show();
    setTimeout(() => markHere().catch(() => {})); // once the address is that of what was swapped in
  });
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  setInterval(look, EVERY);
  show();
  markHere().catch(() => {});

  // Pages that show nothing live have no line to the server; the bell opens one.
  if (!document.querySelector("[data-live]")) {
    bell.dataset.live = "";
    import(bell.dataset.liveScript);
  }
})();
