// Probabilities: how one token was chosen out of all of them, stage by stage.
export { Panel as default } from './Panel.tsx'
