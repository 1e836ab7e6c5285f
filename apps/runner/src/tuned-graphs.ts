import { gradients, InputError, type InputSpec, type Tensor } from '@noisescope/core'
import type { ModelKind, ModelOptions } from '@noisescope/models'
import { parametersOf, recipeLoss } from '@noisescope/nn'
import { cleanImage, TILES_IN_A_RUN } from './denoiser.ts'
import { denoisingInputs, usualTiles } from './whole-image-denoiser.ts'

/** A graph as a command will compile it. */
export interface TunedGraph {
  /** What it is of, for people. */
  readonly what: string
  readonly inputs: InputSpec
  graph(inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>
}

export interface TunedSize {
  readonly width: number
  readonly height: number
}

/** Pixels of an image for which a model of images of any size is tuned where none is given. */
const USUAL_SIZE: TunedSize = { width: 256, height: 256 }

/** What `denoise` and `evaluate` run. @throws InputError when a model of one size is given another. */
export function denoisingGraph(kind: ModelKind, options: ModelOptions, size: TunedSize | undefined): TunedGraph {
  const model = kind.build(options)
  const graph: TunedGraph['graph'] = ({ noisy, sigma }) =>
    noisy === undefined ? {} : { denoised: cleanImage(model, noisy, sigma === undefined ? {} : { sigma }) }
  if (kind.takes === 'tiles') {
    refuseSize(kind, size)
    const inputs = { noisy: [TILES_IN_A_RUN, 1, kind.tile, kind.tile] }
    return { what: `denoising ${TILES_IN_A_RUN} tiles of ${kind.tile}x${kind.tile}`, inputs, graph }
  }
  const { width, height } = size ?? USUAL_SIZE
  const tiles = usualTiles(model, { width, height })
  const parts = tiles.tiles.length === 1 ? '' : `, in tiles of ${tiles.width}x${tiles.height}`
  return {
    what: `denoising images of ${width}x${height}${parts}`,
    inputs: denoisingInputs(model, tiles),
    graph,
  }
}

/** What changes the parameters in a step of `train`: the convolutions of the loss and of its gradients. */
export function trainingGraph(
  kind: ModelKind,
  options: ModelOptions,
  { size, batch }: { readonly size: TunedSize | undefined; readonly batch: number | undefined },
): TunedGraph {
  const model = kind.build(options)
  const recipe = kind.takes === 'tiles' ? kind.recipe : kind.recipe(options)
  const batchSize = batch ?? recipe.batchSize
  if (kind.takes === 'tiles') refuseSize(kind, size)
  const side = kind.takes === 'tiles' ? kind.tile : kind.recipe(options).patch
  const { width, height } = size ?? { width: side, height: side }
  const loss = kind.takes === 'tiles' ? kind.loss(options) : recipeLoss(kind.recipe(options), model.output)
  return {
    what: `training on batches of ${batchSize} images of ${width}x${height}`,
    inputs: { clean: [batchSize, model.channels, height, width] },
    graph: ({ clean }) => {
      if (clean === undefined) return {}
      const output = model.forward(clean, { training: true, sigma: 0 })
      const parameters = parametersOf(model).map(({ value }) => value)
      const changes = gradients(loss(output, { clean, noise: clean }), parameters)
      return Object.fromEntries(changes.map((change, i) => [`change${i}`, change]))
    },
  }
}

function refuseSize({ name }: ModelKind, size: TunedSize | undefined): void {
  if (size !== undefined) throw new InputError(`--size has no use here: the ${name} takes tiles of one size`)
}
