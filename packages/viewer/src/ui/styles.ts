import { explanation } from '../explanation/styles.ts'
import { pictures } from '../images/styles.ts'
import { network } from '../network/styles.ts'
import { controls } from './controls.styles.ts'
import { layout } from './layout.styles.ts'
import { theme } from './theme.styles.ts'

/** The element's style sheets; those of views that are loaded when they are needed come with them. */
export const styles = [theme, controls, pictures, explanation, network, layout]
