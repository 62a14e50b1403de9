// All words of the page, both languages: said somewhere, filled alike, in Chinese where they are Chinese, and set as
// Chinese is set.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorCodes, noticeCodes, type Facts } from '../engine/errors.ts'
import { en } from './en.ts'
import { errorsZh } from './errors.zh.ts'
import { explain } from './explain.ts'
import { noticeText } from './notices.ts'
import { zh } from './zh.ts'

type Words = Record<string, unknown>
interface Pair {
  en: Words
  zh: Words
}
const isPair = (value: unknown): value is Pair =>
  typeof value === 'object' && value !== null && 'en' in value && 'zh' in value

const panelFiles = import.meta.glob<Words>('./panels/*.ts', { eager: true })
const catalogs: Record<string, Pair> = { page: { en, zh } }
for (const [file, exported] of Object.entries(panelFiles)) {
  for (const [name, value] of Object.entries(exported)) {
    if (isPair(value)) catalogs[`${path.basename(file, '.ts')}.${name}`] = value
  }
}

interface Leaf {
  path: string[]
  en: unknown
  zh: unknown
}
const leaves = (a: unknown, b: unknown, at: string[]): Leaf[] =>
  typeof a === 'object' && a !== null
    ? Object.keys(a).flatMap((key) => leaves((a as Words)[key], (b as Words | undefined)?.[key], [...at, key]))
    : [{ path: at, en: a, zh: b }]
const all = Object.entries(catalogs).flatMap(([name, pair]) =>
  leaves(pair.en, pair.zh, []).map((leaf) => ({ ...leaf, name: `${name}: ${leaf.path.join('.')}` })),
)

// ---- what a sentence says, with something in every gap ----------------------

const marks = ['⟦a⟧', '⟦b⟧', '⟦c⟧', '⟦d⟧', '⟦e⟧', '⟦f⟧', '⟦g⟧', '⟦h⟧']
/** With words, with small and large numbers, with yes and no: whatever kind an argument is, it comes once. */
const fillings: unknown[][] = [
  marks,
  [1, 1, 1, 1, 1, 1, 1, 1],
  [0, 2, 3, 4, 5, 6, 7, 8],
  [12345, 2, 1, 0, 7, 7, 7, 7],
  Array.from({ length: 8 }, () => true),
  Array.from({ length: 8 }, () => false),
  Array.from({ length: 8 }, () => 'attn'),
]
function said(leaf: unknown): string[] {
  if (typeof leaf !== 'function') return [String(leaf)]
  return fillings.flatMap((args) => {
    try {
      return [String((leaf as (...args: unknown[]) => unknown)(...args))]
    } catch {
      return []
    } // a list was wanted
  })
}

describe('every word of the catalogs', () => {
  it('there are some', () => {
    expect(all.length).toBeGreaterThan(900)
  })

  const src = path.resolve(import.meta.dirname, '..')
  const files = (dir: string): string[] =>
    readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? files(path.join(dir, entry.name))
        : /(?<!\.test)\.tsx?$/.test(entry.name)
          ? [path.join(dir, entry.name)]
          : [],
    )
  const code = files(src)
    .filter((file) => !/i18n[\\/](en|zh|errors|panels)/.test(file))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  /** The files that can know a catalog: those beside the ones that import it, and the dumb parts it is handed to. */
  const readers = (catalog: string): string => {
    const importing = new Set(
      code
        .filter(({ text }) => text.includes(`panels/${catalog.split('.')[0]}.ts'`))
        .map(({ file }) => path.dirname(file)),
    )
    return code
      .filter(
        ({ file }) => catalog === 'page' || importing.has(path.dirname(file)) || /[\\/](ui|store)[\\/]/.test(file),
      )
      .map(({ text }) => text)
      .join('\n')
  }
  /** Names that are read: after a dot, or taken out of a group in braces. */
  const namesIn = (text: string): Set<string> =>
    new Set([
      ...[...text.matchAll(/[.]([A-Za-z_$][\w$]*)/g)].map((m) => m[1]!),
      ...[...text.matchAll(/\{([^{}=;]*)\}\s*=/g)].flatMap((m) =>
        m[1]!.split(',').map((name) => name.split(':')[0]!.trim()),
      ),
    ])
  /** Groups of which a word is picked by a name that is worked out, a list that is walked. */
  const groupsIn = (text: string): Set<string> =>
    new Set([...text.matchAll(/([A-Za-z_$][\w$]*)(?:\)? as [^)]*\))?!?(?:\[|\.map\()/g)].map((m) => m[1]!))
  /** Groups that stand under a shorter name where a word of them is picked: usePanelText(words).looks as t. */
  const nameOf: Record<string, string> = { looks: 't', colours: 't', copyAs: 't', doors: 'door' }
  it.each(Object.keys(catalogs))('is used by the page: %s', (catalog) => {
    const text = readers(catalog),
      named = namesIn(text),
      picked = groupsIn(text)
    const dead = leaves(catalogs[catalog]!.en, catalogs[catalog]!.zh, [])
      .map((leaf) => leaf.path)
      .filter(
        (at) =>
          !named.has(at.at(-1)!) &&
          !at.slice(0, -1).some((group) => picked.has(group)) &&
          !picked.has(nameOf[at.slice(0, -1).join('.')] ?? ''),
      )
    expect(dead.map((at) => at.join('.'))).toEqual([])
  })

  it('fills the same gaps in both languages', () => {
    const gaps = (text: string): string => marks.filter((mark) => text.includes(mark)).join('')
    const uneven = all.filter(
      ({ en: a, zh: b }) => typeof a === 'function' && gaps(said(a)[0] ?? '') !== gaps(said(b)[0] ?? ''),
    )
    expect(uneven.map(({ name, en: a, zh: b }) => `${name}: ${said(a)[0]} / ${said(b)[0]}`)).toEqual([])
    for (const { name, en: a, zh: b } of all) {
      expect(typeof b, name).toBe(typeof a)
      for (const text of [...said(a), ...said(b)]) expect(text, name).not.toMatch(/undefined|\[object|Infinity/)
    }
  })
})

describe('Chinese', () => {
  // examples to be cut into tokens are in every language
  const texts = all
    .filter(({ name }) => !/examples\.\d+\.text$/.test(name))
    .flatMap(({ name, zh: leaf }) =>
      said(leaf)
        .slice(0, 1)
        .map((text) => ({ name, text })),
    )
  // with nothing known, and with everything
  const facts: Facts = Object.fromEntries(
    [
      'file',
      'tensor',
      'key',
      'name',
      'found',
      'model',
      'step',
      'reason',
      'value',
      'path',
      'url',
      'token',
      'pre',
      'prefix',
    ].map((name) => [name, 'x_y']),
  )
  for (const known of [
    {},
    facts,
    { ...facts, needed: 2e9, size: 1e6, limit: 1e9, status: 404, count: 3, context: 512, rows: 7, id: 5 },
  ]) {
    for (const code of errorCodes) {
      texts.push(
        ...Object.entries(explain({ code, message: '', facts: known }, errorsZh, 'zh')).map(([part, text]) => ({
          name: `${code} ${part}`,
          text,
        })),
      )
    }
    for (const code of noticeCodes) texts.push({ name: code, text: noticeText({ code, facts: known }, 'zh') })
  }
  it('is in Chinese', () => {
    const foreign = texts.filter(({ text }) =>
      /[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(text.replace(/[“「`][^”」`]*[”」`]|\(.*?\)|⟦.⟧/g, '')),
    )
    expect(foreign.map(({ name, text }) => `${name}: ${text}`)).toEqual([])
  })
  it('has its own punctuation', () => {
    const wrong = texts.filter(({ text }) =>
      /\p{Script=Han}[,;!?]|\p{Script=Han}[.](?![\w.])|\p{Script=Han}:(?!\/\/)|[,;!?:]\p{Script=Han}|\p{Script=Han}\(|\)\p{Script=Han}/u.test(
        text,
      ),
    )
    expect(wrong.map(({ name, text }) => `${name}: ${text}`)).toEqual([])
  })
  it('sets no space around its quotation marks', () => {
    const spaced = texts.filter(({ text }) => /[\p{Script=Han}，。：；、（）] “|” [\p{Script=Han}（]/u.test(text))
    expect(spaced.map(({ name, text }) => `${name}: ${text}`)).toEqual([])
  })
  it('stands a space away from Latin letters and digits', () => {
    const close = texts.filter(({ text }) => /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9%]\p{Script=Han}/u.test(text))
    expect(close.map(({ name, text }) => `${name}: ${text}`)).toEqual([])
  })
})
