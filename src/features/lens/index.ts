// Logit lens: what the model would say if it stopped after each layer.
export { Panel as default } from './Panel.tsx'
