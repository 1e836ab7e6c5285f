import type { Device } from '@noisescope/core'
import { HeldOutLoss, type HeldOutLossOptions } from '@noisescope/nn'
import type { Session } from './session.ts'

/** How many images are looked at after each epoch: enough for a curve, soon done. */
const IMAGES = 240

/** What validation measures: held-out images with the same noise after every epoch. */
export interface ValidationOptions extends HeldOutLossOptions {
  readonly session: Pick<Session, 'device'>
}

/** A function that gives the mean loss over up to 240 held-out images with the weights of that moment. */
export function validator({ session, samples, ...options }: ValidationOptions): () => Promise<number> {
  const used = samples.slice(0, IMAGES)
  let compiled: { readonly device: Device; readonly heldOut: HeldOutLoss } | undefined
  return () => {
    const { device } = session
    if (compiled?.device !== device)
      compiled = { device, heldOut: new HeldOutLoss(device, { ...options, samples: used }) }
    return compiled.heldOut.measure()
  }
}
