/**
 * A program for the test of interrupted runs: `train-to-file.ts CHECKPOINT`.
 * It trains the small run, keeps each checkpoint in the file, and resumes from the file if it is there. It prints a line
 * for each checkpoint, and at the end the losses and all values as bits.
 */
import { existsSync, readFileSync } from 'node:fs'
import { openDevice, underVulkan, writeWhole } from '@noisescope/core/node'
import { decodeCheckpoint, encodeCheckpoint, train, variablesOf } from '../../src/index.ts'
import { smallRun } from './small-run.ts'

await underVulkan()
const [, , file = ''] = process.argv
using device = await openDevice()
const run = smallRun(device, {
  epochs: 12,
  checkpointEvery: 7,
  ...(existsSync(file) && { resume: decodeCheckpoint(readFileSync(file), file) }),
})
console.log(`from step ${run.resume?.step ?? 0}`)
for await (const event of train(run)) {
  if (event.kind !== 'checkpoint') continue
  const { checkpoint } = event
  await writeWhole(file, encodeCheckpoint(checkpoint))
  console.log(`checkpoint at step ${checkpoint.step}`)
  if (checkpoint.step === 60) console.log(`losses ${checkpoint.losses.join(' ')}`)
}
const values = await device.read([...variablesOf(run.model), ...run.optimiser.state])
console.log(`values ${values.map((each) => new Uint32Array(each.buffer).join(' ')).join(' ')}`)
