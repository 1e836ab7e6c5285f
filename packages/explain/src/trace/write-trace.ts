import { type WritableTensor, writeSafetensors } from '@noisescope/nn'
import { describeTrace } from './describe.ts'
import { TRACE_FORMAT, TRACE_VERSION } from './format.ts'
import { readTrace } from './read-trace.ts'
import type { Trace } from './types.ts'

export interface TraceEncoding {
  /**
   * `uint8` stores activations in a quarter of the bytes, each channel on its own scale; the largest error of each layer is
   * stated in the file. A layer with NaN or infinity stays float32.
   */
  readonly activations: 'float32' | 'uint8'
}

/**
 * Writes a trace as a safetensors file; the same trace gives the same bytes. Numbers that are not finite become null where
 * null is allowed.
 * @throws InputError naming the field, what it is and what was expected, when the trace is not consistent.
 */
export function writeTrace(trace: Trace, { activations }: TraceEncoding): Uint8Array {
  const tensors = new Map<string, WritableTensor>()
  const document = describeTrace(trace, { tensors, quantised: activations === 'uint8' })
  const file = writeSafetensors(tensors, {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    trace: JSON.stringify(document),
  })
  readTrace(file, 'the trace to be written')
  return file
}
