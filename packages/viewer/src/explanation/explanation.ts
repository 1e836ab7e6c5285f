import { html, nothing, type TemplateResult } from 'lit'
import { sideName } from '../images/images.ts'
import { stage } from '../images/stage.ts'
import { stageLook, stageTools } from '../images/stage-tools.ts'
import { targetImages } from '../state.ts'
import { choicesOf, select } from '../ui/controls.ts'
import type { Scene } from '../ui/scene.ts'
import { explanationFacts, regionFacts } from './explanation-facts.ts'
import { mapStrip } from './map-strip.ts'
import { targetField } from './target-field.ts'

/** What explains the target: the map over the image, and the numbers. */
export function explanation(scene: Scene): TemplateResult {
  const { texts, state, methods, sides, target, actions } = scene
  const named = methods.map(({ name, title }) => ({ value: name, text: title }))
  const ofImage = target?.kind === 'pixel' || target?.kind === 'region'
  return html`<section class="card explanation" part="explanation" aria-labelledby="explanation-title">
    <header>
      <h3 id="explanation-title">${texts.explanation}</h3>
      ${methods.length === 0 ? nothing : select(texts.method, named, state.method, (method) => actions.change({ method }))}
    </header>
    <div class="row">
      ${targetField(scene)}
      ${ofImage ? select(texts.of, choicesOf(targetImages, texts.ofNames), state.of, (of) => actions.change({ of })) : nothing}
    </div>
    ${stageTools(scene)}
    <div class="sides">
      ${sides.map(
        (side) =>
          html`<div class="side">
            ${sideName(side)}
            <div class="stage-and-facts">
              ${stage(scene, side)}
              <div class="facts-column">${explanationFacts(scene, side)} ${regionFacts(scene, side)}</div>
            </div>
            ${mapStrip(scene, side)}
          </div>`,
      )}
    </div>
    ${stageLook(scene)}
  </section>`
}
