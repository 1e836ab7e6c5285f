import type { Profile, ProfiledKernel } from '@noisescope/core'
import { table } from './output.ts'

/** Kernels that the table shows: the others together take little. */
const SHOWN_KERNELS = 20

const METHODS = {
  timestamps: "timed by the adapter's clock",
  fences: 'timed from the end of one to the end of the next, since this adapter lends no clock',
} as const

/** A profile for people: the kernels that took most, the longest first, then every layer in the order in which they run. */
export function profileLines({ method, runs, milliseconds, ceilings, layers }: Profile): string[] {
  const share = (part: number): string => percent(milliseconds > 0 ? part / milliseconds : 0)
  const kernels = layers.flatMap((layer) => layer.kernels).toSorted((a, b) => b.milliseconds - a.milliseconds)
  const shown = kernels.slice(0, SHOWN_KERNELS)
  const others = kernels.slice(SHOWN_KERNELS)
  const rest = others.reduce((sum, kernel) => sum + kernel.milliseconds, 0)
  return [
    `Kernels: ${time(milliseconds)} in ${runs} ${runs === 1 ? 'run' : 'runs'}, ${METHODS[method]}.`,
    ...table([
      ['  kernel', 'layer', 'times', 'ms', 'share', 'GFLOP/s', 'GB/s', 'of ceiling'],
      ...shown.map((kernel) => [
        `  ${kernel.kernel}`,
        layerName(kernel.layer) + (kernel.isGradient ? ', gradient' : ''),
        String(kernel.dispatches),
        kernel.milliseconds.toFixed(1),
        share(kernel.milliseconds),
        ...rates(kernel),
      ]),
    ]),
    ...(others.length > 0 ? [`  ${others.length} more: ${time(rest)}, ${share(rest)}; all of them with --json.`] : []),
    'Layers, with their gradients:',
    ...table([
      ['  layer', 'ms', 'share'],
      ...layers.map((layer) => [
        `  ${layerName(layer.layer)}`,
        layer.milliseconds.toFixed(1),
        percent(layer.shareOfTime),
      ]),
    ]),
    ...(ceilings === undefined
      ? []
      : [
          `Ceilings of the adapter: ${giga(ceilings.operationsPerSecond)} GFLOP/s of multiply-adds, ` +
            `${giga(ceilings.copyBytesPerSecond)} GB/s of copying. A kernel's share is the longer time that its operations ` +
            '(of the direct algorithm) or its bytes (each once) need at them, of the time that it took.',
        ]),
  ]
}

const layerName = (layer: string): string => (layer === '' ? 'outside layers' : layer)

function rates({ operations, operationsPerSecond, bytesPerSecond, shareOfCeiling }: ProfiledKernel): string[] {
  return [
    operations > 0 ? giga(operationsPerSecond) : '-',
    giga(bytesPerSecond),
    shareOfCeiling === undefined ? '-' : percent(shareOfCeiling),
  ]
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

function giga(rate: number): string {
  const value = rate / 1e9
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}

const time = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`
