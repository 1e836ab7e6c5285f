import { autoencoderStep } from './autoencoder-step/workload.ts'
import { convolution } from './convolution/workload.ts'
import { dncnnImage } from './dncnn-image/workload.ts'
import { dncnnStep } from './dncnn-step/workload.ts'
import { explanation } from './explanation/workload.ts'
import { pixelFilter } from './pixel-filter/workload.ts'
import type { Workload } from './workload.ts'

/** Everything that the bench times, in this order. */
export const workloads: readonly Workload[] = [
  convolution,
  autoencoderStep,
  dncnnImage,
  dncnnStep,
  explanation,
  pixelFilter,
]
