import {
  add,
  conv2d,
  gradients,
  inputTensor,
  type LoweringContext,
  relu,
  type Tensor,
} from '../../packages/core/src/index.ts'
import { forwardAlgorithms, weightGradientAlgorithms } from '../../packages/core/src/kernels/algorithms.ts'
import { convolutionSpec } from '../../packages/core/src/kernels/conv2d-geometry.ts'
import type { AdapterTraits } from '../../packages/core/src/kernels/kernel.ts'
import { fuse } from '../../packages/core/src/plan/fuse.ts'
import { groupKernel } from '../../packages/core/src/plan/group-kernel.ts'
import { lower } from '../../packages/core/src/plan/lower.ts'
import { schedule } from '../../packages/core/src/plan/schedule.ts'
import { workOf } from '../../packages/core/src/profile/work.ts'
import { sizeOf } from '../../packages/core/src/shape.ts'
import type { GraphicsCard } from './graphics-cards.ts'
import { type TileFacts, tileFacts } from './tile-facts.ts'

/** One dispatch of a planned convolution. */
export interface PlannedStep {
  readonly name: string
  readonly groups: number
  /** Compulsory traffic, by the planner's count. */
  readonly bytes: number
  /** Absent where the kernel only moves and transforms. */
  readonly facts: TileFacts | undefined
}

/** A workload as one algorithm computes it. */
export interface PlannedConvolution {
  readonly algorithm: string
  /** By the direct algorithm. */
  readonly operations: number
  readonly steps: readonly PlannedStep[]
}

/** Chrome's limits on such cards. */
const LIMITS = { maxWorkgroupInvocations: 1024, maxWorkgroupStorageBytes: 32768, maxStorageBuffers: 10, f16: true }

export const traitsOf = ({ vendor, architecture, subgroups }: GraphicsCard): AdapterTraits => ({
  kind: 'hardware',
  vendor,
  architecture,
  subgroups,
  ...LIMITS,
})

/** A convolution 3x3 of `channels` to as many, with zero padding, bias and ReLU; or the gradient of its weights. */
export interface Workload {
  readonly computes: 'outputs' | 'weight gradient'
  readonly n: number
  readonly channels: number
  readonly h: number
  readonly w: number
}

/** A workload by every algorithm that there is to choose from on an adapter. */
export function plannedConvolutions(workload: Workload, adapter: AdapterTraits): PlannedConvolution[] {
  const { computes, n, channels, h, w } = workload
  const spec = convolutionSpec([n, channels, h, w], [channels, channels, 3, 3], {
    stride: [1, 1],
    dilation: [1, 1],
    padding: { top: 1, bottom: 1, left: 1, right: 1 },
  })
  const algorithms = computes === 'outputs' ? forwardAlgorithms : weightGradientAlgorithms
  return algorithms(spec, adapter).map(({ name }) => {
    const choose: LoweringContext['choose'] = (_, candidates) => {
      const chosen = candidates.find((candidate) => candidate.name === name)
      if (chosen === undefined) throw new Error(`${name} is no candidate for itself`)
      return chosen
    }
    const groups = schedule(fuse(lower([graphOf(workload)], { adapter, choose }), adapter.maxStorageBuffers))
    const works = groups.map((group) => workOf(group, ({ shape }) => 4 * sizeOf(shape)))
    return {
      algorithm: name,
      operations: works.reduce((total, { operations }) => total + operations, 0),
      steps: groups.map((group, i) => {
        const kernel = groupKernel(group, adapter, (tensor) => tensor)
        const [across, down, deep] = kernel.workgroups
        return {
          name: kernel.name,
          groups: across * down * deep,
          bytes: works[i]?.bytes ?? 0,
          facts: tileFacts(kernel, spec),
        }
      }),
    }
  })
}

function graphOf({ computes, n, channels, h, w }: Workload): Tensor {
  const weights = inputTensor('weights', [channels, channels, 3, 3])
  const y = conv2d(inputTensor('x', [n, channels, h, w]), weights, { padding: 1 })
  if (computes === 'outputs') return relu(add(y, inputTensor('bias', [1, channels, 1, 1])))
  const [gradient = y] = gradients(y, [weights], inputTensor('dy', y.shape))
  return gradient
}
