import type { StoredTensor } from '@noisescope/nn'

type Tensors = ReadonlyMap<string, StoredTensor>

/** What Keras calls a convolution's tensors. */
const CONVOLUTION = /^conv2d(?:_(\d+))?(?=\.)/

/**
 * The tensors of a Keras model under the names that a first model's have: Keras counts the layers of all models of a process,
 * so the first convolution of a second autoencoder is conv2d_7.
 */
export function renumberedConvolutions(tensors: Tensors): Tensors {
  const numberOf = (name: string): number | undefined => {
    const found = CONVOLUTION.exec(name)
    return found === null ? undefined : Number(found[1] ?? 0)
  }
  const numbers = [...new Set([...tensors.keys()].map(numberOf).filter((number) => number !== undefined))]
  const order = numbers.toSorted((a, b) => a - b)
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const number = numberOf(name)
      if (number === undefined) return [name, tensor]
      const place = order.indexOf(number)
      return [name.replace(CONVOLUTION, place === 0 ? 'conv2d' : `conv2d_${place}`), tensor]
    }),
  )
}
