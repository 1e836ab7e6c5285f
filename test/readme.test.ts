import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test, vi } from 'vitest'

/** A software adapter compiles every kernel anew, and other tests run beside (milliseconds). */
vi.setConfig({ testTimeout: 300_000 })

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAIN = join(ROOT, 'apps/runner/src/main.ts')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The words of each command that README shows in a block of its own. */
const commands = [...README.matchAll(/^ {4}npx -y pnpm@12 noisescope (.*)$/gm)].map(([, line = '']) =>
  (line.split(' #')[0] ?? '').trim().split(/\s+/),
)

const folder = mkdtempSync(join(tmpdir(), 'noisescope-readme-'))
symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...words: string[]) => promisify(execFile)(process.execPath, [MAIN, ...words], { cwd: folder })

/** What a command writes: its output folder, its run, or what it converts to. */
function writtenBy(words: readonly string[]): string[] {
  const after = (flag: string): string[] => (words.includes(flag) ? [words[words.indexOf(flag) + 1] ?? ''] : [])
  const converted = words[0] === 'convert' ? [words[2] ?? ''] : []
  return [...after('-o'), ...after('--run').map((name) => `runs/${name}`), ...converted]
}

test('the commands of README name only files that are in the clone, or that a command before them has written', () => {
  expect(commands.length).toBeGreaterThan(10)
  const written: string[] = []
  for (const words of commands) {
    const line = words.join(' ')
    expect(line, 'a place to be filled in').not.toMatch(/\b[A-Z]{4,}\b/)
    written.push(...writtenBy(words))
    for (const word of words.filter((each) =>
      /^[a-z][\w.-]*\/|\.(png|jpe?g|safetensors|onnx|pth|h5|keras|mat)$/.test(each),
    )) {
      const isWritten = written.some((path) => word === path || word.startsWith(`${path}/`))
      expect(isWritten || existsSync(join(ROOT, word)), `${word} of ${line}`).toBe(true)
    }
  }
})

test('the first command that denoises ends in a picture that is nearly 10 dB better', async () => {
  const [first = []] = commands.filter(([name]) => name === 'denoise')
  const { stdout } = await run(...first, '--json')
  const [{ noisy, denoised, output }] = JSON.parse(stdout).files
  expect(denoised.psnr - noisy.psnr).toBeGreaterThan(9)
  expect(existsSync(join(folder, output))).toBe(true)
})

test('--version says the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'apps/runner/package.json'), 'utf8'))
  for (const flag of ['--version', '-V']) {
    expect(await run(flag)).toEqual({ stdout: `noisescope ${version}\n`, stderr: '' })
  }
})
