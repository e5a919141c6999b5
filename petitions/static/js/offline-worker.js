// Answers for the form of a session where there is no network: with the empty page that offline.js has laid by, and with
// what that page is made of. Everything else goes to the network as if this were not here.
"use strict";
const CACHE = "petitions-session";
const SHELL = "/mediations/offline";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const kept = async (name) => (await self.caches.open(CACHE)).match(name);
  if (request.mode === "navigate" && /^\/cases\/\d+\/hold_session$/.test(address.pathname)) {
    event.respondWith(fetch(request).catch(async () => (await kept(SHELL)) || Response.error()));
  } else if (address.pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(async () => (await kept(request)) || Response.error()));
  }
});
