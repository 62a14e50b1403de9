// Types of serve.mjs for vite.config.ts and the tests.
import type { IncomingMessage, ServerResponse } from 'node:http'
export interface LocalModel {
  id: string
  bytes: number
  files: { name: string; url: string; bytes: number }[]
}
export interface Served {
  url: string
  port: number
  close(): Promise<void>
}
export function listModels(dir: string): { models: LocalModel[] }
export function resolveFile(dir: string, urlPath: string): string | undefined
export function byteRange(header: string | undefined, size: number): [number, number] | 'bad' | null
export function localModels(
  dir: string,
  mounts?: Record<string, string>,
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void
export function serve(options?: {
  dir?: string
  models?: string
  mounts?: Record<string, string>
  port?: number
  strict?: boolean
  hosts?: string[]
  names?: string[]
}): Promise<Served>
