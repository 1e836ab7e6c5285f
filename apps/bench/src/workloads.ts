import { autoencoderStep } from './autoencoder-step/workload.ts'
import type { Workload } from './workload.ts'

/** Everything that the bench times, in this order. */
export const workloads: readonly Workload[] = [autoencoderStep]
