// A room of questions that is opened anew for each of them.

import { compact } from './compact.ts'

/** How a question is asked: alone with the model, say. */
export type Within = <T>(work: () => Promise<T>) => Promise<T>
/** An object of promises that is opened anew for every question. */
export const opened = <T extends object>(open: () => Promise<T>, within: Within): T =>
  new Proxy({} as T, {
    get:
      (_, question: string) =>
      (...args: unknown[]) =>
        within(async () => {
          const room = (await open()) as Record<string, (...args: unknown[]) => Promise<unknown>>
          return compact(await room[question]!(...args))
        }),
  })
