// The index page: reads the overview every two seconds, puts faults into force and clears them.
import { make } from "./bubbles.js";

const EVERY = 2000; // milliseconds
const $ = (id) => document.getElementById(id);
let kinds = { graph: {}, model: {} };

$("clear").addEventListener("click", () => act("DELETE", "/sandbox/faults"));
$("target").addEventListener("change", showKinds);
start();

async function start() {
  await guarded(async () => {
    kinds = (await call("GET", "/sandbox/faults")).kinds;
    showKinds();
  });
  await refresh();
  setInterval(refresh, EVERY);
}

async function refresh() {
  if (!document.hidden) await guarded(async () => show(await call("GET", "/sandbox/overview")));
}

function show({ numbers, people, counts, faults, ledger }) {
  replace("numbers", numbers.length ? numbers.map((each) => card(each, people)) : [make("p", "", ["No number is registered yet."])]);
  replace("active", faults.map((each) => make("li", "", [describe(each)])));
  replace("ledger", ledger.toReversed().map(line));
  $("counts").textContent =
    `${counts.accepted} accepted, ${counts.duplicates} keys accepted twice, ${counts.webhooks} webhooks ` +
    `(${counts.undelivered} not yet answered 200), ${counts.model_calls} model calls.`;
}

/** Leave what is the same, so that focus and selection survive the refresh. */
function replace(id, items) {
  const next = items.map((item) => item.outerHTML).join("");
  if ($(id).dataset.shown === next) return;
  $(id).dataset.shown = next;
  $(id).replaceChildren(...items);
}

function card(number, people) {
  const links = people.map((person) => make("a", "", [`Phone of ${person.name}`], {
    href: `/phone/?${new URLSearchParams({ number: number.phone_number_id, person: person.phone })}`,
  }));
  const none = make("a", "", ["Open a phone"], { href: `/phone/?${new URLSearchParams({ number: number.phone_number_id })}` });
  return make("div", "card", [
    make("strong", "", [number.verified_name || number.display_phone_number]),
    make("small", "", [`${number.display_phone_number} · ${number.webhook_url || "no webhook address"}`]),
    ...(links.length ? links.slice(0, 8) : [none]),
  ]);
}

function describe(fault) {
  const often = fault.probability === 1 ? "always" : `with probability ${fault.probability}`;
  return `${fault.kind} for ${fault.number === "*" ? "all numbers" : fault.number}, ${often}, caused ${fault.caused} times`;
}

function line(entry) {
  const time = new Date(entry.at * 1000).toLocaleTimeString();
  const state = entry.failed ? make("span", "bad", [`failed ${entry.failed}`]) : "accepted";
  const cells = [time, entry.to, entry.text || entry.type, entry.opaque || "", state];
  return make("tr", "", cells.map((cell) => make("td", "", [cell])));
}

function showKinds() {
  const offered = $("target").value === "model" ? kinds.model : kinds.graph;
  $("kinds").replaceChildren(...Object.entries(offered).map(([kind, meaning]) => {
    const button = make("button", "", [kind], { type: "button", title: meaning });
    button.addEventListener("click", () => act("POST", "/sandbox/faults", {
      kind, number: $("target").value, probability: Number($("probability").value),
    }));
    return button;
  }));
}

async function act(method, path, body) {
  await guarded(() => call(method, path, body));
  await refresh();
}

async function call(method, path, body) {
  const options = body ? { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : { method };
  const response = await fetch(path, options);
  const data = await response.json();
  if (!response.ok) throw new Error(data.error || `The sandbox answered ${response.status}.`);
  return data;
}

async function guarded(work) {
  try {
    await work();
    $("trouble").hidden = true;
  } catch (error) {
    $("trouble").textContent = error.message;
    $("trouble").hidden = false;
  }
}
