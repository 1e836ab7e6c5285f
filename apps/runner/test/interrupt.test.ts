import { spawn } from 'node:child_process'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dncnn } from '@noisescope/dncnn'
import { decodeCheckpoint, variablesOf, writeSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { MAIN, run, temporaryFolder, writePicture } from './command.ts'

/** A software adapter compiles every kernel anew in each process, and other tests run beside (milliseconds). */
vi.setConfig({ testTimeout: 240_000 })

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)

beforeAll(async () => {
  await mkdir(at('photos'))
  for (const name of ['a', 'b']) await writePicture(at('photos', `${name}.png`), 160, 150)
  const tensors = variablesOf(dncnn({ depth: 17, width: 64 })).map(
    ({ name, shape, initial }) => [name, { shape, data: Float32Array.from(initial) }] as const,
  )
  await writeFile(at('large.safetensors'), writeSafetensors(new Map(tensors)))
})
afterAll(() => temporary[Symbol.asyncDispose]())

/** What a command said, how it ended, and what of it after the first Ctrl-C. */
interface Interrupted {
  readonly text: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Runs a command until its output matches, and presses Ctrl-C then, so many times. */
function interruptAt(marker: RegExp, times: number, ...args: string[]): Promise<Interrupted> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let pressed = 0
  const read = (part: Buffer): void => {
    text += part
    if (pressed === 0 ? !marker.test(text) : pressed >= times || !text.includes('once more to leave at once')) return
    pressed++
    child.kill('SIGINT')
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ text, code, signal }))
  })
}

/** Steps of seconds on a software adapter, of which one is in flight when Ctrl-C comes. */
const slow = [
  ...['train', '--model', 'dncnn-s', '--images', 'photos', '--sigma', '25', '--tune', '0'],
  ...['--patch-size', '96', '--batch-size', '8', '--patches', '80', '--depth', '8'],
]

test('Ctrl-C ends a training whose step is in flight, and keeps the state of the last one that was done', async () => {
  const { text, code } = await interruptAt(/step 1\/500/, 1, ...slow, '--run', 'slow')
  expect(text).toMatch(/Stopping; once more to leave at once\.\n/)
  const [, step] = /stopped after step (\d+), saved in runs\/slow\/checkpoint\.safetensors/.exec(text) ?? []
  expect(code).toBe(130)
  const path = at('runs/slow/checkpoint.safetensors')
  const checkpoint = decodeCheckpoint(await readFile(path), path)
  expect(checkpoint.step).toBe(Number(step))
  expect(checkpoint.losses).toHaveLength(Number(step))
})

test('a second Ctrl-C leaves at once', async () => {
  const { text, code, signal } = await interruptAt(/Compiled \d+ kernels/, 2, ...slow, '--run', 'left')
  expect(text).toContain('Stopping; once more to leave at once.')
  expect(signal === 'SIGINT' || code === 130).toBe(true)
})

test('Ctrl-C ends the denoising of a large image, and what was written before it stays', async () => {
  await writePicture(at('small.png'), 20, 20)
  await writePicture(at('wide.png'), 1200, 900)
  const args = ['denoise', 'small.png', 'wide.png', '--weights', 'large.safetensors', '-o', 'out']
  const { text, code } = await interruptAt(/small-denoised\.png/, 1, ...args)
  expect(text).toMatch(
    /Stopping; once more to leave at once\.\n[\s\S]*stopped after 1 of 2 images, written to out; the same command with --skip-done/,
  )
  expect(code).toBe(130)
  await access(at('out/small-denoised.png'))
  await expect(access(at('out/wide-denoised.png'))).rejects.toThrow()
})

test('Ctrl-C ends a tuning, whose winners are remembered', async () => {
  const { text, code } = await interruptAt(
    /0\/\d+ operations/,
    1,
    'tune',
    '--model',
    'dncnn-s',
    '--size',
    '512x512',
    '--again',
  )
  expect(text).toMatch(/stopped; \d+ winners are remembered; the same command goes on with the others/)
  expect(code).toBe(130)
})

test('a cache folder that cannot be written costs a note', async () => {
  await writeFile(at('no-folder'), '')
  vi.stubEnv('XDG_CACHE_HOME', at('no-folder'))
  const args = ['tune', '--model', 'dncnn-compact', '--depth', '2', '--width', '2', '--size', '8x8', '--seconds', '1']
  const { code, stdout, stderr } = await run(folder, ...args).finally(() => vi.unstubAllEnvs())
  expect(stderr).toMatch(/Note: .*tuning-\d+\.json cannot be written \(ENOTDIR\): the next command will not know/)
  expect(stdout).toMatch(/Timed \d+ of \d+ operations in \d+ s\.\n/)
  expect(code).toBe(0)
})

test('Ctrl-C breaks off a filter that keeps the process busy for long, and what was measured before it stays', async () => {
  await writePicture(at('tiny.png'), 16, 16)
  await writePicture(at('huge.png'), 2000, 1500)
  const args = ['evaluate', '--images', 'tiny.png', 'huge.png', '--sigma', '25', '--compare', 'bm3d']
  const { text, code } = await interruptAt(/1\/2 images, huge\.png/, 1, ...args)
  expect(text).toMatch(
    /Stopping; once more to leave at once\.\n[\s\S]*stopped after 1 images, kept in runs\/evaluate\/.*--resume goes on/,
  )
  expect(code).toBe(130)
})

test('of commands within commands the innermost speaks and keeps, and all are told', async () => {
  const program = `
    import { listenForInterrupt } from '${new URL('../src/interrupt.ts', import.meta.url)}'
    const output = { note: (text) => console.log(text) }
    const outer = listenForInterrupt(output, { word: 'Outer', leaving: () => 'outer left' })
    listenForInterrupt(output, { word: 'Done', leaving: () => 'done left' })[Symbol.dispose]()
    const inner = listenForInterrupt(output, { word: 'Inner', leaving: () => 'inner left' })
    process.kill(process.pid, 'SIGINT')
    setTimeout(() => console.log(outer.signal.aborted, inner.signal.aborted), 50)
    setTimeout(() => {}, 100_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (part: Buffer) => (text += part))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(text).toBe('Inner; once more to leave at once.\ntrue true\ninner left\n')
  expect(code).toBe(130)
})
