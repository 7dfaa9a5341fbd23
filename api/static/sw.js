// @ts-check
/// <reference lib="webworker" />
/**
 * What a family has seen stays readable without a network, on its own device: pages that the server
 * marks with `Letopis-Keep: <person>`. One person's at a time; gone with signing out, or when the
 * server asks to sign in again.
 */
const SEEN = "letopis:seen:";
const STATIC = "letopis:static";
const MOST_PAGES = 60;
const NOTHING = "<!doctype html><html lang=ru><meta charset=utf-8>"
  + "<meta name=viewport content='width=device-width'><title>Нет сети — Летопись</title>"
  + "<h1>Нет сети</h1><p>Эту страницу вы ещё не открывали, поэтому показать её без сети нельзя. "
  + "<a href='/diary'>Дневник</a></p></html>";
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(fixed(request));
  else if (request.mode === "navigate") event.respondWith(shown(request));
});

worker.addEventListener("push", (event) => {
  const word = event.data?.text() || "Есть новое в дневнике";
  event.waitUntil(worker.registration.showNotification(word, { tag: "letopis", lang: "ru" }));
});
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(inbox());
});

/** The page with what is new: one that is open, or a new one. */
async function inbox() {
  const open = await worker.clients.matchAll({ type: "window" });
  const there = open.find((one) => new URL(one.url).pathname === "/notices");
  return there ? there.focus() : worker.clients.openWindow("/notices");
}

/** A file whose address is its content. @param {Request} request */
async function fixed(request) {
  const kept = await caches.match(request, { cacheName: STATIC });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(STATIC);
    const version = new URL(request.url).pathname.split("/")[2];
    for (const old of await cache.keys()) {
      if (new URL(old.url).pathname.split("/")[2] !== version) await cache.delete(old);
    }
    await cache.put(request, answer.clone());
  }
  return answer;
}

/** A page, of the network; what was seen of it, without one. @param {Request} request */
async function shown(request) {
  try {
    const answer = await fetch(request);
    const person = answer.headers.get("letopis-keep");
    if (person) await keep(person, request.url, answer.clone());
    else if (new URL(request.url).pathname === "/sign-in") await forget("");
    return answer;
  } catch {
    const headers = { "content-type": "text/html" };
    const kept = await seen(new URL(request.url));
    return kept ? marked(kept) : new Response(NOTHING, { status: 503, headers });
  }
}

/** The page with a mark that it was kept: a device may believe in its network. @param {Response} kept */
async function marked(kept) {
  const headers = new Headers(kept.headers);
  for (const of of ["content-encoding", "content-length"]) headers.delete(of);
  const page = (await kept.text()).replace("<body ", "<body data-kept ");
  return new Response(page, { status: kept.status, headers });
}

/** The page itself; for the addresses that lead to one of many, the last of them. @param {URL} url */
async function seen(url) {
  const found = await caches.match(url.href);
  const kind = { "/": "diary", "/diary": "diary", "/marks": "marks" }[url.pathname];
  if (found || !kind) return found;
  for (const name of (await caches.keys()).filter((one) => one.startsWith(SEEN))) {
    const cache = await caches.open(name);
    const last = (await cache.keys()).findLast((one) => one.url.includes(`/${kind}`));
    if (last) return cache.match(last);
  }
}

/** @param {string} person @param {string} address @param {Response} answer */
async function keep(person, address, answer) {
  await forget(person);
  const cache = await caches.open(SEEN + person);
  await cache.delete(address); // the last seen stands last
  await cache.put(address, answer);
  for (const old of (await cache.keys()).slice(0, -MOST_PAGES)) await cache.delete(old);
}

/** Everybody's pages but this person's. @param {string} person */
async function forget(person) {
  for (const name of await caches.keys()) {
    if (name.startsWith(SEEN) && name !== SEEN + person) await caches.delete(name);
  }
}
