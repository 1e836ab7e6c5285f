import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { boundOf, occupancyOf } from '../scripts/roofline/bounds.ts'
import { type GraphicsCard, graphicsCards } from '../scripts/roofline/graphics-cards.ts'
import { plannedConvolutions, traitsOf } from '../scripts/roofline/planned-steps.ts'
import { type TileFacts, tileFacts } from '../scripts/roofline/tile-facts.ts'

const command = fileURLToPath(new URL('../scripts/write-roofline.ts', import.meta.url))

const card: GraphicsCard = {
  name: 'card',
  vendor: 'vendor',
  architecture: 'architecture',
  units: 10,
  operationsPerSecond: 1e12,
  memoryBytesPerSecond: 1e11,
  nearBytesPerClock: 100,
  clock: 1e9,
  perUnit: { threads: 1024, workgroups: 16, workgroupBytes: 64 * 1024, registers: 65536 },
  registerStep: 8,
  subgroups: { min: 32, max: 32 },
  sources: '',
}

const facts: TileFacts = {
  threads: 64,
  workgroupBytes: 0,
  registers: 8,
  multiplyAdds: 1e6,
  loadedBytes: 1e5,
  nearBytes: 1e5,
}

describe('workgroups at once on a unit', () => {
  it.each([
    ['threads', {}, 16],
    ['workgroup memory', { workgroupBytes: 16 * 1024 }, 4],
    ['registers, rounded up', { registers: 97 }, 9],
    ['registers of large workgroups', { threads: 256, registers: 128 }, 2],
  ] as const)('are limited by %s', (_, changed, workgroups) => {
    const occupancy = occupancyOf({ ...facts, ...changed }, card)
    expect(occupancy.workgroups).toBe(workgroups)
    expect(occupancy.share).toBe((workgroups * { ...facts, ...changed }.threads) / 1024)
  })
})

describe('the least time of a step', () => {
  const step = { name: 'step', groups: 20, bytes: 1000, facts }

  it('is that of its arithmetic, its near reads or its traffic, whichever is longest', () => {
    expect(boundOf(step, card)).toEqual({ limit: 'arithmetic', seconds: (2 * 20 * 1e6) / 1e12 })
    const near = boundOf({ ...step, facts: { ...facts, nearBytes: 1e8 } }, card)
    expect(near).toEqual({ limit: 'near memory', seconds: (20 * 1e8) / 1e12 })
    expect(boundOf({ ...step, bytes: 1e9 }, card)).toEqual({ limit: 'memory', seconds: 0.01 })
    expect(boundOf({ ...step, facts: undefined }, card)).toEqual({ limit: 'memory', seconds: 1e-8 })
  })

  it('waits for the units that have one workgroup more', () => {
    expect(boundOf({ ...step, groups: 21 }, card).seconds).toBe(boundOf({ ...step, groups: 30 }, card).seconds)
  })
})

describe('what is counted from tiles', () => {
  const sizes = { n: 2, channels: 64, h: 64, w: 64 }
  const workload = { computes: 'outputs', ...sizes } as const
  const weightGradient = { computes: 'weight gradient', ...sizes } as const

  it('is known of every algorithm that a card has to choose from', () => {
    for (const each of graphicsCards) {
      for (const computed of [workload, weightGradient]) {
        for (const { algorithm, steps } of plannedConvolutions(computed, traitsOf(each))) {
          expect(
            steps.filter((step) => step.facts !== undefined),
            algorithm,
          ).toHaveLength(1)
        }
      }
    }
  })

  it('adds up to the multiply-adds of the convolution where tiles fit exactly and nothing is transformed', () => {
    for (const { algorithm, operations, steps } of plannedConvolutions(workload, traitsOf(card))) {
      const main = steps.find((step) => step.facts !== undefined)
      const products = 2 * (main?.groups ?? 0) * (main?.facts?.multiplyAdds ?? 0)
      const outputs = 2 * 64 * 64 * 64
      expect(operations, algorithm).toBe(2 * outputs * 64 * 9 + 2 * outputs)
      if (algorithm.startsWith('winograd')) expect(products, algorithm).toBeLessThan(operations / 2)
      else expect(products, algorithm).toBe(operations - 2 * outputs)
    }
  })

  it('adds up to the multiply-adds of the weight gradient, whichever algorithm', () => {
    for (const { algorithm, steps } of plannedConvolutions(weightGradient, traitsOf(card))) {
      const main = steps.find((step) => step.facts !== undefined)
      expect((main?.groups ?? 0) * (main?.facts?.multiplyAdds ?? 0), algorithm).toBe(2 * 64 * 64 * (64 * 64 * 9))
    }
  })

  it('takes threads, workgroup memory and sums from the text of the kernel', () => {
    const wgsl = `var<workgroup> weightTile: array<vec4f, 256>;
var<workgroup> inputTile: array<vec4f, 128>;
@compute @workgroup_size(64)
  var sum0_0 = vec4f();
  var sum0_1 = vec4f();
  var sum1 = 0.0;`
    const spec = { n: 1, c: 8, k: 64, h: 8, w: 8, oh: 8, ow: 8, r: 3, s: 3 }
    const padding = { top: 1, bottom: 1, left: 1, right: 1 }
    const found = tileFacts(
      { name: 'gemm 64x32', wgsl, workgroups: [1, 1, 1] },
      { ...spec, stride: [1, 1], dilation: [1, 1], padding },
    )
    // 384 vectors of 16 bytes are 16 deep in 64 + 32 numbers; 72 products are summed in five such steps.
    expect(found).toEqual({
      threads: 64,
      workgroupBytes: 6144,
      registers: 9 + 32,
      multiplyAdds: 64 * 32 * 80,
      loadedBytes: 4 * (64 + 32) * 80,
      nearBytes: 4 * 64 * (8 + 4) * 80,
    })
  })
})

describe('write-roofline', () => {
  it('replaces what stands between its marks in a file, and refuses one without them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'roofline-'))
    const file = join(folder, 'page.md')
    const marks = [
      '<!-- write-roofline: what stands below is written by the command -->',
      '<!-- end of write-roofline -->',
    ]
    await writeFile(file, `before\n${marks.join('\nearlier\n')}\nafter\n`)
    await promisify(execFile)(process.execPath, [command, file])
    const written = await readFile(file, 'utf8')
    expect(written).toMatch(/^before\n/)
    expect(written).toMatch(/\nafter\n$/)
    expect(written).not.toContain('earlier')
    for (const { name } of graphicsCards) expect(written).toContain(`| ${name} | `)

    await writeFile(file, 'nothing\n')
    const refused = promisify(execFile)(process.execPath, [command, file])
    await expect(refused).rejects.toThrow(/has no place for the roofline/)
    expect(await readFile(file, 'utf8')).toBe('nothing\n')
    await rm(folder, { recursive: true })
  })
})
