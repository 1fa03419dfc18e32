/*
 * Leadline's web chat. On the website: <script async src="…/static/widget/chat.js" data-key="…"></script>
 * data-into="id of an element" puts the chat into the page; else a button in the corner opens it.
 * Lives in a shadow root with style sheets of its own: the website's styles do not reach it, nor its the website.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const key = script && script.dataset.key;
  if (!key || document.getElementById(`leadline-${key}`)) return;
  const base = new URL(script.src).origin;
  const store = `leadline.${key}`;
  const POLL = 20000, SOON = 2500, TYPING = 25000, LONGEST = 4000;

  // --- what is remembered in this browser: the token and what could not be posted yet ---
  let memory = {};
  const remember = (change) => {
    memory = { ...memory, ...change };
    try { localStorage.setItem(store, JSON.stringify(memory)); } catch { /* a browser that keeps nothing */ }
  };
  try { memory = JSON.parse(localStorage.getItem(store)) || {}; } catch { /* nothing, or not ours */ }
  if (!Array.isArray(memory.waiting)) memory.waiting = [];

  // --- the elements ---
  const into = script.dataset.into && document.getElementById(script.dataset.into);
  const host = document.createElement("div");
  host.id = `leadline-${key}`;
  // What the website says of every element would reach the host and be inherited from there.
  const own = { all: "initial", ...(into && { display: "block", height: "100%" }) };
  for (const [name, value] of Object.entries(own)) host.style.setProperty(name, value, "important");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // adopted ones need no permission of the website's policy
  root.adoptedStyleSheets = [sheet];

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };
  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
    const line = document.createElementNS(svg.namespaceURI, "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };
  let words = {};
  const logo = make("img", { alt: "", hidden: "", onload: () => { logo.hidden = false; } });
  const title = make("h2");
  const close = make("button", { type: "button", onclick: () => toggle(false) }, icon("M18 6 6 18M6 6l12 12"));
  const list = make("ol");
  const typing = make("p", { class: "typing", hidden: "" });
  const log = make("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" }, list, typing);
  const notice = make("p", { class: "say", role: "status", hidden: "" });
  const field = make("textarea", { rows: "1", maxlength: String(LONGEST), dir: "auto", onkeydown: (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  } });
  const send = make("button", { type: "submit" }, icon("M22 2 11 13M22 2l-7 20-4-9-9-4z"));
  const form = make("form", { onsubmit: (event) => { event.preventDefault(); submit(); } }, field, send);
  const box = make("section", { class: "box", role: into ? "region" : "dialog" }, make("header", {}, logo, title, close), log, notice, form);
  const count = make("span", { class: "count", hidden: "" });
  const opener = make("button", { class: "open", type: "button", "aria-expanded": "false", onclick: () => toggle(!opened) }, icon("M21 12a8 8 0 0 1-8 8H3l2.3-3.4A8 8 0 1 1 21 12z"), count);
  const frame = make("div", { class: into ? "in" : "float", onkeydown: (event) => {
    if (event.key === "Escape" && !into) toggle(false);
  } }, box, ...(into ? [] : [opener]));
  close.hidden = Boolean(into);
  box.hidden = !into;
  root.append(frame);

  // --- state ---
  let opened = Boolean(into), me = null, shown = [], online = true, lost = false, socket = null, wait = 1000, tries = 0;
  let posting = false, typingUntil = 0, timer = 0, fetching = null, unread = 0, epoch = 0;
  const acked = { delivered: new Set(), read: new Set() };

  const call = async (path, options = {}) => {
    const answer = await fetch(base + path, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(15000), ...options });
    if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { status: answer.status });
    return answer;
  };
  const bearer = () => ({ Authorization: `Visitor ${memory.token}` });

  async function start() {
    const mine = epoch;
    try {
      const language = encodeURIComponent(document.documentElement.lang || navigator.language);
      const [answer, styles] = await Promise.all([
        call(`/chat/${key}/hello/?language=${language}`, memory.token ? { headers: bearer() } : {}),
        sheet.cssRules.length ? null : call("/static/widget/chat.css", { cache: "default" }),
      ]);
      const [found, css] = [await answer.json(), await styles?.text()];
      if (mine !== epoch) return;
      if (css) sheet.replaceSync(css);
      me = found;
    } catch (error) {
      // Not this website's chat, which a browser tells like no network; or no chat any more: nothing is shown.
      if (error.status < 500 && error.status !== 429 || (tries += 1) > 5) return console.warn("Leadline: the chat cannot be used here.");
      return setTimeout(start, 1000 * 2 ** tries);
    }
    tries = 0;
    remember({ token: me.token, visitor: me.visitor });
    words = me.words;
    dress();
    if (!host.isConnected) (into || document.body).append(host);
    look();
    if (opened || memory.spoke) connect();
  }

  function dress() {
    const colour = /^#[0-9a-f]{6}$/i.test(me.colour) ? me.colour : "#0b6b74";
    const [r, g, b] = [1, 3, 5].map((at) => { const v = parseInt(colour.slice(at, at + 2), 16) / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    host.style.setProperty("--c", colour);
    host.style.setProperty("--on", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff");
    if (me.logo) logo.src = base + me.logo;
    title.textContent = me.title;
    online = me.online;
    box.setAttribute("aria-label", me.title);
    close.setAttribute("aria-label", words.close);
    log.setAttribute("aria-label", words.log);
    field.setAttribute("aria-label", words.write);
    field.placeholder = words.write;
    send.setAttribute("aria-label", words.send);
    render();
  }

  // --- showing ---
  const speech = (text) => text.split(/(https?:\/\/[^\s<>"']+)/g).map((part, place) =>
    place % 2 ? make("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part);

  function bubble(message) {
    const mine = message.from === "contact";
    const item = make("li", { class: mine ? "me" : "them", "data-id": message.id, dir: "auto" });
    const who = mine ? words.you : message.from === "bot" ? me.title : words.person;
    item.append(make("span", { class: mine ? "sr" : "who" }, `${who}${mine ? ": " : ""}`), ...speech(message.text));
    return item;
  }

  function render() {
    const low = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const all = [{ id: "greeting", from: "bot", text: me.greeting || words.greeting }, ...shown, ...memory.waiting.filter((one) => !shown.some((other) => other.id === one.id)).map((one) => ({ ...one, from: "contact", late: true }))];
    const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
    const items = all.map((message) => {
      const item = known.get(message.id) || bubble(message);
      item.querySelector(".again")?.parentNode.remove();
      if (message.failed) item.append(make("div", {}, make("button", { class: "again", type: "button", onclick: () => { message.failed = false; again(message.id); } }, words.again)));
      return item;
    });
    if (items.length !== list.children.length || items.some((item, place) => item !== list.children[place])) list.replaceChildren(...items);
    typing.hidden = Date.now() > typingUntil;
    typing.replaceChildren(make("span", { class: "dot" }, `${me.title} ${words.typing}`));
    const say = lost ? words.lost : online ? "" : me.offline || words.offline;
    if (notice.textContent !== say) notice.textContent = say;
    notice.hidden = !say;
    count.textContent = String(unread);
    count.hidden = !unread || opened;
    opener.setAttribute("aria-label", opened ? words.close : unread ? `${words.open}, ${unread} ${words.news}` : words.open);
    if (low) log.scrollTop = log.scrollHeight;
  }

  function toggle(to) {
    opened = to;
    box.hidden = !to;
    frame.classList.toggle("opened", to);
    opener.setAttribute("aria-expanded", String(to));
    if (to) { connect(); look(); log.scrollTop = log.scrollHeight; field.focus(); } else opener.focus();
    render();
  }

  // --- hearing ---
  function look() {
    clearTimeout(timer);
    if (!fetching) fetching = fetchMessages().finally(() => { fetching = null; later(); });
    return fetching;
  }
  function later() {
    clearTimeout(timer);
    const answered = shown.length && shown[shown.length - 1].from !== "contact";
    const deaf = !socket || socket.readyState !== WebSocket.OPEN;
    if (opened || memory.spoke) timer = setTimeout(look, deaf && !answered && memory.spoke ? SOON : POLL);
  }
  async function fetchMessages() {
    const mine = epoch;
    try {
      const found = await (await call(`/chat/${key}/messages/`, { headers: bearer() })).json();
      if (mine !== epoch) return;
      const before = shown.length ? shown[shown.length - 1].id : "";
      shown = found.messages;
      online = found.online;
      lost = false;
      if (shown.length && shown[shown.length - 1].from !== "contact" && shown[shown.length - 1].id !== before) typingUntil = 0;
      remember({ waiting: memory.waiting.filter((one) => !shown.some((other) => other.id === one.id)) });
      mark();
    } catch (error) {
      if (error.status === 401) { remember({ token: "" }); me = null; start(); return; }
      lost = !error.status || error.status >= 500;
    }
    if (me) render();
  }
  function mark() {
    const ours = shown.filter((message) => message.from !== "contact");
    const seeing = opened && document.visibilityState === "visible";
    unread = ours.filter((message) => message.state !== "read" && !acked.read.has(message.id)).length;
    const marks = { delivered: ours.filter((message) => message.state === "sent"), read: seeing ? ours.filter((message) => message.state !== "read") : [] };
    const fresh = {};
    for (const [name, messages] of Object.entries(marks)) {
      fresh[name] = messages.map((message) => message.id).filter((id) => id && !acked[name].has(id));
      fresh[name].forEach((id) => acked[name].add(id));
    }
    if (seeing) unread = 0;
    if (fresh.delivered.length || fresh.read.length) post(fresh).catch(() => {
      for (const [name, ids] of Object.entries(fresh)) ids.forEach((id) => acked[name].delete(id));
    });
  }
  function connect() {
    if (!me || (socket && socket.readyState <= WebSocket.OPEN)) return;
    const mine = socket = new WebSocket(`${base.replace(/^http/, "ws")}/chat/${key}/live/`, ["leadline.visitor", memory.token]);
    mine.addEventListener("message", ({ data }) => {
      const { type } = JSON.parse(data);
      if (type === "typing") { typingUntil = Date.now() + TYPING; setTimeout(render, TYPING + 100); render(); return; }
      wait = 1000;
      look();
    });
    mine.addEventListener("close", () => {
      if (mine !== socket) return;
      wait = Math.min(wait * 2, 60000);
      setTimeout(() => { if (mine === socket && (opened || memory.spoke)) connect(); }, wait * (0.75 + Math.random() / 2));
      later();
    });
  }

  // --- saying ---
  const post = (body) => call(`/webhook/web_chat/${key}/`, {
    method: "POST",
    headers: { ...bearer(), "Content-Type": "application/json" },
    body: JSON.stringify({ widget: key, visitor: memory.visitor, ...body }),
  }).then((answer) => answer.text());
  const newId = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""));

  function submit() {
    const text = field.value.trim().slice(0, LONGEST);
    if (!text || !me) return;
    field.value = "";
    remember({ spoke: true, waiting: [...memory.waiting, { id: newId(), text }] });
    connect();
    render();
    log.scrollTop = log.scrollHeight;
    deliver();
  }
  function again(id) {
    remember({ waiting: memory.waiting.map((one) => (one.id === id ? { id, text: one.text } : one)) });
    deliver();
  }
  /** Posts what waits, in order. The id stays the same, so that whatever is posted twice is stored once. */
  async function deliver() {
    if (posting) return;
    posting = true;
    const mine = epoch;
    for (let tries = 0; mine === epoch;) {
      const next = memory.waiting.find((one) => !one.posted && !one.failed);
      if (!next) break;
      try {
        await post({ messages: [{ id: next.id, text: next.text }] });
        next.posted = true;
        tries = 0;
      } catch (error) {
        const worthwhile = !error.status || error.status === 429 || error.status >= 500;
        if (!worthwhile || ++tries > 5) { next.failed = true; tries = 0; }
        else await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** tries));
      }
      remember({});
      render();
    }
    posting = false;
    look();
  }

  function forget() {
    epoch += 1;
    const old = socket;
    socket = null;
    old?.close();
    try { localStorage.removeItem(store); } catch { /* nothing was kept */ }
    memory = { waiting: [] };
    shown = [];
    typingUntil = 0;
    start();
  }

  document.addEventListener("leadline:forget", forget);
  document.addEventListener("visibilitychange", () => { if (me && document.visibilityState === "visible" && (opened || memory.spoke)) { connect(); look(); } });
  window.addEventListener("online", () => { if (!me) start(); else { connect(); look(); deliver(); } });
  memory.waiting.forEach((one) => { one.posted = false; });
  start().then(() => { if (me && memory.waiting.length) deliver(); });
})();
