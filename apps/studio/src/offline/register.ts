/**
 * Has the browser keep the page for when there is no network. A page that is served from this machine, as `noisescope view`
 * does, asks for it not to be kept: another program may have its address tomorrow.
 */
export function keepForOffline(): void {
  const unwanted = new URLSearchParams(location.search).get('offline') === 'no'
  if (unwanted || import.meta.env.DEV || !('serviceWorker' in navigator)) return
  const register = () => navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI))
  // Without it the page works as long as there is a network.
  register().catch(() => {})
}
