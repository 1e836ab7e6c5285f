import { InputError } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import type { ExplanationMap } from '../map.ts'
import type { ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'
import type { AskOptions } from './ask.ts'

/** Which of an explainer's maps is meant. */
export interface MapChoice extends AskOptions {
  /** The map's name; the first map if not given. */
  readonly map?: string | undefined
  /** Layers that are asked about; none if not given, or the one that `map` is called like. */
  readonly layers?: readonly string[] | undefined
}

/** How measures make an explanation that they make again and again. */
export interface RepeatedChoice extends MapChoice {
  /**
   * Make all of them, the first too, at a fixed cost where the explainer knows how: paths by one rule of 32 nodes instead of
   * refining each; true if not given.
   */
  readonly fixedCost?: boolean
}

/** How an explanation is made that is made again and again. */
export const repeated = (explainer: Explainer, fixedCost: boolean): Explainer =>
  (fixedCost ? explainer.atFixedCost : undefined) ?? explainer

/** One map of an explainer. @throws InputError listing the maps when there is none of the name. */
export async function chosenMap(
  session: ExplainSession,
  subject: Subject,
  explainer: Explainer,
  { map: name, layers, signal, onProgress }: MapChoice,
): Promise<ExplanationMap> {
  const asked = layers ?? (name !== undefined && session.layers.has(name) ? [name] : [])
  const [explanation] = await session.explain(subject, [explainer], { layers: asked, signal, onProgress })
  const maps = explanation?.maps ?? []
  const found = name === undefined ? maps[0] : maps.find((map) => map.name === name)
  if (found !== undefined) return found
  const names = maps.map((map) => map.name).join(', ')
  throw new InputError(
    `${explainer.name} has no map${name === undefined ? '' : ` ${name}`}; ${names === '' ? 'it has none: name a layer' : `it has ${names}`}`,
  )
}
