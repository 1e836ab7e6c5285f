import type { Profile } from '@noisescope/core'
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { failureView, isAbort, messageOf } from './messages.ts'
import { profileBar, profileStyles, profileTable, time } from './profile-view.ts'
import { shared } from './styles.ts'

/** A button that has kernels timed, and where their time goes: a bar, and a table of the numbers. */
export class KernelTimes extends LitElement {
  static override properties = {
    measure: { attribute: false },
    disabled: { type: Boolean },
    of: {},
    profile: { state: true },
    busy: { state: true },
    failure: { state: true },
  }
  /** Times the kernels. */
  declare measure: (() => Promise<Profile>) | undefined
  /** Whether there is nothing to time at the moment. */
  declare disabled: boolean
  /** What is timed, as in 'a training step'. */
  declare of: string
  declare profile: Profile | undefined
  declare busy: boolean
  declare failure: string | undefined

  constructor() {
    super()
    this.disabled = false
    this.of = ''
    this.busy = false
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // What was measured is of something else now.
    if (changed.has('of')) this.profile = undefined
  }

  async #measure(): Promise<void> {
    this.failure = undefined
    this.busy = true
    try {
      this.profile = await this.measure?.()
    } catch (error) {
      if (!isAbort(error)) this.failure = messageOf(error)
    } finally {
      this.busy = false
    }
  }

  protected override render(): TemplateResult {
    const { profile, busy } = this
    return html`<section class="card" aria-label="Where the time goes">
      <p role="status">
        ${
          profile === undefined
            ? `Where the time of ${this.of} goes can be measured, kernel by kernel.`
            : `The kernels of ${this.of} take ${time(profile.milliseconds)}.`
        }
      </p>
      ${profile === undefined ? nothing : this.#found(profile)}
      ${this.failure === undefined ? nothing : failureView(this.failure)}
      <button type="button" ?disabled=${this.disabled || busy || this.measure === undefined} @click=${this.#measure}>
        ${busy ? 'Timing…' : 'Time the kernels'}
      </button>
    </section>`
  }

  #found(profile: Profile): TemplateResult {
    const isRounded = profile.method === 'timestamps' ? 'The browser rounds each time to about 0.1 ms. ' : ''
    return html`${profileBar(profile)}
      <p class="muted">
        A segment for each layer in the order in which they run, its kernels below it, those of its gradients hatched. ${isRounded}
        Rates count the operations of the direct algorithm, and every value that is read or written once.
      </p>
      <details>
        <summary>Every kernel as numbers</summary>
        ${profileTable(profile)}
      </details>`
  }

  static override styles = [
    shared,
    profileStyles,
    css`
      :host {
        display: block;
      }
      details {
        margin-block-end: 0.75rem;
      }
    `,
  ]
}

if (customElements.get('kernel-times') === undefined) customElements.define('kernel-times', KernelTimes)
