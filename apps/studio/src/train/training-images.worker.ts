import { type ImageRequest, imagesFor } from './training-images.ts'

// The types of a worker's global scope are another library's than those of a page.
const scope = globalThis as unknown as { postMessage(message: unknown, transfer: readonly Transferable[]): void }

addEventListener('message', ({ data }: MessageEvent<ImageRequest>) => {
  const images = imagesFor(data)
  scope.postMessage(
    images,
    images.map((image) => image.data.buffer as ArrayBuffer),
  )
})
