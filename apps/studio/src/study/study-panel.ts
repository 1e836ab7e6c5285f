import {
  type CellPictures,
  cellTitle,
  type Gap,
  gaps,
  gapTexts,
  type On,
  onsOf,
  onTexts,
  readStudyFile,
  type Study,
  type StudyCell,
  type Table,
  tablesOf,
  thresholdsOf,
} from '@noisescope/study'
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { carriedBytes, readContents } from '../carried/contents.ts'
import { failureView, fileButton, messageOf } from '../parts/messages.ts'
import { shared } from '../parts/styles.ts'
import { figureStyles, gapFigure, qualityFigure } from './figures.ts'

/** The report's study, from a file that `noisescope study` wrote: its answer, figures, tables, and pictures where they are given. */
export class StudyPanel extends LitElement {
  static override properties = {
    study: { state: true },
    fileName: { state: true },
    pictures: { state: true },
    failure: { state: true },
    gap: { state: true },
    on: { state: true },
    threshold: { state: true },
    /** Whether the panel is looked at: the example is fetched when it is first. */
    shown: { type: Boolean },
  }
  declare study: Study | undefined
  declare fileName: string
  declare pictures: ReadonlyMap<string, CellPictures['pictures']>
  declare failure: string | undefined
  declare gap: Gap
  declare on: On
  declare threshold: number | undefined
  declare shown: boolean
  #opened = false

  constructor() {
    super()
    this.pictures = new Map()
    this.fileName = ''
    this.gap = 'bySignAndSize'
    this.on = 'core'
    this.shown = false
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('shown') && this.shown && !this.#opened) this.#openExample()
  }

  /** Shows files of a study: its study.json, cells of it with their pictures, or both. */
  async open(files: Iterable<File>): Promise<void> {
    this.#opened = true
    this.failure = undefined
    for (const file of files) {
      try {
        this.#show(await file.text(), file.name)
      } catch (error) {
        this.failure = messageOf(error)
      }
    }
  }

  async #openExample(): Promise<void> {
    this.#opened = true
    try {
      const { examples } = await readContents()
      const json = new TextDecoder().decode(await carriedBytes(examples.study))
      if (this.study === undefined) this.#show(json, 'the example study')
    } catch (error) {
      this.failure = messageOf(error)
    }
  }

  #show(json: string, name: string): void {
    const found = readStudyFile(json, name)
    if ('cell' in found) {
      this.pictures = new Map([...this.pictures, [found.cell, found.pictures]])
      return
    }
    this.study = found
    this.fileName = name
    this.threshold = thresholdsOf(found.cells)[0]
    this.on = onsOf(found.cells)[0] ?? 'core'
  }

  protected override render(): TemplateResult {
    const { study, failure } = this
    return html`
      <h2>Does the denoiser tell noise from object?</h2>
      <p>
        The study measures models on images whose noise is known, and asks whether they find noise beside the object better than
        noise on it. <code>noisescope study</code> writes its numbers as <code>study.json</code>, and the pictures of each cell
        beside it in <code>cells/</code>; open any of them here, or drop them on the page.
      </p>
      <div class="actions">
        ${fileButton('Open study files…', '.json,application/json', (files) => this.open(files), true)}
      </div>
      <div role="status" class="space">
        ${study === undefined ? nothing : html`<p class="muted">Shown: ${this.fileName}, ${study.cells.length} cells.</p>`}
      </div>
      ${failure === undefined ? nothing : failureView(failure)}
      ${study === undefined ? nothing : this.#study(study)}
    `
  }

  #study(study: Study): TemplateResult {
    const { answer, further, quick, seed, adapter, createdBy } = study
    return html`
      <section class="card" aria-label="The answer">
        ${[answer, ...further].map(
          ({ claim, sentences }) => html`<p>The claim: <q>${claim}</q></p>
            <ul>
              ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
            </ul>`,
        )}
        <p class="muted">
          The raw gap is confounded: on a black background dark noise cannot be seen, on a white object bright noise cannot. The gap
          of like with like compares noise of the same sign and about the same size only. A 3x3 median stands beside the network:
          what it shows too is not special to networks.
        </p>
      </section>
      <section class="card" aria-label="Figures">
        ${this.#gapChoice(study)} ${gapFigure(study, { gap: this.gap, on: this.on, threshold: this.threshold ?? 0 })} ${qualityFigure(study)}
      </section>
      <section class="card" aria-label="Tables">
        <h3>Numbers</h3>
        ${tablesOf(study.cells).map(tableView)}
      </section>
      ${this.#pictures(study)}
      <p class="muted">
        Made by ${createdBy}${quick ? ' as a quick study' : ''}, seed ${seed}, on ${adapter}. A pixel is corrupted where |noisy −
        clean| is above 0.1, and removed where |noisy − denoised| is. Core: the object eroded by 3x3; edge: its dilation without the
        core; background: what is left outside.
      </p>
    `
  }

  #gapChoice(study: Study): TemplateResult {
    const setGap = (event: Event) => {
      this.gap = (event.target as HTMLSelectElement).value as Gap
    }
    const setOn = (event: Event) => {
      this.on = (event.target as HTMLSelectElement).value as On
    }
    const setThreshold = (event: Event) => {
      this.threshold = Number((event.target as HTMLSelectElement).value)
    }
    return html`<div class="fields choice">
      <label class="field">
        <span>Gap</span>
        <select @change=${setGap}>
          ${gaps.map((each) => html`<option value=${each} ?selected=${each === this.gap}>${gapTexts[each]}</option>`)}
        </select>
      </label>
      <label class="field">
        <span>On the object is</span>
        <select @change=${setOn}>
          ${onsOf(study.cells).map((each) => html`<option value=${each} ?selected=${each === this.on}>${onTexts[each]}</option>`)}
        </select>
      </label>
      <label class="field">
        <span>Pixels are object above</span>
        <select @change=${setThreshold}>
          ${thresholdsOf(study.cells).map(
            (each) => html`<option value=${each} ?selected=${each === this.threshold}>${each}</option>`,
          )}
        </select>
      </label>
    </div>`
  }

  #pictures({ cells }: Study): TemplateResult | typeof nothing {
    const shown = cells.filter(({ name }) => this.pictures.has(name))
    if (shown.length === 0) return nothing
    return html`<section class="card" aria-label="Pictures">
      <h3>Pictures</h3>
      ${shown.map((cell) => this.#cellPictures(cell))}
    </section>`
  }

  #cellPictures(cell: StudyCell): TemplateResult {
    return html`<h3>${cellTitle(cell)}</h3>
      ${this.pictures.get(cell.name)?.map(
        ({ caption, png, width, height }) => html`<figure>
          <img src="data:image/png;base64,${png}" width=${width} height=${height} alt=${caption} />
          <figcaption class="muted">${caption}</figcaption>
        </figure>`,
      )}`
  }

  static override styles = [
    shared,
    figureStyles,
    css`
      :host {
        display: block;
      }
      .choice {
        margin-block-end: 1rem;
      }
      .space {
        margin-block-start: 0.75rem;
      }
      .caption {
        margin: 0 0 0.25rem;
        font-weight: 500;
      }
      .caption > span {
        display: block;
        font-weight: 400;
      }
      @media (max-width: 40rem) {
        th[scope='row'] {
          min-width: 8rem;
          white-space: normal;
        }
      }
      img {
        max-width: 100%;
        height: auto;
        background: #fff;
      }
    `,
  ]
}

function tableView({ caption, note, rows: [heading = [], ...rows] }: Table): TemplateResult {
  return html`<p class="caption">${caption}${note === undefined ? nothing : html`<span class="muted">${note}</span>`}</p>
    <div class="scroll" role="region" tabindex="0" aria-label=${caption}>
    <table aria-label=${caption}>
      <thead>
        <tr>
          ${heading.map((cell) => (cell === '' ? html`<td></td>` : html`<th scope="col">${cell}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([title, ...cells]) => html`<tr>
            <th scope="row">${title}</th>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
