// Tensor names as the wrapped model wrote them, under the names of the plain one: "embed_tokens.weight" of a model
// saved without its head, "_orig_mod." of torch.compile, "module." of data parallel training, "model.language_model."
// of a model that also sees. A wrapper is a word at the front, or one that stands for itself in the middle; the decoder
// is found by its embedding and its first block, so a second network beside it keeps its names. Which modules those
// are, the family says.

import { EngineError } from '../errors.ts'
import type { Modules } from './family.ts'

/** Words that wrap any module without changing it, anywhere in a name. */
const wrappers = new Set(['_orig_mod', '_fsdp_wrapped_module', '_checkpoint_wrapped_module', '_forward_module'])
const leading = /^(?:(?:module|_forward_module)\.)+/

/** The first BERT files were named by TensorFlow's words for a norm's gain and bias; transformers reads both. */
const modern = (name: string): string =>
  name.replace(/LayerNorm\.(gamma|beta)$/, (_, word) => `LayerNorm.${word === 'gamma' ? 'weight' : 'bias'}`)

const unwrap = (name: string): string =>
  name
    .replace(leading, '')
    .split('.')
    .filter((word) => !wrappers.has(word))
    .join('.')

/** What the names began with instead of the family's root, or the wrappers taken out; or the root, when it was added. */
export interface Renaming {
  prefix: string
  added: boolean
}

interface Renamed<T> {
  tensors: Map<string, T>
  /** null when nothing changed */
  renamed: Renaming | null
}

/**
 * @param of the tensors by the file's own names
 * @throws FILE_FORMAT when two tensors would get one name
 */
export function plainNames<T>(of: ReadonlyMap<string, T>, modules: Modules): Renamed<T> {
  const names = [...of.keys()].map(modern)
  const { root, heads } = modules
  const found = decoderRoot(names.map(unwrap), modules)
  const begins = (name: string, words: readonly string[]): boolean =>
    words.some((word) => name === word || name.startsWith(`${word}.`))
  const inside = [modules.embed, modules.blocks, ...modules.others]
  const ownNames = inside.map((word) => root + word)
  const headOf = (name: string): { before: string; plain: string } | null => {
    for (const head of heads) {
      for (const leaf of ['weight', 'bias']) {
        const plain = `${head}.${leaf}`
        if (name === plain || name.endsWith(`.${plain}`)) return { before: name.slice(0, -plain.length), plain }
      }
    }
    return null
  }
  const rename = (name: string): string => {
    const plain = unwrap(name)
    if (found === null) return plain
    if (found !== '' && plain.startsWith(found)) {
      const rest = plain.slice(found.length)
      // transformers takes one root away where that gives a name of the model ("model.lm_head.weight")
      return found === root && (begins(rest, ownNames) || headOf(rest)?.before === '') ? rest : root + rest
    }
    // and puts one in front of the names that lack it, be it some or all
    if (begins(plain, inside)) return root + plain
    // the head lies beside the decoder, under as many wrappers or fewer
    const head = headOf(plain)
    const around = found.endsWith(root) ? found.slice(0, found.length - root.length) : found
    return head && (head.before === '' || found.startsWith(head.before) || head.before.startsWith(around))
      ? head.plain
      : plain
  }
  const tensors = new Map<string, T>()
  const from = new Map<string, string>()
  for (const [name, tensor] of of) {
    const plain = rename(modern(name))
    if (from.has(plain)) {
      throw new EngineError(
        'FILE_FORMAT',
        `Cannot open the model: the tensors "${from.get(plain)!}" and "${name}" are both "${plain}" once their prefixes are read, and nothing says which of the two is meant. Nothing was loaded; delete one of them, or take files of one model only.`,
        { plain, first: from.get(plain)!, second: name },
      )
    }
    from.set(plain, name)
    tensors.set(plain, tensor)
  }
  const changed = [...from]
    .map(([plain, name]) => [plain, modern(name)] as [string, string])
    .find(([plain, name]) => plain !== name)
  return { tensors, renamed: changed ? renaming(root, found, names, changed) : null }
}

/** What stands before the embedding and the first block of one and the same network; null when there is none. */
function decoderRoot(names: readonly string[], { root, embed, blocks }: Modules): string | null {
  const ending = `${embed}.weight`
  const roots = names.flatMap((name) =>
    name === ending || name.endsWith(`.${ending}`) ? name.slice(0, -ending.length) : [],
  )
  const first = `${blocks}.0.`
  const whole = roots.filter((begin) => names.some((name) => name.startsWith(begin + first)))
  // a plain decoder beside others is the model; else the only one there is, or one whose names lack the root here and
  // there
  const mixed =
    names.some((name) => name === root + ending || name === ending) &&
    names.some((name) => name.startsWith(root + first) || name.startsWith(first))
  return whole.includes(root) || (whole.length === 0 && mixed) ? root : whole.length === 1 ? whole[0]! : null
}

function renaming(
  root: string,
  found: string | null,
  names: readonly string[],
  [plain, name]: [string, string],
): Renaming {
  if (found === '' && root !== '') return { prefix: root, added: true }
  if (found !== null && found !== root) return { prefix: found, added: false }
  if (plain === root + name) return { prefix: root, added: true }
  const prefix = name.endsWith(plain)
    ? name.slice(0, name.length - plain.length)
    : [...wrappers]
        .filter((word) => names.some((n) => n.split('.').includes(word)))
        .map((word) => `${word}.`)
        .join(', ')
  return { prefix, added: false }
}
