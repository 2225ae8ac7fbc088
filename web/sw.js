// The service worker: makes the page installable and, when the server cannot be reached, shows a page that says so.
//
// Nothing that may be secret is kept, and nothing stale is shown: only the opening of a page passes through here, it always
// asks the server first, and what is kept is the offline page alone. All other requests, /api/ above all, are left to the
// browser. Whoever clears the site's data gets rid of all of it; the next visit brings it back.
//
// Put in by build.mjs: OFFLINE_FILES, the addresses of the offline page and of what it needs; OFFLINE_HASH, of their bytes.
const cacheName = `voxdial-offline-${OFFLINE_HASH}`;

addEventListener('install', (event) => {
  skipWaiting();
  // A browser asks the worker about every request, also one that is none of its business, and wakes it first. What a page
  // says with its last breath, that its call is over, is lost meanwhile. Chromium can be told; elsewhere the server hears
  // from Ultravox that the caller left.
  event.addRoutes?.({ condition: { urlPattern: '/api/*' }, source: 'network' });
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(OFFLINE_FILES)));
});

addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
    await clients.claim();
  })());
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const kept = OFFLINE_FILES.includes(new URL(request.url).pathname);
  if (request.mode === 'navigate' && request.method === 'GET') {
    event.respondWith((async () => {
      try {
        return await fetch(request); // no preload: Firefox shows its own page when that fails
      } catch {
        return (await caches.match(OFFLINE_FILES[0])) ?? Response.error();
      }
    })());
  } else if (kept) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request.url)) ?? Response.error()));
  }
});

// A notification of a browser that lets only workers show them (phones).
addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(clients.matchAll({ type: 'window', includeUncontrolled: true }).then((tabs) => (tabs[0] ? tabs[0].focus() : clients.openWindow('/'))));
});
