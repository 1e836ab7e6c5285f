import { InputError } from '@noisescope/core'
import { checkWhole } from '../check-options.ts'
import type { ExplainContext, Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { channelSum } from './channel-sum.ts'
import { FIRST_EVALUATIONS, pathIntegral, type Rule } from './path-integral.ts'

export interface PathOptions {
  /** Refine the path until the map's error and the gap are as wanted (if not given), or take one rule of `nodes`. */
  readonly refine?: boolean
  /** Wanted error of the map, as a share of its length; 2e-3 if not given. */
  readonly error?: number
  /** Wanted gap as a share of T(end) - T(start); 1e-3 if not given. */
  readonly gap?: number
  /** Gradients that refining computes at most, at least 31; 4095 if not given. */
  readonly maxEvaluations?: number
  /** Nodes of the one rule; 64 if not given. */
  readonly nodes?: number
}

/** Gradients that make one batch: the rule for what makes explanations of one path again and again. */
const NODES_AT_FIXED_COST = 32

/** The rule that options ask for. @throws InputError when one is unusable. */
function ruleOf(method: string, options: PathOptions): Rule {
  const { refine = true, error = 2e-3, gap = 1e-3, maxEvaluations = 4095, nodes = 64 } = options
  if (!refine) {
    checkWhole(method, 'nodes', nodes)
    return { refine, nodes }
  }
  for (const [name, share] of Object.entries({ error, gap })) {
    if (!(share > 0 && share < 1))
      throw new InputError(`${method}: ${name} is ${share}; expected a share between 0 and 1`)
  }
  checkWhole(method, 'maxEvaluations', maxEvaluations)
  if (maxEvaluations < FIRST_EVALUATIONS) {
    throw new InputError(
      `${method}: maxEvaluations is ${maxEvaluations}; expected at least ${FIRST_EVALUATIONS}, which the first look at the path takes`,
    )
  }
  return { refine, error, gap, maxEvaluations }
}

/**
 * An explainer that shares out T(y) - T(start) over the pixels, by the gradients on the straight line from `start` to the noisy
 * image y; where it refines, at fixed cost by one rule of 32 nodes. Its values: `start`, T there; `evaluations`, the gradients
 * that it took; where it refines, `error`, what the last doublings of its nodes changed in the map, as a share of the map's length
 * (about what is left), and `refined`, 1 when error and gap are as wanted and 0 when not.
 */
export function pathExplainer(
  name: string,
  title: string,
  { rule: ruleOptions, options }: { rule: PathOptions; options: Readonly<Record<string, unknown>> },
  start: (context: ExplainContext) => Float32Array,
): Explainer {
  const rule = ruleOf(name, ruleOptions)
  const oneRule: PathOptions = { refine: false, nodes: NODES_AT_FIXED_COST }
  return {
    name,
    title,
    options: { ...options, ...rule },
    ...(rule.refine ? { atFixedCost: pathExplainer(name, title, { rule: oneRule, options }, start) } : {}),
    explain: async (context) => {
      const { width, height, saturated, held } = context
      const integral = await pathIntegral(held, start(context), rule)
      const { shares, completeness, evaluations, error, refined } = integral
      const data = channelSum(shares, width * height)
      return {
        maps: [
          explanationMap({ name: 'input', shape: [height, width], data, signed: true, units: 'target' }, { saturated }),
        ],
        completeness,
        values: {
          start: integral.start,
          evaluations,
          ...(error === undefined ? {} : { error, refined: Number(refined) }),
        },
      }
    },
  }
}
