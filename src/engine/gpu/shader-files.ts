// The only file that knows how .wgsl is imported: the text of every file of shaders/, by its name without ending. Those of
// training come when it is first loaded.

const files = import.meta.glob<string>(['../../../shaders/**/*.wgsl', '!../../../shaders/training/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

const texts = new Map<string, string>()

/** 'matmul-any', 'lib/grid', 'quants/nf4' … -> the file as written */
export const shaderFiles: ReadonlyMap<string, string> = texts

/** Adds files by their paths. */
export function addShaders(more: Readonly<Record<string, string>>): void {
  for (const [path, source] of Object.entries(more)) {
    texts.set(path.replace(/^.*\/shaders\//, '').replace(/\.wgsl$/, ''), source)
  }
}
addShaders(files)
