// What a run needs to go on, bit for bit: read from a session, checked before anything is believed of it, and put back. Also what
// tells one model from another of the same shape, so that nothing goes on with a state of another's.

import { EngineError } from '../errors.ts'
import type { Checkpoint } from '../formats/types.ts'
import { fnv1a } from '../gpu/shaders.ts'
import type { Plan } from '../model/plan.ts'
import { readOption, refuse } from '../sampler/params.ts'
import type { TrainState } from './events.ts'
import type { TrainSession } from './session.ts'
import type { Settings } from './settings.ts'

/** Bytes of a tensor that are looked at: enough to tell two apart. */
const SOME = 256

/**
 * Some bytes of every matrix of the middle block, as one word: fine-tuning leaves none of these as they were, though the
 * embedding often is. Of the files, whatever the numbers become on this device.
 */
export async function baseOf(plan: Plan, checkpoint: Checkpoint): Promise<string> {
  const middle = Math.floor(plan.dims.layers / 2)
  const inside = plan.steps.filter(({ layer }) => layer === middle).flatMap(({ args }) => Object.values(args))
  const parts = inside.flatMap((name) => plan.weights[name]?.parts ?? [])
  const found: string[] = []
  for (const name of new Set(parts.map(({ tensor }) => tensor))) {
    const data = checkpoint.tensors.get(name)?.data
    if (!data) continue // an adapter's
    const length = Math.min(SOME, data.end - data.begin)
    const at = data.begin + Math.floor((data.end - data.begin - length) / 2)
    found.push(`${name} ${(await data.source.read(at, length)).join()}`)
  }
  return fnv1a(found.join())
}

export async function stateOf(
  session: TrainSession,
  step: number,
  fingerprint: string,
  seen: TrainState['seen'],
): Promise<TrainState> {
  const all = await session.read('w')
  const weights = Object.fromEntries(
    session.plan.trainables.map(({ name, at, count }) => [name, all.slice(at, at + count)]),
  )
  const [m, v] = [(await session.read('m')).slice(), (await session.read('v')).slice()]
  return { fingerprint, step, weights, m, v, seen: { ...seen } }
}

/** Numbers that are all finite, and of the second moment none below 0: its root is divided by. */
export const isSound = ({ weights, m, v, frozen }: TrainState): boolean =>
  [...Object.values(weights), m, ...(frozen ? [frozen] : [])].every((numbers) => numbers.every(Number.isFinite)) &&
  v.every((one) => Number.isFinite(one) && one >= 0)

export function put(session: TrainSession, { weights, m, v, frozen }: TrainState): void {
  for (const [name, numbers] of Object.entries(weights)) session.write({ name }, numbers)
  session.write('m', m)
  session.write('v', v)
  if (frozen) session.write('frozen', frozen)
}

type Asked = Pick<Settings, 'steps' | 'reference'>

/** A state comes from a disk: nothing of it is believed, and nothing is written before all of it was looked at. */
function fits(session: TrainSession, given: unknown, fingerprint: string, set: Asked): given is TrainState {
  const { trainables, count } = session.plan
  if (typeof given !== 'object' || given === null) return false
  const { step, weights, m, v, seen, frozen, ...rest } = given as Partial<TrainState>
  const isOf = (numbers: unknown, length: number): boolean =>
    numbers instanceof Float32Array && numbers.length === length
  if (rest.fingerprint !== fingerprint) return false
  if (!Number.isInteger(step) || step! < 0 || step! > set.steps) return false
  if (typeof weights !== 'object' || weights === null || Object.keys(weights).length !== trainables.length) return false
  if (!trainables.every((one) => Object.hasOwn(weights, one.name) && isOf(weights[one.name], one.count))) return false
  if (!isOf(m, count) || !isOf(v, count)) return false
  if (set.reference === 'start' ? !isOf(frozen, count) : frozen !== undefined) return false
  const loss = (one: unknown): boolean => one === null || (Number.isFinite(one) && (one as number) >= 0)
  const { first, best } = (typeof seen === 'object' && seen) || {}
  return loss(first) && loss(best) && isSound(given as TrainState)
}

const verb = 'train'
const stateNames: Record<keyof TrainState, true> = {
  fingerprint: true,
  step: true,
  weights: true,
  m: true,
  v: true,
  seen: true,
  frozen: true,
}
const seenNames: Record<keyof TrainState['seen'], true> = { first: true, best: true }

/** Nothing would be made of another key: the run would not be the one that was meant. @throws PARAM_INVALID by its name */
function onlyKnown(given: unknown, names: object, at: string): void {
  if (typeof given !== 'object' || given === null) return
  const other = Object.keys(given).find((name) => !Object.hasOwn(names, name))
  if (other === undefined) return
  const need = `left out: a saved state has ${Object.keys(names).join(', ')} alone`
  refuse(verb, `${at}.${other}`, need, readOption(verb, given, other))
}

/** @returns the state, which is in force now @throws PARAM_INVALID where it is not one of this run: nothing was changed */
export function restore(session: TrainSession, given: TrainState, fingerprint: string, set: Asked): TrainState {
  onlyKnown(given, stateNames, 'resume')
  onlyKnown(given?.seen, seenNames, 'resume.seen')
  if (!fits(session, given, fingerprint, set)) {
    const need = 'the state of a run with the same model, rows and settings'
    throw new EngineError('PARAM_INVALID', `Cannot go on with "resume": it must be ${need}. Nothing was changed.`, {
      param: 'resume',
      need,
      found: 'another one',
    })
  }
  put(session, given)
  return given
}
