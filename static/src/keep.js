// Service worker: the status form can be reloaded without a network. Nothing else is kept, and nothing once signed out.
const PAGES = "pmo-forms", FILES = "pmo-files";
const isForm = (url) => /^\/projects\/[^/]+\/status\/[^/]+\/edit\/$/.test(url.pathname);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && /^\/(login|logout)\//.test(url.pathname)) event.waitUntil(caches.delete(PAGES));
  if (request.mode === "navigate" && isForm(url)) event.respondWith(freshOrKept(request, PAGES));
  else if (url.pathname.startsWith("/static/")) event.respondWith(freshOrKept(request, FILES));
});
self.addEventListener("message", (event) => event.waitUntil(remember(event.data)));

async function freshOrKept(request, place) {
  const cache = await caches.open(place);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const found = await cache.match(request, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
}

// The page that woke this worker was loaded before it could see it.
async function remember({ page, files }) {
  const forms = await caches.open(PAGES), parts = await caches.open(FILES);
  const get = async (cache, address) => {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) await cache.put(address, answer);
  };
  await Promise.allSettled([get(forms, page), ...files.map((file) => get(parts, file))]);
}
