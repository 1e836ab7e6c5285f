import type { TraceScore } from '@noisescope/explain/trace'
import { html, nothing, type TemplateResult } from 'lit'
import { textsWith } from '../texts.ts'
import type { Scene } from '../ui/scene.ts'
import { scoreEnglish } from './score-texts.ts'

export { scoresStyles as styles } from './styles.ts'

/** How well noise and object are told apart, each score with its interval. */
export function scores({ texts: given, sides }: Scene): TemplateResult | typeof nothing {
  const texts = textsWith(scoreEnglish, given)
  const names = [...new Set(sides.flatMap(({ frame }) => frame.scores.map(({ name }) => name)))]
  if (names.length === 0) return nothing
  return html`<section class="card scores" part="scores" aria-labelledby="scores-title">
    <header><h3 id="scores-title">${texts.scores}</h3></header>
    <table>
      <thead>
        <tr>
          <th scope="col">${texts.score}</th>
          ${sides.map(
            ({ name }) => html`<th scope="col" class="number">${name === '' ? texts.value : name}</th>
              <th scope="col" class="number">${texts.interval}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${names.map((name) => {
          const found = sides.map(({ frame }) => frame.scores.find((score) => score.name === name))
          const note = found.find((score) => score?.note !== undefined)?.note
          return html`<tr data-score=${name}>
            <th scope="row">${name}${note === undefined ? nothing : html` <small>${note}</small>`}</th>
            ${found.map((score) => cells(score))}
          </tr>`
        })}
      </tbody>
    </table>
  </section>`

  function cells(score: TraceScore | undefined): TemplateResult {
    const value = score === undefined || score.value === null ? texts.noScore : texts.shown(score.value)
    const units = score?.units === undefined || score.units === '1' ? '' : ` ${score.units}`
    const [low, high] = score?.interval ?? []
    const interval = low === undefined ? '–' : `${texts.shown(low)} … ${texts.shown(high)}`
    return html`<td class="number"><data>${value}${units}</data></td>
      <td class="number">${interval}</td>`
  }
}
