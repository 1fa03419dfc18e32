// One message of the chat as an element. Text goes in as text only, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const TICKS = {
  sending: "M9 1a5 5 0 100 10 5 5 0 000-10zM9 3.5V6l1.8 1.2", // a clock
  sent: "M1 6l4 4 8-9",
  read: "M1 6l4 4 8-9M8 9l1 1 8-9",
};
// Outlines of 24 by 24, because a fresh machine may have no emoji font.
const PICTURES = {
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  video: "M4 6h11v12H4zM15 10l5-3v10l-5-3",
  sticker: "M12 3l2.6 5.6 6 .8-4.4 4.2 1.1 6-5.3-3-5.3 3 1.1-6L3.4 9.4l6-.8z",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  location: "M12 21s7-6.3 7-11.5A7 7 0 005 9.5C5 14.7 12 21 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  contacts: "M12 12a4 4 0 100-8 4 4 0 000 8zM4 21c0-4 3.5-6 8-6s8 2 8 6",
  order: "M3 4h3l2.5 11H18l2.5-8H7M9.5 20h.01M17 20h.01",
};
const NAMES = { image: "Photo", video: "Video", sticker: "Sticker", document: "Document", location: "Location", contacts: "Contact", order: "Order", template: "Template" };
const WAVE_BARS = 22;

/** An element with a class, attributes and children (elements or strings). */
export function make(tag, className = "", children = [], attributes = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The bubble of a message. `onAnswer(say)` is called when one of its buttons is pressed. */
export function bubble(message, { quoted, turn, onAnswer }) {
  const side = message.direction === "to_business" ? "mine" : "theirs";
  const item = make("li", `bubble ${side}${turn ? " turn" : ""}${message.reaction ? " reacted" : ""}`);
  item.dataset.wamid = message.wamid;
  if (quoted) item.append(make("div", "quoted", [shorten(quoted.text || NAMES[quoted.type] || quoted.type)]));
  item.append(body(message));
  const answers = choices(message);
  if (answers.length) item.append(answerButtons(answers, message.wamid, onAnswer));
  item.append(foot(message, side));
  if (message.reaction) item.append(make("span", "reaction", [message.reaction], { "aria-label": `Reaction ${message.reaction}` }));
  return item;
}

function body(message) {
  if (message.type === "audio") return voice(message.content);
  if (message.type in PICTURES) return thing(message);
  const text = message.text || NAMES[message.type] || message.type;
  return make("div", "said", [text]);
}

function thing(message) {
  const detail = message.type === "location" ? coordinates(message.content) : message.content.mime_type || "";
  const title = message.type === "location" ? message.content.name || "Location" : message.text || NAMES[message.type];
  return make("div", "thing", [
    make("span", "picture", [drawing("", "0 0 24 24", PICTURES[message.type])], { "aria-hidden": "true" }),
    make("span", "", [title, make("small", "", [detail])]),
  ]);
}

function coordinates(place) {
  return `${Number(place.latitude).toFixed(4)}, ${Number(place.longitude).toFixed(4)}`;
}

function voice(content) {
  const wave = make("span", "wave", Array.from({ length: WAVE_BARS }, () => make("i")), { "aria-hidden": "true" });
  return make("div", "thing", [make("span", "", ["▶"], { "aria-hidden": "true" }), wave], {
    role: "img", "aria-label": content.voice ? "Voice note" : "Audio",
  });
}

/** What the person may press: reply buttons, or the rows of a list. */
function choices(message) {
  if (message.type !== "interactive" || message.direction === "to_business") return [];
  const action = message.content.action || {};
  const buttons = (action.buttons || []).map((each) => ({ title: each.reply?.title, say: { button_reply: each.reply } }));
  const rows = (action.sections || []).flatMap((section) => section.rows || []);
  return [...buttons, ...rows.map((row) => ({ title: row.title, say: { list_reply: row } }))];
}

function answerButtons(answers, wamid, onAnswer) {
  const buttons = answers.map(({ title, say }) => {
    const button = make("button", "", [title || "?"], { type: "button" });
    button.addEventListener("click", () => onAnswer({ ...say, context: wamid }));
    return button;
  });
  return make("div", "answers", buttons);
}

function foot(message, side) {
  const time = new Date(message.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const parts = [make("time", "", [time])];
  if (message.source === "echo") parts.unshift(make("span", "", ["owner ·"]));
  if (side === "mine") parts.push(ticks(message.state));
  return make("div", "foot", parts);
}

function ticks(state) {
  const svg = drawing(`ticks ${state}`, "0 0 18 12", TICKS[state]);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", state);
  return svg;
}

function drawing(className, viewBox, path) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", viewBox);
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function shorten(text) {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
