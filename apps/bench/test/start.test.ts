import { expect, it } from 'vitest'
import { runCommand } from '../src/start/run-command.ts'

it('times a command from the start of its process to its end, with what it has used', async () => {
  const { seconds, coreSeconds, peakBytes } = await runCommand(['--help'], process.env)
  expect(seconds).toBeGreaterThan(0)
  expect(coreSeconds).toBeGreaterThan(0)
  expect(peakBytes).toBeGreaterThan(2 ** 24)
})

it('fails with what a command has written that fails', async () => {
  await expect(runCommand(['denoise', 'no-such-image.png'], process.env)).rejects.toThrow(/no-such-image\.png/)
})
