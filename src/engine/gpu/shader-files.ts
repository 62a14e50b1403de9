// The only file that knows how .wgsl is imported: the text of every file of shaders/, by its name without ending.

const files = import.meta.glob<string>('../../../shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true })

/** 'matmul-any', 'lib/grid', 'quants/nf4' … -> the file as written */
export const shaderFiles: ReadonlyMap<string, string> = new Map(
  Object.entries(files).map(([path, source]) => [path.replace(/^.*\/shaders\//, '').replace(/\.wgsl$/, ''), source]),
)
