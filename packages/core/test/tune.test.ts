import { describe, expect, it } from 'vitest'
import { environment } from '#environment'
import {
  browserTable,
  conv2d,
  gradients,
  memoryTable,
  openDevice as openAnywhere,
  sum,
  type Tensor,
  type Tuned,
  tune,
  Variable,
} from '../src/index.ts'
import { tableKey } from '../src/tune/table.ts'

const isBrowser = typeof indexedDB !== 'undefined'

const weights = new Variable('weights', [4, 3, 3, 3], new Float32Array(108).fill(0.1))
const step = ({ x }: { readonly x: Tensor }) => {
  const y = conv2d(x, weights.value, { padding: 'same' })
  const [dx = y, dw = y] = gradients(sum(y), [x, weights.value])
  return { y, dx, dw }
}

describe('the autotuner', () => {
  it('tells of each operation once: its candidates with their times, the winner, and what would have been picked', async () => {
    using device = await openAnywhere({ gpu: await environment.loadGpu(), tuning: memoryTable() })
    const told: Tuned[] = []
    const found = await tune(device, step, { x: [2, 3, 9, 9] }, { onFound: (each) => told.push(each) })
    expect(told).toEqual(found)
    expect(found.map(({ key }) => key.split(' ')[0]).sort()).toEqual(['conv2d', 'conv2d', 'conv2dWeightGradient'])
    for (const { winner, guess, milliseconds } of found) {
      expect(Object.keys(milliseconds)).toEqual(expect.arrayContaining([winner, guess]))
      const times = Object.values(milliseconds).filter((time) => time !== undefined)
      expect(milliseconds[winner]).toBe(Math.min(...times))
    }
  })

  it('begins nothing when its time is over', async () => {
    using device = await openAnywhere({ gpu: await environment.loadGpu(), tuning: memoryTable() })
    expect(await tune(device, step, { x: [2, 3, 9, 9] }, { maxSeconds: -1 })).toEqual([])
  })

  it('frees what its measurements take', async () => {
    using device = await openAnywhere({ gpu: await environment.loadGpu(), tuning: memoryTable() })
    await tune(device, step, { x: [2, 3, 9, 9] })
    expect(device.bytes).toBe(0)
  })
})

describe('the key of a winner', () => {
  it('is another one for another driver, and in a browser for another version of it', async () => {
    using device = await openAnywhere({ gpu: await environment.loadGpu() })
    const { key, description } = device.info
    if (description !== 'unnamed adapter') expect(key).toContain(description)
    expect(key).toContain(navigator.userAgent)
  })

  it('is another one when there are other algorithms to choose from, in whatever order', () => {
    const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
    expect(tableKey('adapter', 'conv2d', [a, b])).toBe(tableKey('adapter', 'conv2d', [b, a]))
    expect(tableKey('adapter', 'conv2d', [a, b, c])).not.toBe(tableKey('adapter', 'conv2d', [a, b]))
  })
})

describe("a browser's table", () => {
  it.runIf(isBrowser)('has the winners that were saved when it is opened again, and not the others', async () => {
    const first = await browserTable()
    first.set('adapter | saved', 'gemm')
    await first.save()
    first.set('adapter | unsaved', 'direct')
    const second = await browserTable()
    expect(second.get('adapter | saved')).toBe('gemm')
    expect(second.get('adapter | unsaved')).toBeUndefined()
  })

  it.runIf(isBrowser)('keeps what another page saved in the meantime', async () => {
    const [one, other] = await Promise.all([browserTable(), browserTable()])
    one.set('adapter | one', 'gemm')
    other.set('adapter | other', 'direct')
    await one.save()
    await other.save()
    const later = await browserTable()
    expect([later.get('adapter | one'), later.get('adapter | other')]).toEqual(['gemm', 'direct'])
  })

  it.runIf(!isBrowser)('lasts as long as the process where there is no IndexedDB', async () => {
    const table = await browserTable()
    table.set('adapter | conv2d', 'gemm')
    await table.save()
    expect(table.get('adapter | conv2d')).toBe('gemm')
    expect((await browserTable()).get('adapter | conv2d')).toBeUndefined()
  })
})
