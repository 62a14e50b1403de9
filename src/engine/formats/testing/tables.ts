// What the parsers read, written as their second readers write it.

import { bytesSource, type ByteSource } from '../bytes.ts'
import { readGguf } from '../gguf.ts'
import { readSafetensors } from '../safetensors.ts'
import { judge } from './headers.ts'
import { secondGguf } from './second-gguf.ts'
import { secondSafetensors } from './second-safetensors.ts'

export async function safetensorsTable(source: ByteSource): Promise<string> {
  const { entries, metadata } = await readSafetensors(source)
  return [
    ...[...metadata].map((pair) => JSON.stringify(pair)),
    ...[...entries.values()].map(({ name, dtype, shape, begin, end }) =>
      JSON.stringify([name, dtype, shape.join(), String(begin), String(end)]),
    ),
  ].join('\n')
}

const shown = (value: unknown): string =>
  ArrayBuffer.isView(value)
    ? `[${[...(value as Uint8Array)].map(String).join()}]`
    : typeof value === 'string' || Array.isArray(value)
      ? JSON.stringify(value)
      : String(value as number | bigint | boolean)

export async function ggufTable(source: ByteSource): Promise<string> {
  const { metadata, tensors } = await readGguf(source)
  return [
    ...[...metadata].map(([key, value]) => `${JSON.stringify(key)}=${shown(value)}`),
    ...tensors.map(({ name, dtype, shape, begin, end }) =>
      [JSON.stringify(name), dtype, shape.join(), begin, end].join(' '),
    ),
  ].join('\n')
}

const readers = {
  safetensors: { read: safetensorsTable, second: secondSafetensors },
  gguf: { read: ggufTable, second: secondGguf },
}

/** Mutants of one format; how many were accepted, and how many each rule refused. */
export const judgeMutants = (
  format: keyof typeof readers,
  rest: Pick<Parameters<typeof judge>[0], 'first' | 'count' | 'mutant'>,
): Promise<Map<string, number>> => judge({ ...rest, ...readers[format] })

/** One file, as a source that the second reader has looked at: throws where the two readers disagree. */
export async function judged(format: keyof typeof readers, bytes: Uint8Array): Promise<ByteSource> {
  await judgeMutants(format, { first: 0, count: 1, mutant: () => ({ head: bytes, size: bytes.length }) })
  return bytesSource('m', bytes)
}
