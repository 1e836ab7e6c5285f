import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { valuesOf } from '../../src/analysis/index.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** A tensor that forgets its values, as those of a trace do; 16 MiB. */
function forgetful(): { readonly tensor: Parameters<typeof valuesOf>[0]; held(): boolean } {
  let made: WeakRef<Float32Array> | undefined
  return {
    tensor: {
      shape: [4, 1024, 1024],
      get data(): Float32Array {
        const values = made?.deref() ?? new Float32Array(4 * 1024 * 1024)
        made = new WeakRef(values)
        return values
      },
    },
    held: () => made?.deref() !== undefined,
  }
}

/** What a WeakRef gave stays alive until the end of the job. */
const nextJob = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('the values that were asked for last are held, and no more than 64 MiB of them', async () => {
  const tensors = Array.from({ length: 6 }, forgetful)
  for (const { tensor } of tensors) {
    valuesOf(tensor)
    await nextJob()
  }
  valuesOf(tensors[2]!.tensor)
  valuesOf(forgetful().tensor)
  await nextJob()
  collectGarbage()
  // Of 0 to 5 the four last were held; 2 was asked for again, so that 3 had to go for the seventh.
  expect(tensors.map(({ held }) => held())).toEqual([false, false, true, false, true, true])
})

test('the values of a tensor that nobody has any more are not held', async () => {
  const [one, other] = [forgetful(), forgetful()].map(({ tensor, held }, i) => {
    valuesOf(tensor)
    return { held, tensor: i === 0 ? tensor : undefined }
  })
  await nextJob()
  collectGarbage()
  expect([one!.held(), other!.held()]).toEqual([true, false])
  expect(one!.tensor).toBeDefined()
})
