{% load static %}/**
 * Leadline's service worker. It does one thing: when the network is away, a page says so instead of the browser's own.
 * Nothing that belongs to anybody is ever kept: the list below is all there is in the cache.
 */
const CACHE = "leadline-offline-{{ version }}";
const PAGE = "/offline/";
const PARTS = [
  "{% static "vendor/tabler/1.6.1/tabler.min.css" %}",
  "{% static "css/leadline.css" %}",
  "{% static "css/public.css" %}",
  "{% static "js/theme.js" %}",
  "{% static "js/offline.js" %}",
  "{% static "img/favicon.svg" %}",
  "{% static "img/logo.svg" %}",
];

self.addEventListener("install", (event) => {
  const fresh = [PAGE, ...PARTS].map((path) => new Request(path, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("leadline-") && name !== CACHE) await caches.delete(name);
    }
    await self.registration.navigationPreload?.enable(); // the page need not wait for this worker to wake up
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (PARTS.includes(pathname)) event.respondWith(part(request));
});

const kept = async (what) => (await caches.match(what, { cacheName: CACHE, ignoreVary: true })) || Response.error();

async function page(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return kept(PAGE);
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch {
    return kept(request);
  }
}
