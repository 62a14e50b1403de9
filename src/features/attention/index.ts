// Attention: what every token looked at, head by head.
export { Panel as default } from './Panel.tsx'
