// Inside: one token's forward pass as a map, and every op with its live numbers.
export { Panel as default } from './Panel.tsx'
