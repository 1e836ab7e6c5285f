import { loadGpu } from '@noisescope/core/node'

/** Gives this process the `navigator.gpu` of a browser, from Dawn: libraries look for it when they are imported or started. */
export async function offerGpu(): Promise<void> {
  Object.defineProperty(globalThis.navigator, 'gpu', { value: await loadGpu(), configurable: true })
}
