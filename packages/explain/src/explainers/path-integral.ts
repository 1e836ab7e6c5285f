import { type Completeness, completenessOf, type ExplainContext } from '../explainer.ts'
import { imagesAt } from '../points.ts'
import { gaussLegendre, type Node } from './gauss-legendre.ts'

/** A straight line between two images [c, h, w]. */
export interface Path {
  readonly from: Float32Array
  readonly to: Float32Array
}

/** How a path is integrated over: by one rule, or refined until it is good enough. */
export type Rule =
  | {
      readonly refine: false
      /** Gauss-Legendre nodes over the whole path. */
      readonly nodes: number
    }
  | {
      readonly refine: true
      /** Wanted: |sum of the parts - (T(end) - T(start))| as a share of |T(end) - T(start)|. */
      readonly gap: number
      /** Gradients that are computed at most. */
      readonly maxEvaluations: number
    }

export interface PathIntegral {
  /** (to - from) times the integral of dT/dy along the path, [c, h, w]. */
  readonly shares: Float64Array
  /** Of the sum of the shares with T(to) - T(from). */
  readonly completeness: Completeness
  /** What the gaps of the path's pieces come to where their signs are by chance: the root of the sum of their squares. */
  readonly spread: number
  /** T at the path's start. */
  readonly start: number
  /** Gradients that were computed. */
  readonly evaluations: number
}

/** A piece of the path, of which 0 is the start and 1 the end. */
interface Piece {
  readonly start: number
  readonly end: number
}

/** A piece whose gap may be made smaller. */
interface OpenPiece extends Piece {
  readonly shares: Float32Array
  /** Sum of the shares less the difference of T between the piece's ends. */
  readonly gap: number
}

/** What is known of a path. */
interface State {
  /** T by place. */
  readonly targets: Map<number, number>
  /** Shares of the pieces that are good enough, and the sum of their squared gaps. */
  readonly shares: Float64Array
  squares: number
  open: readonly OpenPiece[]
  evaluations: number
}

/**
 * Where a network's gradient jumps, more nodes in a piece do not make it exact, and two take the fewest gradients for a piece
 * half as long.
 */
const NODES_PER_PIECE = 2
/** Fill a batch of 32 with their ends. */
const FIRST_PIECES = 10
/** Gradients that halving a piece takes: the nodes of both halves, and T in the middle. */
const EVALUATIONS_PER_HALVING = 2 * NODES_PER_PIECE + 1
/** Fill a batch of 32. */
const LEAST_HALVINGS = 6
/** Gradients of the first look at a path. */
export const FIRST_EVALUATIONS = FIRST_PIECES * NODES_PER_PIECE + FIRST_PIECES + 1

/**
 * T differs from itself by about so much of it where a network is computed twice, by other kernels or at images that differ in
 * the last digit: a few of float32's roundings (6e-8), from sums over some hundred products in each layer.
 */
const ROUNDING = 4e-7

/**
 * The integral of the gradient along a path. Refined, the path's pieces of 2 Gauss-Legendre nodes are halved, those with the
 * largest gaps first, until the gap of the whole path is as wanted, and the root of the sum of the pieces' squared gaps too, so
 * that it is not by chance. The gap of a piece is exact, since T is known at its ends, but for float32's rounding of T:
 * pieces with less than that are left as they are, and no gap of less than about 4e-7 |T| / |T(to) - T(from)| can be had.
 * The shares of the other pieces, one for every five gradients at most, are held until the end, 4 bytes a value.
 */
export async function pathIntegral(context: ExplainContext, path: Path, rule: Rule): Promise<PathIntegral> {
  const state: State = {
    targets: new Map(),
    shares: new Float64Array(path.to.length),
    squares: 0,
    open: [],
    evaluations: 0,
  }
  if (!rule.refine) {
    await measure(context, path, state, [{ start: 0, end: 1 }], rule.nodes)
    return summary(state)
  }
  const cuts = Array.from({ length: FIRST_PIECES + 1 }, (_, i) => i / FIRST_PIECES)
  let pieces: readonly Piece[] = cuts.slice(1).map((end, i) => ({ start: cuts[i] ?? 0, end }))
  while (pieces.length > 0) {
    await measure(context, path, state, pieces, NODES_PER_PIECE)
    const most = Math.floor((rule.maxEvaluations - state.evaluations) / EVALUATIONS_PER_HALVING)
    const worst = new Set(worstOf(state.open, summary(state), rule.gap).slice(0, Math.max(most, 0)))
    state.open = state.open.filter((piece) => !worst.has(piece))
    pieces = [...worst].flatMap(({ start, end }) => {
      const middle = (start + end) / 2
      return [
        { start, end: middle },
        { start: middle, end },
      ]
    })
  }
  return summary(state)
}

/** Pieces to halve, the worst first, so that what the others' gaps come to is at most half of what is wanted. */
function worstOf(
  open: readonly OpenPiece[],
  { completeness: { expected, gap }, spread }: PathIntegral,
  wanted: number,
): OpenPiece[] {
  const allowed = wanted * Math.abs(expected)
  if (Math.abs(gap) <= allowed && spread <= allowed) return []
  const worst: OpenPiece[] = []
  let left = spread ** 2
  for (const piece of open.toSorted((a, b) => Math.abs(b.gap) - Math.abs(a.gap))) {
    if (worst.length >= LEAST_HALVINGS && left <= (allowed / 2) ** 2) break
    worst.push(piece)
    left -= piece.gap ** 2
  }
  return worst
}

/** Integrates over pieces, and puts them and T at their ends into the state. */
async function measure(
  context: ExplainContext,
  { from, to }: Path,
  state: State,
  pieces: readonly Piece[],
  nodes: number,
): Promise<void> {
  const { targets } = state
  const rule = gaussLegendre(nodes)
  const ends = [...new Set(pieces.flatMap(({ start, end }) => [start, end]))].filter((end) => !targets.has(end))
  const places = [...ends, ...pieces.flatMap(({ start, end }) => rule.map(({ at }) => start + at * (end - start)))]
  let shares = new Float32Array(to.length)
  const open: OpenPiece[] = []
  const imageAt = (place: number): Float32Array => from.map((value, i) => value + place * ((to[i] as number) - value))
  await context.gradients(
    imagesAt(places.length, (index) => imageAt(places[index] as number)),
    (gradient, value, index) => {
      if (index < ends.length) {
        targets.set(ends[index] as number, value)
        return
      }
      const number = index - ends.length
      const piece = pieces[Math.floor(number / nodes)] as Piece
      const weight = (rule[number % nodes] as Node).weight * (piece.end - piece.start)
      for (let i = 0; i < shares.length; i++) {
        shares[i] = (shares[i] as number) + weight * (gradient[i] as number) * ((to[i] as number) - (from[i] as number))
      }
      if (number % nodes < nodes - 1) return
      const gap = sumOf(shares) - difference(targets, piece)
      if (Math.abs(gap) > resolutionOf(targets)) {
        open.push({ ...piece, shares, gap })
        shares = new Float32Array(to.length)
      } else {
        addTo(state.shares, shares)
        state.squares += gap ** 2
        shares.fill(0)
      }
    },
  )
  state.open = [...state.open, ...open]
  state.evaluations += places.length
}

const sumOf = (values: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i] as number
  return total
}

function addTo(sums: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number)
}

const difference = (targets: ReadonlyMap<number, number>, { start, end }: Piece): number =>
  (targets.get(end) ?? Number.NaN) - (targets.get(start) ?? Number.NaN)

const resolutionOf = (targets: ReadonlyMap<number, number>): number =>
  ROUNDING * Math.max(...Array.from(targets.values(), Math.abs))

function summary({ targets, shares: settled, squares, open, evaluations }: State): PathIntegral {
  const shares = settled.slice()
  for (const piece of open) addTo(shares, piece.shares)
  return {
    shares,
    start: targets.get(0) ?? Number.NaN,
    completeness: completenessOf(difference(targets, { start: 0, end: 1 }), sumOf(shares)),
    spread: Math.sqrt(open.reduce((total, { gap }) => total + gap ** 2, squares)),
    evaluations,
  }
}
