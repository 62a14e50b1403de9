// Edits -> hooks of the session: what runs after a step or in its place. An empty list leaves no hook at all, so the
// output is the same to the bit. Nothing is recompiled: an edit writes small buffers and constants.

import { EngineError } from '../errors.ts'
import { ANY_HEAD } from '../ops/attention-masked.ts'
import { steerModes } from '../ops/steer.ts'
import type { PlanStep } from '../model/plan.ts'
import type { Hooks, Ready, Session } from '../runtime/session.ts'
import { checkRange } from './probe.ts'
import type { Machine } from './machine.ts'
import type { Edit } from './types.ts'

const MAX_CUTS = 64

/** Builds the hooks of these edits; throws PARAM_INVALID naming the edit that cannot be. */
export async function editHooks(machine: Machine, edits: readonly Edit[]): Promise<Hooks> {
  const { session } = machine
  const { plan } = session
  const { H, K, d, D, layers } = plan.dims
  const hooks: Hooks = { after: new Map(), instead: new Map() }
  const after = (step: string, ready: Ready): void => { hooks.after.set(step, [...(hooks.after.get(step) ?? []), ready]) }
  const layerSteps = (layer: number): PlanStep[] => plan.steps.filter((s) => s.layer === layer)
  const writer = (layer: number, part: 'attn' | 'mlp'): PlanStep => {
    const found = layerSteps(layer).filter((s) => s.args['y'] === 'x' || (s.op === 'add' && s.args['x'] === 'x'))
    return (layer < 0 ? plan.steps[0] : part === 'attn' ? found[0] : found.at(-1))!
  }

  const factors = new Map<number, Float32Array>()
  const cuts = new Map<number, number[][]>()
  const cut = (layer: number, entry: number[]): void => { cuts.set(layer, [...(cuts.get(layer) ?? []), entry]) }
  let steering = 0
  for (const edit of edits) {
    if ('layer' in edit) checkRange('layer', edit.layer, edit.kind === 'cut' || edit.kind === 'direction' || edit.kind === 'patch' ? -1 : 0, layers)
    switch (edit.kind) {
      case 'scale-head': {
        checkRange('head', edit.head, 0, H)
        if (!Number.isFinite(edit.factor)) throw new EngineError('PARAM_INVALID', `Cannot scale a head by ${edit.factor}: it must be a finite number.`, { param: 'factor', value: String(edit.factor) })
        const list = factors.get(edit.layer) ?? new Float32Array(H).fill(1)
        list[edit.head]! *= edit.factor
        factors.set(edit.layer, list)
        break
      }
      case 'skip': hooks.instead.set(writer(edit.layer, edit.part).name, []); break
      case 'cut': {
        checkRange('head', edit.head, -1, H)
        const entry = [edit.head < 0 ? ANY_HEAD : edit.head, ...edit.queries, ...edit.keys]
        for (let layer = 0; layer < layers; layer++) if (edit.layer < 0 || edit.layer === layer) cut(layer, entry)
        break
      }
      case 'drop': for (let layer = 0; layer < layers; layer++) cut(layer, [ANY_HEAD, edit.keys[1], session.context, ...edit.keys]); break
      case 'direction': case 'patch': {
        const values = edit.kind === 'patch' ? edit.values : edit.direction
        if (values.length !== D || !values.every(Number.isFinite)) throw new EngineError('PARAM_INVALID', `Cannot edit the residual: the vector must hold ${D} finite numbers, it has ${values.length}.`, { param: 'direction', value: String(values.length) })
        const name = `steer.${steering++}`
        machine.tensor(name, D)
        machine.write(name, Float32Array.from(values))
        const [first, end] = edit.kind === 'patch' ? [edit.position, edit.position + 1] : edit.positions
        const params = { D, first, end, mode: edit.kind === 'patch' ? steerModes.patch : steerModes[edit.mode], factor: edit.kind === 'patch' ? 1 : edit.factor }
        after(writer(edit.layer, 'mlp').name, await placed(session, machine, name, 'steer', { x: 'x', vector: name }, params))
        break
      }
    }
  }
  for (const [layer, list] of factors) {
    machine.tensor(`factors.${layer}`, H)
    machine.write(`factors.${layer}`, list)
    const attention = layerSteps(layer).find((s) => s.op === 'attention')!
    after(attention.name, await placed(session, machine, `scale.${layer}`, 'scale-heads', { z: attention.args['z']!, factors: `factors.${layer}` }, { H, d }))
  }
  for (const [layer, list] of cuts) {
    if (list.length > MAX_CUTS) throw new EngineError('PARAM_INVALID', `Cannot cut ${list.length} edges in one layer: at most ${MAX_CUTS} are kept.`, { param: 'cuts', value: String(list.length) })
    machine.tensor(`cuts.${layer}`, MAX_CUTS * 5)
    machine.write(`cuts.${layer}`, Uint32Array.from(list.flat()))
    const attention = layerSteps(layer).find((s) => s.op === 'attention')!
    const { scale, window } = attention.params as Record<'scale' | 'window', number>
    const { q, kCache, vCache, z, lse } = attention.args as Record<string, string> as Record<'q' | 'kCache' | 'vCache' | 'z' | 'lse', string>
    hooks.instead.set(attention.name, [await placed(session, machine, `masked.${layer}`, 'attention-masked',
      { q, kCache, vCache, ids: `cuts.${layer}`, z, lse }, { H, K, d, C: session.context, scale, window, count: list.length })])
  }
  return hooks
}

/** A prepared step that runs within the forward (it sees the body's T and pos), with these constants. */
async function placed(session: Session, machine: Machine, name: string, op: string, args: Record<string, string>, params: Record<string, number>): Promise<Ready> {
  const ready = await machine.step(name, op, args, params, -1, 'body')
  session.setParams(ready, params)
  return ready
}
