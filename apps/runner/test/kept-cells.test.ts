import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CellResult } from '../src/study/cell.ts'
import { keepCell, keptCell } from '../src/study/kept-cells.ts'
import { temporaryFolder } from './command.ts'

/** Only what is kept of it matters here. */
const result = { name: 'mnist-laplace-autoencoder', images: 200, mean: 0.25, steps: null } as unknown as CellResult
const figures = [{ cell: result.name, caption: 'a ü', png: Uint8Array.of(1, 2, 255), width: 3, height: 1 }]

test('a cell comes back as it was measured, for its settings alone', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'cell.json')
  const undamaged = () => expect.unreachable()
  expect(await keptCell(path, 'settings', undamaged)).toBeUndefined()
  await keepCell(path, 'settings', { result, figures })
  const kept = await keptCell(path, 'settings', undamaged)
  expect(kept?.result).toEqual(result)
  expect(kept?.figures.map(({ png, ...rest }) => ({ ...rest, png: Uint8Array.from(png) }))).toEqual(figures)
  expect(await keptCell(path, 'other settings', undamaged)).toBeUndefined()
})

test('a cell that is damaged in any place counts as not measured, and this is told', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'cell.json')
  await keepCell(path, 'settings', { result, figures })
  const text = await readFile(path)
  const damaged = [Buffer.alloc(0), Buffer.from('null'), Buffer.from('{}'), Buffer.from('[]'), text.subarray(0, -9)]
  for (const [i, byte] of text.entries()) {
    // White space between JSON's words says nothing.
    if (byte === 0x20 || byte === 0x0a) continue
    const copy = Buffer.from(text)
    copy[i] = byte ^ 1
    damaged.push(copy)
  }
  for (const content of damaged) {
    await writeFile(path, content)
    let told = 0
    expect(await keptCell(path, 'settings', () => told++), content.toString()).toBeUndefined()
    expect(told, content.toString()).toBe(1)
  }
})
