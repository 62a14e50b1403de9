// A GGUF's names of tensors and a checkpoint's, both ways, by a family's list of modules.

import type { GgufLayout } from './family.ts'

export interface GgufNames {
  /** blk.3.attn_q.weight -> model.layers.3.self_attn.q_proj.weight; what the family does not name keeps its own name */
  toCheckpoint(name: string): string
  /** the other way round */
  toFile(name: string): string
  /** the module that the file's tensor belongs to, as the family's list writes it; null when it is not in the list */
  module(name: string): string | null
}

/** blk.3.attn_q.weight -> the block's number, the stem with {i} in its place, and the leaf. */
function split(name: string): { stem: string; i: string | undefined; leaf: string } {
  // a file may say anything: the sign for a number is no number
  if (/\{[ie]\}/.test(name)) return { stem: '', i: undefined, leaf: name }
  const [, whole = name, leaf = ''] = /^(.*)(\.(?:weight|bias))$/s.exec(name) ?? []
  const [, before, i, behind] = /^((?:[^.]*\.)*?)(0|[1-9]\d{0,3})(\..*)$/s.exec(whole) ?? []
  return { stem: i === undefined ? whole : `${before!}{i}${behind!}`, i, leaf }
}
/** The same with {e} in the place of an expert's number, which comes after the block's; null where there is none. */
function expert(stem: string): { stem: string; e: string } | null {
  const [, before, e, behind] = /^(.*\{i\}\..*?\.)(0|[1-9]\d{0,3})(\..*)?$/s.exec(stem) ?? []
  return e === undefined ? null : { stem: `${before!}{e}${behind ?? ''}`, e }
}
const join = (stem: string, i: string | undefined, leaf: string): string => stem.replace('{i}', i ?? '{i}') + leaf
/** blk.{i}.attn_q -> "blk.{i}." */
const blockOf = (stem: string): string | null => /^.*\{i\}\./.exec(stem)?.[0] ?? null

export function ggufNames({ names }: Pick<GgufLayout, 'names'>): GgufNames {
  const pairs = Object.entries(names)
  const toFile = new Map(pairs)
  const toCheckpoint = new Map(pairs.map(([module, own]) => [own, module]))
  const blocks = new Map(pairs.flatMap(([module, own]) => [[blockOf(own), blockOf(module)] as const]))
  const renamer =
    (list: ReadonlyMap<string, string>, block: (stem: string) => [string, string] | null) =>
    (name: string): string => {
      const { stem, i, leaf } = split(name)
      const found = list.get(stem)
      if (found !== undefined) return join(found, i, leaf)
      const one = expert(stem)
      const ofOne = one && list.get(one.stem)
      if (ofOne) return join(ofOne.replace('{e}', one.e), i, leaf)
      // an unknown tensor of a block is one of that block under either name, so that it is told by its layer
      const prefix = block(stem)
      if (!prefix) return name
      const moved = prefix[1] + stem.slice(prefix[0].length)
      return [...list.values()].includes(moved) ? name : join(moved, i, leaf)
    }
  const begins = (stem: string, pairs: Iterable<readonly [string | null, string | null]>): [string, string] | null => {
    for (const [from, to] of pairs) if (from && to && stem.startsWith(from)) return [from, to]
    return null
  }
  return {
    toCheckpoint: renamer(toCheckpoint, (stem) => begins(stem, blocks)),
    toFile: renamer(toFile, (stem) =>
      begins(
        stem,
        [...blocks].map(([own, module]) => [module, own]),
      ),
    ),
    module: (name) => {
      const { stem } = split(name)
      return toCheckpoint.get(stem) ?? toCheckpoint.get(expert(stem)?.stem ?? '') ?? null
    },
  }
}
