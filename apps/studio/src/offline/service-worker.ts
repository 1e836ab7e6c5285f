/**
 * The page's files, relative to it: those that are kept at once, and large ones for rare uses that are kept when they are first
 * used; and a hash of what is in them all. Written in front of this by the build.
 */
declare const FILES: readonly string[]
declare const LATER: readonly string[]
declare const VERSION: string

/** The part of a service worker's global scope that is used here; the types of the page's own scope are another library's. */
interface WorkerScope {
  readonly registration: { readonly scope: string }
  readonly clients: { claim(): Promise<void> }
  addEventListener(name: 'install' | 'activate', listener: (event: LifeEvent) => void): void
  addEventListener(name: 'fetch', listener: (event: RequestEvent) => void): void
}
interface LifeEvent {
  waitUntil(work: Promise<unknown>): void
}
interface RequestEvent {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

const worker = globalThis as unknown as WorkerScope
const page = worker.registration.scope
const PREFIX = `noisescope-studio ${page} `
const own = PREFIX + VERSION
const urlOf = (file: string): string => new URL(file, page).href
const known = new Set([...FILES, ...LATER].map(urlOf))

worker.addEventListener('install', (event) => {
  // Past the browser's own cache, which may hold files of an earlier version.
  const requests = FILES.map((file) => new Request(urlOf(file), { cache: 'reload' }))
  event.waitUntil(caches.open(own).then((cache) => cache.addAll(requests)))
})

// A new version takes over once no page of the old one is open, so its files can go.
worker.addEventListener('activate', (event) => {
  const removed = caches
    .keys()
    .then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== own))
    .then((old) => Promise.all(old.map((name) => caches.delete(name))))
  event.waitUntil(removed.then(() => worker.clients.claim()))
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = keptAs(request)
  if (url !== undefined) event.respondWith(keptOrFetched(url, request))
})

/** The address under which an answer is kept: of the page itself whatever is asked behind it, `?trace=...` for one. */
function keptAs({ method, url, mode }: Request): string | undefined {
  if (method !== 'GET') return undefined
  const { origin, pathname } = new URL(url)
  const plain = origin + pathname
  if (mode === 'navigate' && plain === page) return urlOf('index.html')
  return known.has(plain) ? plain : undefined
}

async function keptOrFetched(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(own)
  const kept = await cache.match(url)
  if (kept !== undefined) return kept
  const fetched = await fetch(request)
  if (fetched.ok) await cache.put(url, fetched.clone())
  return fetched
}
