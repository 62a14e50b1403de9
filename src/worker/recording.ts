// Recordings need no worker: they are opened, and made, in the page itself. Loaded with the first one.

export { openRecording, record } from '../engine/glass/recording.ts'
export { sliceRun, type Slice, type SlicePanel } from '../engine/glass/recording-slice.ts'
