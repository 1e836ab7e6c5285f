import { type Bound, boundOf, type Limit, occupancyOf } from './bounds.ts'
import { type GraphicsCard, graphicsCards } from './graphics-cards.ts'
import { type PlannedConvolution, plannedConvolutions, traitsOf, type Workload } from './planned-steps.ts'
import type { TileFacts } from './tile-facts.ts'

const WORKLOADS: readonly (Workload & { readonly title: string })[] = [
  {
    title: 'A layer of DnCNN on an image of 256x256: 64 to 64 channels, 3x3, bias, ReLU',
    computes: 'outputs',
    n: 1,
    channels: 64,
    h: 256,
    w: 256,
  },
  {
    title: 'The same on 48 images of 28x28',
    computes: 'outputs',
    n: 48,
    channels: 64,
    h: 28,
    w: 28,
  },
  {
    title: 'The gradient of its weights on 48 images of 28x28',
    computes: 'weight gradient',
    n: 48,
    channels: 64,
    h: 28,
    w: 28,
  },
]

/** The section of `docs/performance.md`, between its marks. */
export const rooflineReport = (): string =>
  [
    '### Tiles',
    '',
    ...markdownTable(TILE_HEADING, tileRows()),
    '',
    ...WORKLOADS.flatMap((workload) => [
      `### ${workload.title}`,
      '',
      ...markdownTable(BOUND_HEADING, boundRows(workload)),
      '',
    ]),
    '### Where the numbers of the cards are from',
    '',
    ...graphicsCards.map(cardLine),
    '',
  ].join('\n')

const TILE_HEADING = [
  'algorithm',
  'threads',
  'workgroup memory',
  'registers',
  'operations for a loaded byte',
  'near bytes for a multiply-add',
] as const

/** Each algorithm once: its tile is the same on every card and for every workload. */
function tileRows(): string[][] {
  const rows = new Map<string, string[]>()
  for (const workload of WORKLOADS) {
    for (const planned of graphicsCards.flatMap((card) => plannedConvolutions(workload, traitsOf(card)))) {
      const { facts } = mainStep(planned)
      const name = workload.computes === 'outputs' ? planned.algorithm : `weight gradient, ${planned.algorithm}`
      if (facts !== undefined && !rows.has(name)) rows.set(name, tileRow(name, facts))
    }
  }
  return [...rows.values()]
}

const tileRow = (algorithm: string, facts: TileFacts): string[] => [
  algorithm,
  String(facts.threads),
  facts.workgroupBytes === 0 ? 'none' : `${facts.workgroupBytes / 1024} KiB`,
  String(facts.registers),
  ((2 * facts.multiplyAdds) / facts.loadedBytes).toFixed(1),
  (facts.nearBytes / facts.multiplyAdds).toFixed(2),
]

const BOUND_HEADING = [
  'card',
  'algorithm',
  'workgroups a unit',
  'of them at once',
  'threads filled',
  'at least',
  'of it',
  'at most',
  'of the peak',
] as const

function boundRows(workload: Workload): string[][] {
  return graphicsCards.flatMap((card) =>
    plannedConvolutions(workload, traitsOf(card)).map((planned) => {
      const { algorithm, operations, steps } = planned
      const { facts, groups } = mainStep(planned)
      const occupancy = facts && occupancyOf(facts, card)
      const bounds = steps.map((step) => boundOf(step, card))
      const seconds = bounds.reduce((sum, bound) => sum + bound.seconds, 0)
      const rate = operations / seconds
      return [
        card.name,
        algorithm,
        (groups / card.units).toFixed(1),
        occupancy === undefined ? '' : String(occupancy.workgroups),
        occupancy === undefined ? '' : percent(occupancy.share),
        `${(seconds * 1e6).toFixed(0)} us`,
        limitText(bounds, seconds),
        `${(rate / 1e12).toFixed(1)} TFLOP/s`,
        percent(rate / card.operationsPerSecond),
      ]
    }),
  )
}

/** The step that multiplies: the others only move and transform. */
function mainStep({ algorithm, steps }: PlannedConvolution) {
  const main = steps.find(({ facts }) => facts !== undefined) ?? steps.at(-1)
  if (main === undefined) throw new Error(`${algorithm} has no kernels`)
  return main
}

/** What limits most of the time, and how much of it. */
function limitText(bounds: readonly Bound[], total: number): string {
  const shares = new Map<Limit, number>()
  for (const { limit, seconds } of bounds) shares.set(limit, (shares.get(limit) ?? 0) + seconds / total)
  const [[limit, share] = ['memory', 1]] = [...shares].sort(([, a], [, b]) => b - a)
  return `${limit} ${percent(share)}`
}

function cardLine({ name, units, operationsPerSecond, memoryBytesPerSecond, perUnit, sources }: GraphicsCard): string {
  const { threads, workgroupBytes, registers } = perUnit
  return (
    `- ${name}: ${units} units, ${operationsPerSecond / 1e12} TFLOP/s, ${memoryBytesPerSecond / 1e9} GB/s; a unit holds ` +
    `${threads} threads, ${workgroupBytes / 1024} KiB of workgroup memory, ${registers / 1024} Ki registers. ${sources}.`
  )
}

const percent = (share: number): string => `${Math.round(100 * share)} %`

const markdownTable = (heading: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
