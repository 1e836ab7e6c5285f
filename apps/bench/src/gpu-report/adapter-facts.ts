/** The process that lists everything an adapter says of itself, started by `collectGpuReport`. */
import { loadGpu } from '@noisescope/core/node'
import { answer } from '../processes/answer.ts'

/** Everything that WebGPU tells of an adapter, by WebGPU's own names. */
export interface AdapterFacts {
  readonly info: Readonly<Record<string, unknown>>
  readonly features: readonly string[]
  readonly limits: Readonly<Record<string, unknown>>
}

/** Names and values of what an object has, inherited getters too, functions left out. */
function valuesOf(object: object): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name in object) {
    const value = object[name as keyof typeof object] as unknown
    if (typeof value !== 'function') values[name] = value
  }
  return values
}

await answer(async (): Promise<AdapterFacts> => {
  const gpu = await loadGpu()
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw new Error('WebGPU found no adapter')
  return { info: valuesOf(adapter.info), features: [...adapter.features].sort(), limits: valuesOf(adapter.limits) }
})
