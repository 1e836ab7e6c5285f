/** How the metadata of a safetensors file says that it is a trace. */
export const TRACE_FORMAT = 'noisescope-trace'

/** Of the layout that schema/trace-1.schema.json describes. */
export const TRACE_VERSION = '1'

/** The name that maps have for the model's input, and so no layer. */
export const INPUT = 'input'
