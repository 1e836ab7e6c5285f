import type { Image } from '@noisescope/images'
import type { ImageRequest } from './training-images.ts'

/** The images that patches are cut from, made beside the page, which stays responsive. @throws what making them throws. */
export async function imagesInWorker(request: ImageRequest, signal: AbortSignal): Promise<readonly Image[]> {
  signal.throwIfAborted()
  const worker = new Worker(new URL('./training-images.worker.ts', import.meta.url), { type: 'module' })
  try {
    return await new Promise<readonly Image[]>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<readonly Image[]>) => resolve(data))
      worker.addEventListener('error', ({ message }) =>
        reject(new Error(`the images to train on could not be made: ${message}`)),
      )
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      worker.postMessage(request)
    })
  } finally {
    worker.terminate()
  }
}
