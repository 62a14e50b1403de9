// A reward model's head as a file: the matrix of one row that transformers and TRL call score.weight.

import { bytesSource } from '../formats/bytes.ts'
import { EngineError } from '../errors.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import { writeSafetensors } from './peft.ts'
import { names } from './types.ts'
import type { TrainState } from './events.ts'

const NAME = 'score.weight'
const wrong = (found: string): EngineError => {
  const need = "a reward model's head: score.weight alone, one row of finite 32-bit floats"
  return new EngineError('PARAM_INVALID', `Cannot read the head: it must be ${need}; it is ${found}.`, {
    param: 'head',
    need,
    found,
  })
}

/** The head of a state that a run of the objective 'reward' has kept. @throws PARAM_INVALID where it is another run's */
export function headOf({ weights }: TrainState): Float32Array {
  const head = weights[names.score]
  if (!head) throw wrong('a state without')
  return head
}

/** A safetensors file of it. */
export const writeHead = (head: Float32Array): Uint8Array =>
  writeSafetensors(new Map([[NAME, { shape: [1, head.length], values: head }]]))

/** @throws PARAM_INVALID, also where another tensor stands beside it (a bias would change what it says), and what a broken file throws */
export async function readHead(bytes: Uint8Array): Promise<Float32Array> {
  const source = bytesSource('head', bytes)
  const { entries } = await readSafetensors(source)
  const found = entries.get(NAME)
  if (!found || found.dtype !== 'F32' || found.shape.length !== 2 || found.shape[0] !== 1 || !found.shape[1]) {
    throw wrong(found ? `${found.dtype} of ${found.shape.join(' × ')}` : 'a file without')
  }
  const other = [...entries.keys()].find((name) => name !== NAME)
  if (other !== undefined) throw wrong(`one with "${other.slice(0, 100)}" beside it`)
  const own = await source.read(found.begin, found.end - found.begin)
  const head = new Float32Array(own.slice().buffer)
  if (!head.every(Number.isFinite)) throw wrong('one with a number that is not finite')
  return head
}
