// Answers for the page of the search from the copy that its reader keeps (static/search.js), where the site cannot be had.
"use strict";
addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    fetch(event.request).catch(async () => (await caches.match(event.request, { ignoreSearch: true })) ?? Response.error()),
  );
});
