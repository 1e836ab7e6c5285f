import { html, nothing, type TemplateResult } from 'lit'
import { explanation } from '../explanation/explanation.ts'
import { images } from '../images/images.ts'
import { network } from '../network/network.ts'
import { header } from './header.ts'
import type { Scene } from './scene.ts'

/** Everything that there is to see, what matters first at the top. @param live what only live use has */
export function page(scene: Scene, live: unknown): TemplateResult {
  const { sides, extra } = scene
  const [{ trace }] = sides
  const hasLayers = sides.some((side) => side.trace.model.layers.length > 0)
  const hasTraining = trace.frames.length > 1 || trace.training !== undefined
  const hasScores = sides.some(({ frame }) => frame.scores.length > 0)
  return html`${header(scene)} ${hasTraining ? extra('training')?.(scene) : nothing} ${images(scene)}
    <div class="columns" ?data-single=${!hasLayers} ?data-two=${sides.length > 1}>
      <div class="column">${explanation(scene)} ${live}</div>
      ${hasLayers ? html`<div class="column">${network(scene)}</div>` : nothing}
    </div>
    ${hasScores ? extra('scores')?.(scene) : nothing}`
}
