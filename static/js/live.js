/**
 * Keeps the page up to date. A push on the socket, or an answer of the catch-up, only says what changed; the
 * parts of the page that show it hear "live:list", "live:thread" and "live:lead" and ask for themselves anew.
 */
const FIRST_WAIT = 500; // ms before the first new try, doubled each time
const LONGEST_WAIT = 30_000;
const READY_WITHIN = 10_000; // a socket that is not ready by then is given up
const CATCH_UP_EVERY = 20_000;
const GATHER = 120; // ms in which several pushes become one question
const CALM = 1000; // ms between two questions when only other conversations changed: a busy list need not flicker
const NOT_FOR_US = [4401, 4404];
const ROLE_CHANGED = 4409;

const line = document.querySelector("[data-live]");
const address = new URL(line.dataset.socket, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const changesAt = line.dataset.changes;

let since = line.dataset.at;
let socket = null;
let ready = false; // the server said that it listens for us on this socket
let failures = 0;
let retry = 0;
let asking = false;
let gathering = { timer: 0, due: Infinity };
let announcedAt = -CALM;
let state = "connecting";
const changed = new Set();

/** Shows how the connection stands, on every copy of the line. */
function show(next = state) {
  if (next !== state) document.dispatchEvent(new CustomEvent("live:standing", { detail: next })); // for away.js
  state = next;
  for (const one of document.querySelectorAll("[data-live]")) {
    if (one.dataset.state !== state) one.dataset.state = state;
  }
}

/** Loads the page anew, unless it only has the bell: a form may be half filled in, or a key shown for the only time. */
function renew() {
  if (!line.matches("[data-notices]")) location.reload();
}

const openConversation = () => document.querySelector("[data-thread]")?.dataset.thread;

/** Whether the page shows this lead: on its card, on a card that has no lead yet, or in a list. */
function showsLead(id) {
  const card = document.querySelector("[data-lead]");
  return !card || ["", id].includes(card.dataset.lead);
}

function announce() {
  gathering = { timer: 0, due: Infinity };
  announcedAt = performance.now();
  const open = openConversation();
  const names = new Set();
  for (const one of changed) {
    const [what, lead] = one.split(":");
    if (what === "lead") {
      if (showsLead(lead)) names.add("live:lead");
      continue;
    }
    names.add("live:list");
    if (what === open) names.add("live:thread");
    if (what === open || !open) names.add("live:lead");
  }
  changed.clear();
  for (const name of names) document.dispatchEvent(new CustomEvent(name));
}

/** Remembers what changed: ids of conversations, and of leads as "lead:7"; "" stands for one that is not named. */
function tell(ids) {
  for (const id of ids) changed.add(String(id));
  const now = performance.now();
  const due = changed.has(openConversation()) ? now + GATHER : Math.max(now + GATHER, announcedAt + CALM);
  if (due >= gathering.due) return;
  clearTimeout(gathering.timer);
  gathering = { timer: setTimeout(announce, due - now), due };
}

async function catchUp() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(`${changesAt}?${new URLSearchParams({ since })}`, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    // Signed out, or no member any more: the page itself says so best.
    if (answer.redirected || answer.status === 403 || answer.status === 404) renew();
    if (!answer.ok) throw new Error(`The catch-up was answered ${answer.status}.`);
    const found = await answer.json();
    since = found.at;
    if (found.anything) tell([...found.conversations, ""]);
    if (state === "offline") show(ready ? "live" : "connecting");
  } catch {
    if (!ready) show("offline");
  } finally {
    asking = false;
  }
}

function connect() {
  clearTimeout(retry);
  const mine = new WebSocket(address);
  const impatience = setTimeout(() => mine.close(), READY_WITHIN);
  socket = mine;
  ready = false;
  mine.addEventListener("message", ({ data }) => {
    const push = JSON.parse(data);
    if (push.type === "notice") return document.dispatchEvent(new CustomEvent("live:notice"));
    if (push.type === "lead") return tell([`lead:${push.id}`]);
    if (push.type !== "ready") return tell([push.conversation ?? push.id]);
    clearTimeout(impatience);
    failures = 0;
    ready = true;
    show("live");
    document.dispatchEvent(new CustomEvent("live:notice")); // there may have been some while nobody listened
    catchUp();
  });
  mine.addEventListener("close", ({ code }) => {
    clearTimeout(impatience);
    if (mine !== socket) return;
    if (code === ROLE_CHANGED) renew(); // other buttons, other conversations; what was typed is kept
    ready = false;
    failures = NOT_FOR_US.includes(code) ? 10 : failures + 1;
    if (state !== "offline") show(navigator.onLine ? "connecting" : "offline");
    if (failures >= 10) catchUp();
    const wait = Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT);
    retry = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  });
}

/** Now is a good moment to look: the network is back, or somebody looks at the page again. */
function look() {
  if (document.visibilityState === "hidden") return;
  catchUp();
  if (socket.readyState > WebSocket.OPEN) {
    failures = 0;
    connect();
  }
}

connect();
setInterval(catchUp, CATCH_UP_EVERY);
window.addEventListener("online", look);
window.addEventListener("focus", look);
document.addEventListener("visibilitychange", look);
window.addEventListener("offline", () => show("offline"));
document.addEventListener("htmx:after:swap", () => show());
