// Read: give a text to a model that reads it whole.
export { Panel as default } from './Panel.tsx'
