import { html, nothing, type TemplateResult } from 'lit'
import { choiceOf, type TargetImage } from '../state.ts'
import { type TargetChoice, targetText } from '../target-text.ts'
import { select } from '../ui/controls.ts'
import type { Scene } from '../ui/scene.ts'

/** A target that the trace has explanations of. */
interface Recorded {
  readonly choice: TargetChoice
  readonly image: TargetImage
  readonly text: string
}

/** The target in words; where several are recorded, a list to choose from. */
export function targetField(scene: Scene): TemplateResult | typeof nothing {
  const { texts, state, target, sides, actions } = scene
  if (target === undefined) return nothing
  const own = targetText(target)
  const [{ frame }] = sides
  const recorded = new Map<string, Recorded>(
    frame.explanations.map((explanation) => {
      const { of } = explanation.target
      const choice = choiceOf(explanation)
      const image = of === 'residual' || of === 'denoised' ? of : state.of
      return [
        `${image} ${targetText(choice)}`,
        {
          choice,
          image,
          text: image === state.of ? shortWords(scene, choice) : wordsOf(scene, choice, image),
        },
      ] as const
    }),
  )
  const key = `${state.of} ${own}`
  const others = [...recorded].map(([value, { text }]) => ({ value, text }))
  const picked = recorded.has(key) ? [] : [{ value: key, text: shortWords(scene, target) }]
  if (others.length + picked.length < 2) {
    return html`<p class="field"><span>${texts.target}</span> <b>${shortWords(scene, target)}</b></p>`
  }
  return select(texts.target, [...picked, ...others], key, (chosen) => {
    const found = recorded.get(chosen)
    if (found === undefined) return
    actions.change({ target: targetText(found.choice), of: found.image })
  })
}

/** A target in words, with the image that it is of. */
export function wordsOf(scene: Pick<Scene, 'texts'>, target: TargetChoice, of: TargetImage): string {
  const words = shortWords(scene, target)
  return target.kind === 'pixel' || target.kind === 'region'
    ? scene.texts.targetOf(words, scene.texts.ofNames[of])
    : words
}

function shortWords({ texts }: Pick<Scene, 'texts'>, target: TargetChoice): string {
  switch (target.kind) {
    case 'pixel':
      return texts.targetPixel(target.x, target.y)
    case 'region':
      return texts.targetRegion(target.mask.reduce((count, weight) => count + Number(weight > 0), 0))
    case 'channel':
      return target.x === undefined || target.y === undefined
        ? texts.targetChannel(target.layer, target.channel)
        : texts.targetPlace(target.layer, target.channel, target.x, target.y)
    case 'recorded':
      return target.text
  }
}
