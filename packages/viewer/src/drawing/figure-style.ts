/** Colours of figures, which are on white paper whatever the page's are. */
export const PAPER = '#ffffff'
export const INK = '#222222'
export const MUTED = '#606060'
export const FRAME = '#cdcdcd'
/** Frames of targets: an orange that stands out on any grey. */
export const TARGET = '#eb7800'

export const FACES = 'system-ui, sans-serif'
