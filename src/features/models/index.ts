// Models: what there is, what is stored, what fits, and how to add more.
export { Panel as default } from './Panel.tsx'
