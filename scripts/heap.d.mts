// Types of heap.mjs for the tests.
import type { BrowserContext, Page } from '@playwright/test'
export interface Heaps {
  now(): Promise<number>
  collect(): Promise<void>
  peakDuring<T>(work: () => Promise<T>): Promise<{ value: T; peak: number }>
}
export function watchHeaps(context: BrowserContext, page: Page): Promise<Heaps>
