import { plainStateDict, type StoredTensor } from '@noisescope/nn'

type Tensors = ReadonlyMap<string, StoredTensor>

/** What each model does with the names that other programs give its weights. */
const renamings: Readonly<Record<string, (tensors: Tensors) => Tensors>> = {
  autoencoder: renumberConvolutions,
}

/**
 * Weights of other programs under the names of the model's own variables, as far as they are known: without the prefix
 * of parallel training, without batch norm's counters, and with what the model knows of its names elsewhere.
 */
export function renameWeights(model: string, tensors: Tensors): Tensors {
  const plain = plainStateDict(tensors)
  return renamings[model]?.(plain) ?? plain
}

const CONVOLUTION = /^conv2d(?:_(\d+))?(?=\.)/

/** Keras counts the layers of all models of a process: the first convolution of a second model is conv2d_7. */
function renumberConvolutions(tensors: Tensors): Tensors {
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
