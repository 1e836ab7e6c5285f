import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CASES } from './fuzz/corpus.ts'
import { runTarget } from './fuzz/run-target.ts'
import { targets } from './fuzz/targets.ts'

/** Of each reader; more by `pnpm fuzz`. */
const MUTATIONS = 1000
/** Reading is limited by the processor's time; this is for machines that are busy with other things (milliseconds). */
const PATIENCE = 1_800_000

if (!existsSync(CASES)) console.warn(`fuzzed without the files of ${CASES}, which is not there`)
test.runIf(process.env.CI === 'true')('the hostile files are there', () => expect(existsSync(CASES)).toBe(true))

test.each(targets)(
  '$name: whatever a file holds, it is read or refused in words, within 2 s of the processor and 1 GiB',
  async (target) => {
    const { findings } = await runTarget(target, MUTATIONS, 1)
    expect(findings.map(({ index, file, what }) => `${index} (${file}): ${what}`)).toEqual([])
  },
  PATIENCE,
)
