import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { type Estimate, readStudyFile, type Study } from '../src/index.ts'

/** What noisescope 0.1.0 wrote of two cells, before there were whole objects, controls by part, or what a score rests on. */
export const earlierJson = gunzipSync(
  await readFile(new URL('./fixtures/study-0.1.0.json.gz', import.meta.url)),
).toString()

/** A study as it is read. */
export function studyIn(json: string): Study {
  const read = readStudyFile(json, 'study.json')
  return 'cells' in read ? read : expect.fail('no study')
}

/** An estimate with an interval of this half width, which rests on enough unless it is said on what. */
export const about = (
  value: number,
  reach = 0.1,
  basis: Estimate['basis'] = { values: 900, images: 90 },
): Estimate => ({
  value,
  interval: { low: value - reach, high: value + reach },
  basis,
})
export const none: Estimate = { value: null, interval: null, basis: null }
