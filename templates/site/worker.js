// Answers from the copies that a reader keeps (static/reader.js, static/search.js) where the site cannot be had. It is
// registered for what is kept alone: the search, a kept story, the page of what is followed and kept.
"use strict";
addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    fetch(event.request).catch(async () => (await caches.match(event.request, { ignoreSearch: true })) ?? Response.error()),
  );
});
