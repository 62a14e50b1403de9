// Two sides on one prompt: settings, adapters or models; where their answers part, and what differs inside.
export { Panel as default } from './Panel.tsx'
