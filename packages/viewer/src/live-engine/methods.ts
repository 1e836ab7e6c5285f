import { explainerCatalogue } from '@noisescope/explain'
import type { Method } from '../sources/source.ts'

/** It asks about no target, and what it gives is in every frame. */
const IN_EVERY_FRAME = 'activation-maps'

/** Methods that compare with the clean image. */
const NEEDS_CLEAN: ReadonlySet<string> = new Set(['noise-path', 'block-intervention'])

/** The methods that can be asked for, in the catalogue's order. */
export const methodsFor = ({ hasClean }: { readonly hasClean: boolean }): Method[] =>
  explainerCatalogue
    .filter(({ name }) => name !== IN_EVERY_FRAME && (hasClean || !NEEDS_CLEAN.has(name)))
    .map(({ name, title }) => ({ name, title }))
