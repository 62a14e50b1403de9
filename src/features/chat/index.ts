// Chat: talk with the loaded model.
export { Panel as default } from './Panel.tsx'
