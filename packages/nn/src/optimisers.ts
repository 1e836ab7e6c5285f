import {
  add,
  assign,
  type Device,
  div,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  Variable,
  zeroVariable,
} from '@noisescope/core'

/** Turns gradients into new parameter values, as part of the traced step. */
export interface Optimiser {
  readonly name: string
  /** Moments that a checkpoint must hold besides the parameters. */
  readonly state: readonly Variable[]
  /** Assigns every parameter its next value. Call it inside the function that is compiled. */
  update(gradients: readonly Tensor[]): void
  /** Uploads what step number `step` (from 1) needs; call it before each run. */
  prepare(device: Device, step: number, learningRate: number): void
}

const scalarVariable = (name: string): Variable => new Variable(name, [], new Float32Array(1))

const write = (device: Device, variable: Variable, value: number): void =>
  device.write(variable, Float32Array.of(value))

const momentsFor = (parameters: readonly Variable[], suffix: string): Variable[] =>
  parameters.map(({ name, shape }) => zeroVariable(`${name}.${suffix}`, shape))

const at = <Item>(items: readonly Item[], i: number): Item => {
  const item = items[i]
  if (item === undefined)
    throw new RangeError(`an optimiser of ${items.length} parameters was given a gradient number ${i + 1}`)
  return item
}

export interface AdamOptions {
  readonly beta1?: number
  readonly beta2?: number
  /** Keras uses 1e-7, PyTorch 1e-8. */
  readonly eps?: number
  /** Added to the gradient as weightDecay * parameter. */
  readonly weightDecay?: number
}

/** Adam (Kingma and Ba 2015, algorithm 1), with eps outside the corrected root as in PyTorch. */
export function adam(parameters: readonly Variable[], options: AdamOptions = {}): Optimiser {
  return adamFamily('adam', parameters, options, false)
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2); default decay 0.01 as in PyTorch. */
export function adamW(
  parameters: readonly Variable[],
  { weightDecay = 0.01, ...options }: AdamOptions = {},
): Optimiser {
  return adamFamily('adamW', parameters, { ...options, weightDecay }, true)
}

function adamFamily(
  name: string,
  parameters: readonly Variable[],
  options: AdamOptions,
  decoupled: boolean,
): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options
  const first = momentsFor(parameters, 'adam_m')
  const second = momentsFor(parameters, 'adam_v')
  const stepSize = scalarVariable('adam.step_size')
  const rootScale = scalarVariable('adam.root_scale')
  const keep = scalarVariable('adam.keep')
  return {
    name,
    state: [...first, ...second],
    update: (gradients) => {
      for (const [i, parameter] of parameters.entries()) {
        const m = at(first, i)
        const v = at(second, i)
        const raw = at(gradients, i)
        const gradient = weightDecay !== 0 && !decoupled ? add(raw, mul(weightDecay, parameter.value)) : raw
        const nextM = add(mul(beta1, m.value), mul(1 - beta1, gradient))
        const nextV = add(mul(beta2, v.value), mul(1 - beta2, square(gradient)))
        const decayed = weightDecay !== 0 && decoupled ? mul(keep.value, parameter.value) : parameter.value
        assign(m, nextM)
        assign(v, nextV)
        assign(parameter, sub(decayed, div(mul(stepSize.value, nextM), add(mul(rootScale.value, sqrt(nextV)), eps))))
      }
    },
    prepare: (device, step, learningRate) => {
      write(device, stepSize, learningRate / (1 - beta1 ** step))
      write(device, rootScale, 1 / Math.sqrt(1 - beta2 ** step))
      if (weightDecay !== 0 && decoupled) write(device, keep, 1 - learningRate * weightDecay)
    },
  }
}

export interface SgdOptions {
  readonly momentum?: number
  /** Added to the gradient as weightDecay * parameter. */
  readonly weightDecay?: number
}

/** Stochastic gradient descent with momentum as in PyTorch: velocity = momentum * velocity + gradient. */
export function sgd(parameters: readonly Variable[], { momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimiser {
  const velocities = momentum === 0 ? [] : momentsFor(parameters, 'sgd_velocity')
  const rate = scalarVariable('sgd.rate')
  return {
    name: 'sgd',
    state: velocities,
    update: (gradients) => {
      for (const [i, parameter] of parameters.entries()) {
        const raw = at(gradients, i)
        const gradient = weightDecay === 0 ? raw : add(raw, mul(weightDecay, parameter.value))
        const velocity = velocities[i]
        const move = velocity === undefined ? gradient : add(mul(momentum, velocity.value), gradient)
        if (velocity !== undefined) assign(velocity, move)
        assign(parameter, sub(parameter.value, mul(rate.value, move)))
      }
    },
    prepare: (device, _, learningRate) => write(device, rate, learningRate),
  }
}
