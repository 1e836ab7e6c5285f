/** The process that times every algorithm of one convolution, started by `collectGpuReport`. */
import { conv2d, gradients, memoryTable, mul, openDevice, sum, type Tensor, type Tuned, tune } from '@noisescope/core'
import { loadGpu } from '@noisescope/core/node'
import { answer } from '../processes/answer.ts'
import type { ConvolutionShape } from './shapes.ts'

/** No operation is begun after so many seconds. */
const MAX_SECONDS = 60

await answer(async ({ images, inputs, outputs, height, width, kernel }: ConvolutionShape): Promise<Tuned[]> => {
  using device = await openDevice({ gpu: await loadGpu(), tuning: memoryTable() })
  const forwardAndGradients = ({ x, weights, dy }: Record<'x' | 'weights' | 'dy', Tensor>) => {
    const y = conv2d(x, weights, { padding: 'same' })
    const [dx = y, dw = y] = gradients(sum(mul(y, dy)), [x, weights])
    return { y, dx, dw }
  }
  return await tune(
    device,
    forwardAndGradients,
    {
      x: [images, inputs, height, width],
      weights: [outputs, inputs, kernel, kernel],
      dy: [images, outputs, height, width],
    },
    { maxSeconds: MAX_SECONDS },
  )
})
