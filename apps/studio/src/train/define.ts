import { TrainPanel } from './train-panel.ts'

if (customElements.get('train-panel') === undefined) customElements.define('train-panel', TrainPanel)
