import { exportOnnx } from '@noisescope/onnx'
import type { ChainTask } from './task.ts'

/** The chain as an ONNX model, as `noisescope export` writes it: input `noisy`, output `denoised`. */
export const onnxModel = ({ model, values }: ChainTask): Uint8Array => exportOnnx({ model, values })

/** The input and output of the exported model. */
export const ONNX_INPUT = 'noisy'
export const ONNX_OUTPUT = 'denoised'
