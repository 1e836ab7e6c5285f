import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeCheckpoint } from '../src/index.ts'

const PROGRAM = fileURLToPath(new URL('./helpers/train-to-file.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'noisescope-interrupted-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the program; kills it, if asked to, as soon as it has printed `killAt`. */
function run(file: string, killAt?: string): Promise<{ lines: string[]; signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [PROGRAM, file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stderr.on('data', (text: Buffer) => (errors += text))
  child.stdout.on('data', (text: Buffer) => {
    output += text
    if (killAt !== undefined && output.includes(killAt)) child.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ lines: output.trimEnd().split('\n'), signal })
      else reject(new Error(`the program ended with ${code ?? signal}: ${errors}`))
    })
  })
}

/** The losses and the values that the program prints at its end. */
const numbers = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith('losses') || line.startsWith('values'))

describe('a run whose process is killed', () => {
  it('resumes from its last checkpoint in another process to the same losses and values, bit for bit', async () => {
    const whole = await run(join(folder, 'whole.safetensors'))
    expect(numbers(whole.lines)).toHaveLength(2)

    const file = join(folder, 'killed.safetensors')
    const killed = await run(file, 'checkpoint at step 14')
    expect(killed.signal).toBe('SIGKILL')
    expect(numbers(killed.lines)).toEqual([])
    const { step } = decodeCheckpoint(readFileSync(file), file)
    expect(step).toBeGreaterThanOrEqual(14)
    expect(step).toBeLessThan(60)

    const resumed = await run(file)
    expect(resumed.lines[0]).toBe(`from step ${step}`)
    expect(numbers(resumed.lines)).toEqual(numbers(whole.lines))
  })

  it('leaves a whole checkpoint or none, whenever it is killed', async () => {
    for (const moment of ['from step 0', 'checkpoint at step 7', 'checkpoint at step 21']) {
      const file = join(folder, `${moment.replaceAll(' ', '-')}.safetensors`)
      await run(file, moment)
      if (existsSync(file)) expect(() => decodeCheckpoint(readFileSync(file), file), moment).not.toThrow()
      else expect(moment).toBe('from step 0')
    }
  })
})
