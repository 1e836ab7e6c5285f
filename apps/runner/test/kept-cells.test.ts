import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { type FinishedCell, keepCell, keptCell } from '../src/study/kept-cells.ts'
import { temporaryFolder } from './command.ts'

const temporary = await temporaryFolder()
afterAll(() => temporary[Symbol.asyncDispose]())

const result = { name: 'a' } as unknown as FinishedCell['result']
const cellWith = (width: unknown): FinishedCell => ({
  result,
  figures: [{ cell: 'a', caption: 'clean', png: Uint8Array.of(1, 2, 3), width: width as number, height: 1 }],
})

test('a kept cell comes back as it was; one whose figures are of other types counts as damaged, whatever its hash', async () => {
  const path = join(temporary.path, 'a.json')
  const onDamage = vi.fn()
  await keepCell(path, 'settings', cellWith(1))
  expect((await keptCell(path, 'settings', onDamage))?.figures[0]).toMatchObject({ width: 1, png: Buffer.of(1, 2, 3) })
  expect(onDamage).not.toHaveBeenCalled()
  await keepCell(path, 'settings', cellWith('1"><script>alert(1)</script><i x="'))
  expect(await keptCell(path, 'settings', onDamage)).toBeUndefined()
  expect(onDamage).toHaveBeenCalledOnce()
})
