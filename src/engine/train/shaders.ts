// The kernels of training, loaded with it: whoever only writes does without them.

import { addShaders } from '../gpu/shader-files.ts'

addShaders(
  import.meta.glob<string>('../../../shaders/training/**/*.wgsl', { query: '?raw', import: 'default', eager: true }),
)
