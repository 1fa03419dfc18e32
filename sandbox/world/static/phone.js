// The phone page: shows one chat as the world streams it, and says things through the control API.
import { bubble, make } from "./bubbles.js";

const PLACES = [
  { latitude: 37.7793, longitude: -122.4193, name: "City Hall", address: "1 Dr Carlton B Goodlett Pl, San Francisco" },
  { latitude: 40.4168, longitude: -3.7038, name: "Puerta del Sol", address: "Madrid" },
  { latitude: -23.5614, longitude: -46.6559, name: "Avenida Paulista", address: "São Paulo" },
];
const NEAR_END = 120; // pixels from the end within which new messages scroll into view

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
let number = query.get("number") || "";
let person = digits(query.get("person") || "");
let stream = null;
let shown = { messages: [] };
let placesSent = 0;

start();

async function start() {
  try {
    if (!number) number = (await read("/sandbox/numbers")).numbers[0]?.phone_number_id || "";
    if (!person) person = (await read("/sandbox/people")).people[0]?.phone || "";
  } catch (error) {
    return complain(error);
  }
  if (!number) return complain(new Error("No number is registered with the sandbox yet."));
  if (person) listen();
  else choosePerson();
}

// Listening

function listen() {
  stream?.close();
  history.replaceState(null, "", `?${new URLSearchParams({ number, person })}`);
  stream = new EventSource(`/sandbox/chats/${encodeURIComponent(number)}/${encodeURIComponent(person)}/events`);
  stream.onmessage = (event) => show(JSON.parse(event.data));
  stream.onerror = () => { $("presence").textContent = "the sandbox does not answer, trying again …"; };
}

function show(chat) {
  const { business, typing, messages } = chat;
  const atEnd = isAtEnd();
  document.title = `${business.name} · ${chat.person.name}`;
  $("business").textContent = business.name;
  $("avatar").textContent = initials(business.name);
  $("person").textContent = chat.person.name;
  $("presence").textContent = typing ? "typing …" : business.known ? business.number : "not registered";
  $("typing").hidden = !typing;
  $("empty").hidden = messages.length > 0;
  const grown = messages.length !== shown.messages.length || typing;
  render(messages);
  shown = chat;
  if (atEnd && grown) $("chat").scrollTop = $("chat").scrollHeight;
}

/** Keep the elements of messages that did not change, so that nothing flickers and focus stays. */
function render(messages) {
  const before = new Map([...$("messages").children].map((item) => [item.dataset.key, item]));
  const known = new Map(messages.map((message) => [message.wamid, message]));
  const items = [];
  messages.forEach((message, index) => {
    const previous = messages[index - 1];
    if (!previous || day(previous) !== day(message)) items.push(keyed(before, `day ${day(message)}`, () => dayMark(message)));
    const turn = previous && previous.direction !== message.direction;
    const key = [message.wamid, message.state, message.reaction].join(" ");
    items.push(keyed(before, key, () => bubble(message, { quoted: known.get(message.context), turn, onAnswer: say })));
  });
  if (items.some((item, index) => $("messages").children[index] !== item) || items.length !== before.size) {
    $("messages").replaceChildren(...items);
  }
}

function keyed(before, key, create) {
  const item = before.get(key) || create();
  item.dataset.key = key;
  return item;
}

function dayMark(message) {
  return make("li", "day", [day(message)]);
}

function day(message) {
  const date = new Date(message.at * 1000);
  const today = new Date().toDateString() === date.toDateString();
  return today ? "Today" : date.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
}

function isAtEnd() {
  const chat = $("chat");
  return chat.scrollHeight - chat.scrollTop - chat.clientHeight < NEAR_END;
}

// Saying

async function say(what) {
  $("trouble").hidden = true;
  try {
    await write(`/sandbox/people/${encodeURIComponent(person)}/say`, { to: number, ...what });
    $("chat").scrollTop = $("chat").scrollHeight;
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

const SAY = {
  location: () => ({ location: PLACES[placesSent++ % PLACES.length] }),
  image: () => ({ image: { caption: "" } }),
  voice: () => ({ audio: { voice: true } }),
  reaction: () => {
    const last = shown.messages.findLast((message) => message.direction === "from_business");
    if (!last) throw new Error("There is no answer to react to yet.");
    return { reaction: { message_id: last.wamid, emoji: last.reaction ? "" : "👍" } };
  },
};

async function send() {
  const text = $("text").value.trim();
  if (!text || !person) return;
  $("text").value = "";
  if (!(await say({ text }))) $("text").value = text;
}

$("write").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});

// The menu

$("more").addEventListener("click", () => toggleMenu($("menu").hidden));
$("menu").addEventListener("click", (event) => {
  const kind = event.target.dataset.say;
  if (!kind) return;
  toggleMenu(false);
  try {
    say(SAY[kind]());
  } catch (error) {
    complain(error);
  }
});
$("menu").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...$("menu").children];
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("menu").hidden) toggleMenu(false);
});
document.addEventListener("click", (event) => {
  if (!$("menu").hidden && !event.target.closest("#menu, #more")) toggleMenu(false, { keepFocus: true });
});

function toggleMenu(open, { keepFocus = false } = {}) {
  $("menu").hidden = !open;
  $("more").setAttribute("aria-expanded", String(open));
  if (open) $("menu").firstElementChild.focus();
  else if (!keepFocus) $("text").focus();
}

// The person

$("switch").addEventListener("click", choosePerson);
$("add").addEventListener("click", addPerson);

async function choosePerson() {
  const { people } = await read("/sandbox/people");
  $("choices").replaceChildren(...people.map((each) => choice(each)));
  $("people-trouble").hidden = true;
  if (!$("people").open) $("people").showModal();
}

function choice(each) {
  const detail = each.has_phone ? `+${each.phone}` : `@${each.username} (hides the phone)`;
  const button = make("button", "", [each.name, make("small", "", [detail])], {
    type: "button", "aria-pressed": String(each.phone === person),
  });
  button.addEventListener("click", () => become(each.phone));
  return button;
}

async function addPerson() {
  try {
    const added = await write("/sandbox/people", { name: $("new-name").value.trim(), phone: $("new-phone").value });
    become(added.phone);
  } catch (error) {
    $("people-trouble").textContent = error.message;
    $("people-trouble").hidden = false;
  }
}

function become(phone) {
  person = phone;
  shown = { messages: [] };
  $("people").close();
  listen();
  $("text").focus();
}

// The control API

async function read(path) {
  return answer(await fetch(path));
}

async function write(path, body) {
  return answer(await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }));
}

async function answer(response) {
  const data = await response.json();
  if (!response.ok) throw new Error(data.error || `The sandbox answered ${response.status}.`);
  return data;
}

function complain(error) {
  $("trouble").textContent = error.message;
  $("trouble").hidden = false;
}

function digits(text) {
  return text.replace(/\D/g, "");
}

function initials(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) || ["?"];
  return words.slice(0, 2).map((word) => word[0].toUpperCase()).join("");
}
