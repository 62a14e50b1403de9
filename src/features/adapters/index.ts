// Adapters: which are stored, which are on the loaded model and how strong, both sides of one beside each other.
export { Panel as default } from './Panel.tsx'
