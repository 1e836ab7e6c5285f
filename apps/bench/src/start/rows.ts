import { mebibytes, summaryText, times } from '../format.ts'
import type { StartFigures, StartTimes } from './measure-start.ts'

/** The heading and a row for each kind of start: what terminal and document show. */
export function startRows({ cold, warm, steady, help, tiny, peakBytes }: StartFigures): string[][] {
  const row = (name: string, { seconds, coreSeconds }: StartTimes): string[] => [
    name,
    summaryText(seconds),
    summaryText(coreSeconds),
    times(seconds.median / steady.seconds.median),
    times(coreSeconds.median / steady.coreSeconds.median),
  ]
  return [
    ['', 's', 'core-s', 's / steady', 'core-s / steady'],
    row('cold: no kernel cached by driver or noisescope', cold),
    row('warm: kernels cached', warm),
    row('steady: one more image in the same process', steady),
    row('warm, of an image of 16x16', tiny),
    row('warm, of `noisescope --help`', help),
    ['peak memory of the process', mebibytes(peakBytes)],
  ]
}
