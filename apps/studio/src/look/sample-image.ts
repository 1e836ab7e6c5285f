import { type Image, imageAt } from '@noisescope/images'
import type { LiveImage } from '@noisescope/viewer/live'
import type { Contents } from '../carried/contents.ts'
import { readPhotograph, readSet } from '../carried/images.ts'
import { type Sample, setOf } from './samples.ts'

/** The image of a sample, whose noise is that of the command line for the same seed. @throws Error when it cannot be fetched. */
export async function sampleImage({ kind, index }: Sample, contents: Contents): Promise<LiveImage> {
  const set = setOf(kind, contents)
  if (set !== undefined) {
    return { ...plain(imageAt(await readSet(set.test), index)), name: `${set.name} test image ${index}`, index }
  }
  const { heldOut } = contents.photographs
  return { ...plain(await readPhotograph(heldOut)), name: heldOut.name }
}

const plain = ({ width, height, channels, data }: Image) => ({ width, height, channels, data })
