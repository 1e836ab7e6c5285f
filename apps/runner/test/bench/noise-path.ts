import { openDevice } from '@noisescope/core/node'
import { type Explainer, ExplainSession, noisePath, pixel, rectangle, removed } from '@noisescope/explain'
import { loadDataset } from '@noisescope/images/node'
import { defaultNoise } from '@noisescope/noise'
import { sampleAt } from '../../src/samples.ts'
import { loadWeights } from '../../src/weights.ts'

/**
 * How exact the noise path's map is, by how many gradients: the length of what differs from one Gauss-Legendre rule of 2048 nodes, as
 * a share of that map's length. Prints a table in Markdown, for docs/explanation.md.
 *
 *     pnpm bench:noise-path
 */
const REFERENCE = noisePath({ refine: false, nodes: 2048 })
const RULES: readonly (readonly [name: string, explainer: Explainer])[] = [
  ['64 nodes', noisePath({ refine: false, nodes: 64 })],
  ['256 nodes', noisePath({ refine: false, nodes: 256 })],
  ['refined', noisePath()],
]
const NETWORKS = [
  ['mnist', 'gaussian'],
  ['mnist', 'salt-and-pepper'],
  ['fashion-mnist', 'salt-and-pepper'],
  ['mnist', 'poisson'],
] as const
const SIDE = 28
const INDEX = 3
const SEED = 1

const device = await openDevice()
const length = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values))
const digits = (share: number): string => share.toPrecision(2)

console.log(
  `| autoencoder, image ${INDEX} | target | ${RULES.map(([name]) => name).join(' | ')} | its gradients | its own estimate | its gap |`,
)
console.log(`|${' --- |'.repeat(RULES.length + 5)}`)
for (const [dataset, kind] of NETWORKS) {
  const trained = await loadWeights({ model: 'autoencoder', dataset, noise: kind })
  trained.place(device)
  using session = new ExplainSession(device, trained.model, { width: SIDE, height: SIDE })
  const { clean, noisy } = sampleAt((await loadDataset(dataset)).test, INDEX, defaultNoise(kind), SEED)
  const targets = [
    ['removed:all', removed(rectangle(session.size, 0, 0, SIDE, SIDE))],
    ['pixel:14,12', pixel(14, 12)],
  ] as const
  for (const [name, target] of targets) {
    const subject = { noisy: noisy.data, clean: clean.data, target }
    const [reference, ...found] = await session.explain(subject, [REFERENCE, ...RULES.map(([, rule]) => rule)], {
      layers: [],
    })
    const exact = reference?.maps[0]?.data ?? new Float32Array()
    const errors = found.map(({ maps: [map] }) => length(exact.map((value, i) => value - (map?.data[i] ?? 0))))
    const { values, completeness } = found.at(-1) ?? {}
    const cells = [
      `${dataset}, ${kind}`,
      name,
      ...errors.map((error) => digits(error / length(exact))),
      String(values?.evaluations),
      digits(values?.error ?? Number.NaN),
      digits(completeness?.relative ?? Number.NaN),
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
}
device[Symbol.dispose]()
process.exit(0)
