// Tokenizer: how text becomes the numbers a model reads.
export { Panel as default } from './Panel.tsx'
