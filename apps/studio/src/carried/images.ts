import { decodeImage, halfSize, type Image, type ImageSet, readImageSet, toGrey } from '@noisescope/images'
import { type CarriedImages, type CarriedPhotograph, carriedBytes } from './contents.ts'

const sets = new Map<string, Promise<ImageSet>>()

/** Images of a data set, read once. @throws Error when they cannot be fetched, or are damaged. */
export function readSet({ url }: CarriedImages): Promise<ImageSet> {
  const known = sets.get(url)
  if (known !== undefined) return known
  const reading = carriedBytes(url).then((images) => readImageSet({ images }, url))
  sets.set(url, reading)
  // What could not be fetched is fetched again when it is asked for again.
  reading.catch(() => sets.delete(url))
  return reading
}

/** A photograph. @throws Error when it cannot be fetched, or is damaged. */
export const readPhotograph = async ({ url, name }: CarriedPhotograph): Promise<Image> =>
  photographFrom(await carriedBytes(url), name)

/** A photograph as it is trained on and measured: grey, at half its size, to suppress grain and block edges. */
export const photographFrom = (jpeg: Uint8Array, name: string): Image => halfSize(toGrey(decodeImage(jpeg, name)))
