import { controls } from './styles/controls.ts'
import { explanation } from './styles/explanation.ts'
import { layout } from './styles/layout.ts'
import { network } from './styles/network.ts'
import { pictures } from './styles/pictures.ts'
import { theme } from './styles/theme.ts'

/** The element's style sheets; those of views that are loaded when they are needed come with them. */
export const styles = [theme, controls, pictures, explanation, network, layout]
