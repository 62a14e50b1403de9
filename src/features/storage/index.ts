// What is kept in this browser: parts that add up, each model and adapter to check, save, mend and delete.
export { Panel as default } from './Panel.tsx'
