import { type Trace, writeTrace } from '@noisescope/explain/trace'

/** A trace as a file, its activations as they are. */
export const traceFile = (trace: Trace): Uint8Array => writeTrace(trace, { activations: 'float32' })
