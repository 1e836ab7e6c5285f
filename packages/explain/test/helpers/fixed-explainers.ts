import type { ExplanationMap } from '../../src/index.ts'
import { type ExplainContext, type Explainer, explanationMap } from '../../src/index.ts'

/** An explainer whose map of a grey image is `dataOf` what it is given, whatever the network does. */
export const explainerOf = (dataOf: (context: ExplainContext) => Float32Array): Explainer => ({
  name: 'fixed',
  title: 'Fixed',
  options: {},
  explain: (context) => ({ maps: [mapOf(dataOf(context), [context.height, context.width])] }),
})

/** A signed map of the input. */
export const mapOf = (data: Float32Array, shape: readonly number[], units = '1'): ExplanationMap =>
  explanationMap({ name: 'input', shape, data, signed: true, units })
