import { blockUntilReady, type Array as JaxArray, jit, numpy as np, valueAndGrad } from '@jax-js/jax'

export interface JaxTraining {
  readonly parameters: readonly JaxArray[]
  /** Takes ownership of its arguments, as jax-js has it. */
  readonly lossOf: (parameters: JaxArray[], input: JaxArray, target: JaxArray) => JaxArray
  readonly learningRate: number
  readonly eps: number
}

const BETA_1 = 0.9
const BETA_2 = 0.999

type State = { p: JaxArray[]; m: JaxArray[]; v: JaxArray[] }

/**
 * Adam (Kingma and Ba 2015, algorithm 1) in jax-js: loss, gradients and updates are one jitted function.
 * @returns `step`, which takes ownership of the batch and gives the loss before the update, and `settle`, which waits for the last
 * update.
 */
export function jaxAdam({ parameters, lossOf, learningRate, eps }: JaxTraining) {
  const update = jit(
    ({ p, m, v }: State, stepSize: JaxArray, rootScale: JaxArray, input: JaxArray, target: JaxArray) => {
      const [loss, gradients] = valueAndGrad(lossOf)(
        p.map((value) => value.ref),
        input,
        target,
      )
      const nextM = m.map((mean, i) => mean.mul(BETA_1).add((gradients[i] as JaxArray).ref.mul(1 - BETA_1)))
      const nextV = v.map((mean, i) => mean.mul(BETA_2).add(np.square(gradients[i] as JaxArray).mul(1 - BETA_2)))
      const nextP = p.map((value, i) => {
        const root = np
          .sqrt((nextV[i] as JaxArray).ref)
          .mul(rootScale.ref)
          .add(eps)
        return value.sub((nextM[i] as JaxArray).ref.mul(stepSize.ref).div(root))
      })
      stepSize.dispose()
      rootScale.dispose()
      return { loss, p: nextP, m: nextM, v: nextV }
    },
  )
  const zeros = () => parameters.map(({ shape }) => np.zeros(shape))
  let state: State = { p: [...parameters], m: zeros(), v: zeros() }
  let steps = 0
  return {
    step: async (input: JaxArray, target: JaxArray): Promise<ArrayLike<number>> => {
      steps++
      const stepSize = np.array(learningRate / (1 - BETA_1 ** steps))
      const rootScale = np.array(1 / Math.sqrt(1 - BETA_2 ** steps))
      const { loss, ...next } = update(state, stepSize, rootScale, input, target)
      state = next
      return (await loss.data()) as Float32Array
    },
    settle: async (): Promise<void> => {
      await blockUntilReady(state)
    },
  }
}
