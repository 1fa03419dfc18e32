/**
 * Keeps the page up to date. A push on the socket, or an answer of the catch-up, only says what changed; the
 * parts of the page that show it hear "live:list", "live:thread" and "live:lead" and ask for themselves anew.
 */
const FIRST_WAIT = 500; // ms before the first new try, doubled each time
const LONGEST_WAIT = 30_000;
const READY_WITHIN = 10_000; // a socket that is not ready by then is given up
const CATCH_UP_EVERY = 20_000;
const GATHER = 120; // ms in which several pushes become one question
const NOT_FOR_US = [4401, 4404];

const line = document.querySelector("[data-live]");
const address = new URL(line.dataset.socket, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const changesAt = line.dataset.changes;

let since = line.dataset.at;
let socket = null;
let failures = 0;
let retry = 0;
let asking = false;
let gathering = 0;
let state = "connecting";
const changed = new Set();

/** Shows how the connection stands, on every copy of the line. */
function show(next = state) {
  state = next;
  for (const one of document.querySelectorAll("[data-live]")) {
    if (one.dataset.state !== state) one.dataset.state = state;
  }
}

function announce() {
  gathering = 0;
  const open = document.querySelector("[data-thread]")?.dataset.thread;
  const names = changed.has("*") || changed.has(open) ? ["live:list", "live:thread", "live:lead"] : ["live:list"];
  if (!open) names.push("live:lead");
  changed.clear();
  for (const name of new Set(names)) document.dispatchEvent(new CustomEvent(name));
}

/** Remembers that these conversations changed; "*" stands for any. */
function tell(ids) {
  for (const id of ids) changed.add(String(id));
  gathering ||= setTimeout(announce, GATHER);
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
    if (answer.redirected || answer.status === 403 || answer.status === 404) location.reload();
    if (!answer.ok) throw new Error(`The catch-up was answered ${answer.status}.`);
    const found = await answer.json();
    since = found.at;
    if (found.anything) tell([...found.conversations, ""]);
    if (state === "offline") show("connecting");
  } catch {
    if (socket?.readyState !== WebSocket.OPEN) show("offline");
  } finally {
    asking = false;
  }
}

function connect() {
  clearTimeout(retry);
  const mine = new WebSocket(address);
  const impatience = setTimeout(() => mine.close(), READY_WITHIN);
  socket = mine;
  mine.addEventListener("message", ({ data }) => {
    const push = JSON.parse(data);
    if (push.type !== "ready") return tell([push.type === "conversation" ? push.id : push.conversation ?? "*"]);
    clearTimeout(impatience);
    failures = 0;
    show("live");
    catchUp();
  });
  mine.addEventListener("close", ({ code }) => {
    clearTimeout(impatience);
    if (mine !== socket) return;
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
