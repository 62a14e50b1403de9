// Recordings need no worker: they are opened, and made, in the page itself. Loaded with the first one.

export { openTrace, recordTrace } from '../engine/glass/trace.ts'
