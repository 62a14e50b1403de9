// Documents: the reader's own texts, taken in, found in, and answered from with citations that are checked.
export { Panel as default } from './Panel.tsx'
