// Tensor names as the wrapped model wrote them, under the names of the plain one: "embed_tokens.weight" of a model
// saved without its head, "_orig_mod." of torch.compile, "module." of data parallel training, "model.language_model."
// of a model that also sees. A wrapper is a word at the front, or one that stands for itself in the middle; the decoder
// is found by its embedding and its first layer, so a second network beside it keeps its names.

import { EngineError } from '../errors.ts'

/** Words that wrap any module without changing it, anywhere in a name. */
const wrappers = new Set(['_orig_mod', '_fsdp_wrapped_module', '_checkpoint_wrapped_module', '_forward_module'])
const leading = /^(?:(?:module|_forward_module)\.)+/

const unwrap = (name: string): string =>
  name
    .replace(leading, '')
    .split('.')
    .filter((word) => !wrappers.has(word))
    .join('.')

interface Renamed<T> {
  tensors: Map<string, T>
  /** what the names began with instead of "model.", or the wrappers taken out; null when nothing changed */
  prefix: string | null
}

/**
 * @param of the tensors by the file's own names
 * @throws FILE_FORMAT when two tensors would get one name
 */
export function plainNames<T>(of: ReadonlyMap<string, T>): Renamed<T> {
  const names = [...of.keys()]
  const root = decoderRoot(names.map(unwrap))
  const rename = (name: string): string => {
    const plain = unwrap(name)
    if (root !== null && root !== '' && plain.startsWith(root)) {
      const inside = plain.slice(root.length)
      // transformers takes one "model." away where that gives a name of the model ("model.lm_head.weight")
      return root === 'model.' && /^(model\.(embed_tokens|layers|norm)\.|lm_head\.(weight|bias)$)/.test(inside)
        ? inside
        : `model.${inside}`
    }
    // and puts one in front of the names that lack it, be it some or all
    if (root !== null && /^(embed_tokens|layers|norm)\./.test(plain)) return `model.${plain}`
    // the head lies beside the decoder, under as many wrappers or fewer
    const head = /^(.*\.)?(lm_head\.(?:weight|bias))$/.exec(plain)
    return head &&
      root !== null &&
      (head[1] === undefined || root.startsWith(head[1]) || head[1].startsWith(root.replace(/model\.$/, '')))
      ? head[2]!
      : plain
  }
  const tensors = new Map<string, T>()
  const from = new Map<string, string>()
  for (const [name, tensor] of of) {
    const plain = rename(name)
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
  const changed = [...from].find(([plain, name]) => plain !== name)
  return { tensors, prefix: changed ? describePrefix(root, names, changed) : null }
}

/** What stands before "embed_tokens.weight" and "layers.0." of one and the same network; null when there is none. */
function decoderRoot(names: readonly string[]): string | null {
  const roots = names.flatMap((name) => /^(.*\.|)embed_tokens\.weight$/.exec(name)?.[1] ?? [])
  const whole = roots.filter((root) => names.some((name) => name.startsWith(`${root}layers.0.`)))
  // a plain decoder beside others is the model; else the only one there is, or one whose names lack "model." here and
  // there
  const mixed =
    names.some((name) => name === 'model.embed_tokens.weight' || name === 'embed_tokens.weight') &&
    names.some((name) => /^(model\.)?layers\.0\./.test(name))
  return whole.includes('model.') || (whole.length === 0 && mixed) ? 'model.' : whole.length === 1 ? whole[0]! : null
}

function describePrefix(root: string | null, names: readonly string[], [plain, name]: [string, string]): string {
  if (root !== null && root !== 'model.') return root
  if (plain === `model.${name}`) return ''
  return name.endsWith(plain)
    ? name.slice(0, name.length - plain.length)
    : [...wrappers]
        .filter((word) => names.some((n) => n.split('.').includes(word)))
        .map((word) => `${word}.`)
        .join(', ')
}
