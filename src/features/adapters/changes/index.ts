// What the adapters on the model change: norms of its weights, and the last text with them and without.
export { Changes } from './Changes.tsx'
