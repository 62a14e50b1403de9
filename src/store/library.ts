// What the reader keeps to use again: prompts with places to fill in, system prompts, and settings of the sampler. In
// localStorage; as a file, and back. What the page itself offers stands in i18n/panels/library.ts, and is never changed.

import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'
import { newId } from './chat-data.ts'
import { kept } from './kept.ts'
import { mostBiased, type BannedToken, type OwnParams } from './sampling.ts'
import { fields, listOf, loose, readBanned, readOwn, text, type Reader } from './stored.ts'
import type { Example, Template } from './template.ts'
import { useUndo } from './undo.ts'

export interface PromptEntry extends Template {
  id: string
  title: string
}
export interface SystemEntry {
  id: string
  title: string
  text: string
}
export interface SamplingEntry {
  id: string
  title: string
  params: OwnParams
  /** biases of single tokens; absent: those that are set stay */
  banned?: BannedToken[]
}
interface Entries {
  prompts: readonly PromptEntry[]
  systems: readonly SystemEntry[]
  samplings: readonly SamplingEntry[]
}
export type Kind = keyof Entries
export type EntryOf<K extends Kind> = Entries[K][number]

export interface Library extends Entries {
  /** adds it, or puts it in the place of the one with its id. @returns its id */
  keep<K extends Kind>(kind: K, entry: Omit<EntryOf<K>, 'id'> & { id?: string }): string
  /** can be taken back */
  remove(kind: Kind, id: string): void
  /** all of it */
  toFile(): string
  /** adds what is in the file; an entry that is there already just so is not added twice. null: it is no such file */
  takeFile(json: string): { added: number; refused: number } | null
}

const most = 500
const title = (value: unknown): string | undefined => text(value, 200)
const long = (value: unknown): string | undefined => text(value, 100_000)
const readExample: Reader<Example> = (value) => {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [input, output] = [long(value[0]), long(value[1])]
  return input === undefined || output === undefined ? undefined : [input, output]
}
const entry =
  <T extends { id: string; title: string }>(
    needed: keyof T,
    readers: { [K in keyof T]-?: Reader<NonNullable<T[K]>> },
  ): Reader<T> =>
  (value, at, bad) => {
    const given = loose(value)
    const found = given && fields<T>(given, at, bad, readers)
    return found && found.id && found.title !== undefined && found[needed] !== undefined ? (found as T) : undefined
  }
const key = (value: unknown): string | undefined => text(value, 100) || undefined
const readers: { [K in Kind]: Reader<EntryOf<K>[]> } = {
  prompts: listOf(
    entry<PromptEntry>('text', { id: key, title, text: long, example: long, examples: listOf(readExample, 100) }),
    most,
  ),
  systems: listOf(entry<SystemEntry>('text', { id: key, title, text: long }), most),
  samplings: listOf(
    entry<SamplingEntry>('params', { id: key, title, params: readOwn, banned: listOf(readBanned, mostBiased) }),
    most,
  ),
}
const kinds = Object.keys(readers) as Kind[]

/** Entries among `value`, as far as they are sound; `bad` names the others. */
function read(value: unknown, bad: string[]): Entries {
  const given = loose(value) ?? {}
  const of = <K extends Kind>(kind: K): EntryOf<K>[] => readers[kind](given[kind] ?? [], kind, bad) ?? []
  return { prompts: of('prompts'), systems: of('systems'), samplings: of('samplings') }
}
const bare = ({ id: _, ...rest }: { id: string }): string => JSON.stringify(rest)

const name = 'glassbox.library'
export const useLibrary = create<Library>()(
  persist(
    (set, get) => {
      const put = <K extends Kind>(kind: K, list: readonly EntryOf<K>[]): void => {
        set({ [kind]: list } as Partial<Library>)
      }
      return {
        prompts: [],
        systems: [],
        samplings: [],
        keep(kind, given) {
          const one = { ...given, id: given.id ?? newId() } as EntryOf<typeof kind>
          const all = get()[kind] as readonly EntryOf<typeof kind>[]
          const known = all.some(({ id }) => id === one.id)
          put(kind, known ? all.map((old) => (old.id === one.id ? one : old)) : [...all, one].slice(-most))
          return one.id
        },
        remove(kind, id) {
          const all = get()[kind] as readonly EntryOf<typeof kind>[]
          const at = all.findIndex((one) => one.id === id),
            gone = all[at]
          if (!gone) return
          put(kind, all.toSpliced(at, 1))
          useUndo.getState().offer({
            what: kind === 'prompts' ? 'prompt' : 'preset',
            ids: [id],
            title: gone.title,
            back() {
              const now = get()[kind] as readonly EntryOf<typeof kind>[]
              if (!now.some((one) => one.id === id)) put(kind, now.toSpliced(at, 0, gone))
            },
          })
        },
        toFile() {
          const { prompts, systems, samplings } = get()
          return `${JSON.stringify({ glassbox: 'library', version: 1, prompts, systems, samplings }, null, 1)}\n`
        },
        takeFile(json) {
          let file: Record<string, unknown> | null
          try {
            file = loose(JSON.parse(json))
          } catch {
            return null
          }
          if (file?.['glassbox'] !== 'library' || file['version'] !== 1) return null
          const bad: string[] = []
          const found = read(file, bad)
          let added = 0
          for (const kind of kinds) {
            const now = get()[kind] as readonly EntryOf<Kind>[]
            const there = new Set(now.map(bare))
            const fresh = (found[kind] as EntryOf<Kind>[]).filter((one) => !there.has(bare(one)))
            added += fresh.length
            // an id that is in use keeps its entry
            put(kind, [...now, ...fresh.map((one) => ({ ...one, id: newId() }))].slice(-most))
          }
          return { added, refused: bad.length }
        },
      }
    },
    { name, version: 1, storage: createJSONStorage(() => kept), merge: (old, now) => ({ ...now, ...read(old, []) }) },
  ),
)
// what another tab keeps is here at once, and not written over
if (typeof addEventListener === 'function') {
  addEventListener('storage', (event) => {
    if (event.key === name) void useLibrary.persist.rehydrate()
  })
}
