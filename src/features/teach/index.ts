// Teaching: pairs to learn from, the loss while it learns, what it says meanwhile, and the adapter that comes of it.
export { Panel as default } from './Panel.tsx'
