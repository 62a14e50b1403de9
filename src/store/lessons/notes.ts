// What was done in the lessons, of this visit and those before: bets, how far each lesson was read, lesson files that were
// added, the class code. Written at once; what could not be written stays here as long as the page, and the reader is
// told.

import { create } from 'zustand'
import type { ErrorData, LessonRow } from '../../worker/protocol.ts'
import { getClient, toData } from '../client.ts'
import {
  betRow,
  classRow,
  codePattern,
  fileId,
  fileRow,
  isFile,
  reachedRow,
  readIds,
  readRows,
  type Bet,
  type KeptFile,
  type Notes,
} from './rows.ts'

export { codePattern, largestFile, toCsv, toJson, wasRight, type Bet, type Reached, type Shown } from './rows.ts'

export interface LessonNotes extends Notes {
  /** the disk was asked */
  known: boolean
  /** the last thing that could not be read or written */
  error: ErrorData | null
  start(): Promise<void>
  addBet(bet: Bet): Promise<void>
  /** @param done the lesson's end */
  reach(lesson: string, step: number, done: boolean): Promise<void>
  /** '' takes it away. @returns false where it is no code */
  setClass(code: string): Promise<boolean>
  keepFile(lesson: string, file: KeptFile): Promise<void>
  dropFile(lesson: string): Promise<void>
  /** bets, progress and class code go, for good; lesson files stay */
  forget(): Promise<void>
}

const nothing = (): Notes => ({ bets: [], reached: {}, files: {}, classCode: '' })
let starting: Promise<void> | null = null

export const useNotes = create<LessonNotes>()((set, get) => {
  const tried = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
      set({ error: null })
    } catch (error) {
      set({ error: toData(error) })
    }
  }
  const write = (...rows: LessonRow[]): Promise<void> => tried(() => getClient().lessons.write(rows))
  return {
    ...nothing(),
    known: false,
    error: null,
    start: () =>
      (starting ??= tried(async () => {
        const rows = readRows(await getClient().lessons.all())
        // what was done while the disk was asked is newer
        set((s) => ({
          known: true,
          bets: [...rows.bets, ...s.bets],
          reached: { ...rows.reached, ...s.reached },
          files: { ...rows.files, ...s.files },
          classCode: s.classCode || rows.classCode,
        }))
      }).finally(() => {
        if (!get().known) starting = null
      })),
    async addBet(bet) {
      set((s) => ({ bets: [...s.bets, bet] }))
      await write(betRow(bet))
    },
    async reach(lesson, step, done) {
      await get().start()
      const before = get().reached[lesson]
      const at = Date.now()
      const finished = before?.done ?? (done ? at : undefined)
      const now = { lesson, step, at, ...(finished !== undefined && { done: finished }) }
      set((s) => ({ reached: { ...s.reached, [lesson]: now } }))
      await write(reachedRow(now))
    },
    async setClass(code) {
      const given = code.trim()
      if (given !== '' && !codePattern.test(given)) return false
      set({ classCode: given })
      if (given === '') await tried(() => getClient().lessons.remove(['class']))
      else await write(classRow(given))
      return true
    },
    async keepFile(lesson, file) {
      set((s) => ({ files: { ...s.files, [lesson]: file } }))
      await write(fileRow(lesson, file))
    },
    async dropFile(lesson) {
      set((s) => ({ files: Object.fromEntries(Object.entries(s.files).filter(([id]) => id !== lesson)) }))
      await tried(() => getClient().lessons.remove([fileId(lesson)]))
    },
    async forget() {
      const { lessons } = getClient()
      await tried(async () => {
        const ids = readIds(await lessons.all())
        await lessons.remove(ids.filter((id) => !isFile(id)))
        set({ ...nothing(), files: get().files })
      })
    },
  }
})
