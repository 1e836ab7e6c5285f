import { keyFrom, type RandomKey } from '@noisescope/core'

/** Stream of the noise on images that are measured or shown, apart from that of training. */
const SHOWN_STREAM = 0x6000_0001

/**
 * The key of the noise on an image that is measured or shown: seed and index alone decide the draw, whatever is done with other
 * images, so that the same image has the same noise on a command line and in a page.
 * @param index of the image in the set that it is of; 0 for a single one.
 * @throws InputError as `keyFrom`.
 */
export const imageKey = (seed: number, index = 0): RandomKey => keyFrom(seed, SHOWN_STREAM, index)
