import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unpackSwiftShader } from '../../src/node/swiftshader.ts'
import { runProgram, temporaryFolder } from './helpers.ts'

/** SwiftShader is carried for this machine only; elsewhere the system has its own way to an adapter. */
const carried = process.platform === 'linux' && process.arch === 'x64'

const describeAdapter = `
  const { kind } = await underVulkan()
  const gpu = await loadGpu()
  const adapter = await gpu.requestAdapter()
  console.log(JSON.stringify({ kind, architecture: adapter?.info.architecture, args: process.argv.slice(2) }))
`

test.runIf(carried)('with no driver that Dawn can use, a process finds SwiftShader by itself', async () => {
  await using cache = await temporaryFolder()
  const variables = { XDG_CACHE_HOME: cache.path, VK_DRIVER_FILES: '/nonexistent' }
  const { output, errors } = await runProgram(describeAdapter, variables)
  expect(JSON.parse(output), errors).toMatchObject({ kind: 'swiftshader', architecture: 'swiftshader' })
})

test.runIf(carried)('the restarted process keeps its arguments and its exit code', async () => {
  await using cache = await temporaryFolder()
  const variables = { XDG_CACHE_HOME: cache.path, NOISESCOPE_VULKAN: 'swiftshader' }
  const { code, output, errors } = await runProgram(`${describeAdapter}; process.exit(7)`, variables, ['--epochs', '1'])
  expect(JSON.parse(output), errors).toMatchObject({ args: ['--epochs', '1'] })
  expect(code).toBe(7)
})

test.runIf(carried)('the restarted process is the one that a signal reaches', async () => {
  await using cache = await temporaryFolder()
  const variables = { XDG_CACHE_HOME: cache.path, NOISESCOPE_VULKAN: 'swiftshader' }
  const program = `
    const before = process.env.FIRST ??= String(process.pid)
    await underVulkan()
    process.on('SIGTERM', () => { console.log(before === String(process.pid)); process.exit(3) })
    process.kill(Number(before), 'SIGTERM')
    setTimeout(() => process.exit(4), 10_000)
  `
  const { code, output, errors } = await runProgram(program, variables)
  expect(output.trim(), errors).toBe('true')
  expect(code).toBe(3)
})

test.runIf(carried)('processes that start together unpack SwiftShader once and leave nothing else behind', async () => {
  await using cache = await temporaryFolder()
  const variables = { XDG_CACHE_HOME: cache.path, NOISESCOPE_VULKAN: 'swiftshader' }
  const program = 'const { variables } = await vulkanEnvironment(); console.log(variables.VK_DRIVER_FILES)'
  const outcomes = await Promise.all([runProgram(program, variables), runProgram(program, variables)])
  const [first, second] = outcomes.map(({ output }) => output.trim())
  expect(first).toBe(second)
  const folders = await readdir(join(cache.path, 'noisescope'))
  expect(folders).toEqual([expect.stringMatching(/^swiftshader-\d+\.\d+\.\d+$/)])
  expect(JSON.parse(await readFile(first ?? '', 'utf8'))).toHaveProperty('ICD.library_path')
})

test.runIf(carried)('a SwiftShader that is damaged in any way is unpacked again', async () => {
  await using cache = await temporaryFolder()
  const first = await unpackSwiftShader(cache.path)
  const library = join(first, 'libvk_swiftshader.so')
  const whole = await readFile(library)
  const flipped = Buffer.from(whole)
  flipped[flipped.length >> 1] = ~flipped[flipped.length >> 1]!
  const { atime, mtime } = await stat(library)
  const damages: Record<string, () => Promise<unknown>> = {
    'cut off': () => truncate(library, whole.length - 1),
    'one bit turned, with its old times': () => writeFile(library, flipped).then(() => utimes(library, atime, mtime)),
    'one file gone': () => rm(library),
    'a folder in the place of a file': () => rm(library).then(() => mkdir(library)),
    'no checksums': () => rm(join(first, 'checksums.json')),
    'damaged checksums': () => writeFile(join(first, 'checksums.json'), '{'),
    'an empty folder': () => rm(first, { recursive: true }).then(() => mkdir(first)),
    'a file in the place of the folder': () => rm(first, { recursive: true }).then(() => writeFile(first, '')),
  }
  for (const [damage, make] of Object.entries(damages)) {
    await make()
    expect(await unpackSwiftShader(cache.path), damage).toBe(first)
    expect((await readFile(library)).equals(whole), damage).toBe(true)
    expect((await readdir(first)).sort(), damage).toEqual([
      'checksums.json',
      'libvk_swiftshader.so',
      'libvulkan.so.1',
      'vk_swiftshader_icd.json',
    ])
    expect(await readdir(cache.path), damage).toHaveLength(1)
  }
  const { ino } = await stat(library)
  await unpackSwiftShader(cache.path)
  expect((await stat(library)).ino, 'whole, so not unpacked').toBe(ino)
})

test.runIf(carried)('an answer about the drivers is asked for once, and again when the drivers change', async () => {
  await using cache = await temporaryFolder()
  const program = 'console.log((await vulkanEnvironment()).kind)'
  const answerFile = join(cache.path, 'noisescope', 'vulkan-probe.json')
  const ask = (drivers: string) => runProgram(program, { XDG_CACHE_HOME: cache.path, VK_DRIVER_FILES: drivers })

  await ask('/nonexistent')
  const first = await readFile(answerFile, 'utf8')
  await ask('/nonexistent')
  expect(await readFile(answerFile, 'utf8')).toBe(first)
  await ask('/neither')
  expect(await readFile(answerFile, 'utf8')).not.toBe(first)
})

test('NOISESCOPE_VULKAN=system takes what is installed without looking', async () => {
  const program = 'console.log(JSON.stringify(await vulkanEnvironment()))'
  const { output } = await runProgram(program, { NOISESCOPE_VULKAN: 'system', VK_DRIVER_FILES: '/nonexistent' })
  expect(JSON.parse(output)).toMatchObject({ kind: 'system', variables: {} })
})

test('an unknown NOISESCOPE_VULKAN is refused with the words that are known', async () => {
  const { code, errors } = await runProgram('await underVulkan()', { NOISESCOPE_VULKAN: 'lavapipe' })
  expect(code).toBe(1)
  expect(errors).toContain('NOISESCOPE_VULKAN is "lavapipe"; expected auto, system, swiftshader')
})

test.runIf(process.platform === 'linux')('the cache folder follows XDG_CACHE_HOME', async () => {
  const { output } = await runProgram('console.log(cacheFolder())', { XDG_CACHE_HOME: '/somewhere' })
  expect(output.trim()).toBe('/somewhere/noisescope')
})
