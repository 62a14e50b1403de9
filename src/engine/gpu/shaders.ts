// The complete WGSL of a kernel.
//
// A line `#include <name>` is replaced by shaders/lib/<name>.wgsl, or by shaders/<name>.wgsl where the name has a folder.
// Directives (`enable f16;`) may stand in any of them: WGSL wants them first, so they are moved to the top.
// `weights`, `blocks` and `ints` are chosen by the weight's storage format: with q4_0 they give quants/q4_0, quants/q4_0-blocks
// and quants/q4_0-ints.
// `eights`, `words` and `dots`, too, where the format has them; otherwise they are lib/eights and lib/words, which read `weights`,
// and lib/dots, which reads `blocks`.

import { EngineError } from '../errors.ts'
import { shaderFiles } from './shader-files.ts'

const byFormat = new Map([
  ['weights', (format: string) => `quants/${format}`],
  ['blocks', (format: string) => `quants/${format}-blocks`],
  ['eights', (format: string) => ownOr(format, 'eights')],
  ['words', (format: string) => ownOr(format, 'words')],
  ['dots', (format: string) => ownOr(format, 'dots')],
  ['ints', (format: string) => `quants/${format}-ints`],
])

/** What a format has that is faster than the plain form: quants/<format>-<name>, else lib/<name>. */
const ownOr = (format: string, name: string): string => {
  const own = `quants/${format}-${name}`
  return shaderFiles.has(own) ? own : `lib/${name}`
}

/** Names of all kernels: shaders/<name>.wgsl, without those in folders. */
export const shaderNames: readonly string[] = [...shaderFiles.keys()].filter((name) => !name.includes('/')).sort()

/** The file as written. */
export function shaderText(name: string): string {
  const source = shaderFiles.get(name)
  if (source === undefined) throw new EngineError('INTERNAL', `There is no shader "shaders/${name}.wgsl".`, { name })
  return source
}

/** Does the kernel read a weight, so that there is one version of it per storage format? */
export const readsWeight = (name: string): boolean =>
  /^#include (weights|blocks|eights|words|ints)$/m.test(shaderText(name))

/** Which snippets stand in the place of others: `#include outputs` may mean outputs-gated. */
export type Parts = Readonly<Record<string, string>>

/** The complete WGSL of a kernel. Each snippet is put in once, however often it is asked for. */
export function shaderSource(name: string, format: string | null = null, parts: Parts = {}): string {
  const seen = new Set<string>()
  const expand = (source: string): string =>
    source.replace(/^#include (\S+)$/gm, (_, written: string) => {
      const asked = parts[written] ?? written
      const choose = byFormat.get(asked)
      if (choose && !format) {
        throw new EngineError('INTERNAL', `Shader "${name}" reads a weight: say in which storage format.`, { name })
      }
      const snippet = choose ? choose(format!) : asked.includes('/') ? asked : `lib/${asked}`
      if (seen.has(snippet)) return ''
      seen.add(snippet)
      return expand(shaderText(snippet))
    })
  return directivesFirst(expand(shaderText(name)))
}

const directive = /^(?:enable|requires|diagnostic)\b[^;]*;[^\n]*\n/gm

/** WGSL wants directives before all else; they may stand in an included file. */
export function directivesFirst(source: string): string {
  const found = new Set(source.match(directive))
  return found.size === 0 ? source : [...found].join('') + source.replace(directive, '')
}

/** 32-bit FNV-1a: tells shader texts apart, nothing more. */
export function fnv1a(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16)
}
