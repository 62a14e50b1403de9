// The only file that knows how .wgsl is imported.
//
// A line `#include <name>` is replaced by shaders/lib/<name>.wgsl. `weights` and `blocks` are chosen
// by the weight's storage format: `#include weights` with nf4 gives lib/weights-nf4.wgsl.

import { EngineError } from '../errors.ts'
import type { StorageFormat } from '../tensor/format.ts'

const files = import.meta.glob<string>('../../../shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true })
const text = new Map(
  Object.entries(files).map(([path, source]) => [path.replace(/^.*\/shaders\//, '').replace(/\.wgsl$/, ''), source]),
)

const byFormat = new Set(['weights', 'blocks'])

/** Names of all kernels: shaders/<name>.wgsl, without lib/. */
export const shaderNames: readonly string[] = [...text.keys()].filter((name) => !name.startsWith('lib/')).sort()

/** The file as written. */
export function shaderText(name: string): string {
  const source = text.get(name)
  if (source === undefined) throw new EngineError('INTERNAL', `There is no shader "shaders/${name}.wgsl".`, { name })
  return source
}

/** Does the kernel read a weight, so that there is one version of it per storage format? */
export const readsWeight = (name: string): boolean => /^#include (weights|blocks)$/m.test(shaderText(name))

/** The complete WGSL of a kernel. Each snippet is put in once, however often it is asked for. */
export function shaderSource(name: string, format: StorageFormat | null = null): string {
  const seen = new Set<string>()
  const expand = (source: string): string =>
    source.replace(/^#include (\S+)$/gm, (_, asked: string) => {
      if (byFormat.has(asked) && !format) {
        throw new EngineError('INTERNAL', `Shader "${name}" reads a weight: say in which storage format.`, { name })
      }
      const snippet = byFormat.has(asked) ? `lib/${asked}-${format}` : `lib/${asked}`
      if (seen.has(snippet)) return ''
      seen.add(snippet)
      return expand(shaderText(snippet))
    })
  return expand(shaderText(name))
}
