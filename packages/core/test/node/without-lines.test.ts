import { expect, test } from 'vitest'
import { runProgram } from './helpers.ts'

const capturing = process.platform === 'linux' || process.platform === 'darwin'

test.runIf(capturing)('a device is opened without a line of a library', async () => {
  for (const choice of ['auto', ...(process.platform === 'linux' && process.arch === 'x64' ? ['swiftshader'] : [])]) {
    const { code, errors } = await runProgram(
      'await underVulkan(); using device = await openDevice(); console.error(device.info.traits.kind)',
      { NOISESCOPE_VULKAN: choice },
    )
    expect(errors, choice).toMatch(/^(soft|hard)ware\n$/)
    expect(code).toBe(0)
  }
})

test.runIf(capturing)(
  'lines are left out of what native code writes, and others come whole and in their order',
  async () => {
    const program = `
    const { withoutLines } = await import('${new URL('../../src/node/without-lines.ts', import.meta.url).href}')
    const { writeSync } = await import('node:fs')
    const result = withoutLines(/^noise/, () => {
      for (const line of ['first', 'noise 1', 'a noise', 'noise 2', 'last, ünfinished']) writeSync(2, line + (line.startsWith('last') ? '' : '\\n'))
      return 7
    })
    writeSync(2, '\\nafter ' + result + '\\n')
    try { withoutLines(/^noise/, () => { writeSync(2, 'noise\\nof a failure\\n'); throw new Error('thrown') }) }
    catch (error) { writeSync(2, error.message + '\\n') }`
    const { errors } = await runProgram(program, {})
    expect(errors).toBe('first\na noise\nlast, ünfinished\nafter 7\nof a failure\nthrown\n')
  },
)
