import { mul } from '@noisescope/core'
import { conv2dLayer, heNormal, type Model, runLayer } from '@noisescope/nn'

/** f(y) is one 3x3 convolution of y, without bias: every target that is linear in f is linear in y. */
export function linearModel(channels = 1): Model {
  const layer = conv2dLayer({
    name: 'conv',
    inputs: channels,
    outputs: channels,
    bias: false,
    initialiser: heNormal,
    seed: 4,
    stream: 0,
  })
  return {
    name: 'linear',
    layers: [layer],
    channels,
    output: 'clean',
    multiple: 1,
    forward: (noisy, options = {}) => runLayer(layer, options, noisy),
  }
}

/** f(y) = gain * y, pixel by pixel. */
export const pixelwiseModel = (gain = 1): Model => ({
  name: 'pixelwise',
  layers: [],
  channels: 1,
  output: 'clean',
  multiple: 1,
  forward: (noisy) => mul(gain, noisy),
})
