import type { StoredTensor } from '@noisescope/nn'

type Tensors = ReadonlyMap<string, StoredTensor>

/** What Keras calls a convolution's tensors. */
const CONVOLUTION = /^conv2d(?:_(\d+))?(?=\.)/

/** Outputs and inputs of the autoencoder's convolutions in their order: no two are alike, so that shapes tell which is which. */
const SHAPES = ['64,1', '32,64', '16,32', '16,16', '32,16', '64,32', '1,64']

const conv2d = (place: number): string => (place === 0 ? 'conv2d' : `conv2d_${place}`)

/**
 * The tensors of an autoencoder under the names that a first model's have in Keras, whatever they are called: layers have
 * names of one's own, or those of the models that they are in; Keras counts the layers of all models of a process, so that the
 * first convolution of a second model is conv2d_7.
 */
export function autoencoderTensors(tensors: Tensors): Tensors {
  const places = convolutionPlaces(tensors)
  if (places === undefined) return renumberedConvolutions(tensors)
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const dot = name.lastIndexOf('.')
      const place = places.get(name.slice(0, dot))
      return [place === undefined ? name : `${conv2d(place)}${name.slice(dot)}`, tensor]
    }),
  )
}

/** Whether tensors are seven convolutions of just those shapes and nothing else. */
export const isAutoencoder = (tensors: Tensors): boolean => {
  const places = convolutionPlaces(tensors)
  return places !== undefined && [...tensors.keys()].every((name) => places.has(name.slice(0, name.lastIndexOf('.'))))
}

/** The places of the autoencoder's convolutions by what their tensors' names begin with; undefined when they are not these. */
function convolutionPlaces(tensors: Tensors): ReadonlyMap<string, number> | undefined {
  const found = [...tensors].flatMap(([name, { shape }]) =>
    shape.length === 4 && name.endsWith('.weight') && shape[2] === 3 && shape[3] === 3
      ? [[name.slice(0, -'.weight'.length), SHAPES.indexOf(shape.slice(0, 2).join())] as const]
      : [],
  )
  const places = new Set(found.map(([, place]) => place))
  return found.length === SHAPES.length && places.size === SHAPES.length && !places.has(-1) ? new Map(found) : undefined
}

function renumberedConvolutions(tensors: Tensors): Tensors {
  const numberOf = (name: string): number | undefined => {
    const found = CONVOLUTION.exec(name)
    return found === null ? undefined : Number(found[1] ?? 0)
  }
  const numbers = [...new Set([...tensors.keys()].map(numberOf).filter((number) => number !== undefined))]
  const order = numbers.toSorted((a, b) => a - b)
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const number = numberOf(name)
      return [number === undefined ? name : name.replace(CONVOLUTION, conv2d(order.indexOf(number))), tensor]
    }),
  )
}
