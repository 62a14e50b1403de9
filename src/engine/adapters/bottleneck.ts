// Bottleneck adapters as adapter-hub writes them: Houlsby et al. 2019, Pfeiffer et al. 2020, He et al. 2021 (parallel), and
// what else its BnConfig can say. One place is u(z) = up(act(down(z))), times its scaling and how strong the adapter is;
// what z is, and where the residual goes, is in bottleneck-steps.ts.

import { activationIndex, findActivation } from '../ops/activations.ts'
import type { Adapter, AdapterFile, AdapterKind } from './adapter.ts'
import { placeAt, places, placesOf, takenApart, type Place, type PlaceKey } from './bottleneck-places.ts'
import { addBottleneck, type Shape } from './bottleneck-steps.ts'
import { layersIn, type AdapterConfig } from './config.ts'
import { missingTensor, noModule, notTarget, unreadTensors, unsupported } from './errors.ts'
import { addHead, headTensors } from './hub-head.ts'
import { BOTTLENECK, modelCheck, nameIn } from './hub.ts'
import { checkShape, tensorsOf } from './members.ts'
import type { Member } from './names.ts'
import { Rewrite } from './rewrite.ts'

/** How it was trained, and what only its other kinds read. */
const inert =
  `dropout init_weights_seed stochastic_depth inv_adapter_reduction_factor phm_dim factorized_phm_W shared_W_phm
  shared_phm_rule factorized_phm_rule phm_c_init phm_init_range learn_phm hypercomplex_nonlinearity phm_rank phm_bias
  architecture`.split(/\s+/)

export const bottleneck: AdapterKind = {
  type: BOTTLENECK,
  open(file): Adapter {
    const { name, config } = file
    const shape = shapeOf(name, config)
    const switches = (Object.keys(places) as PlaceKey[]).filter((key) => flagOf(config, key, false))
    const reduction = reductionOf(config)
    const leftOut = new Set(layersIn(config, 'leave_out'))
    for (const key of inert) config.raw(key)
    const called = nameIn(file, /\.(?:adapters|\w+_text_\w+_adapters)\.(.+)\.adapter_/)
    const own = membersOf(file, called, shape.normed.before)
    const check = modelCheck(file)
    refuseInvertible(file)
    return {
      kind: kindOf(shape, switches),
      rank: null,
      tensors: new Map([...tensorsOf(file), ...headTensors(file)]),
      last: true,
      adapt(plan, model) {
        check(plan, model)
        const found = placesOf(plan)
        const rewrite = new Rewrite(plan, name)
        const changed = new Map<Place, { tensors: Map<string, Member>; swapped: boolean }>()
        for (const [at, tensors] of own) {
          const { place, swapped } = placeAt(found, at, model.root) ?? {}
          if (!place || swapped === undefined) throw noModule(name, at)
          if (!switches.includes(place.key) || leftOut.has(place.layer)) throw notTarget(name, at)
          changed.set(place, { tensors, swapped })
        }
        for (const place of found) {
          const own = changed.get(place)
          const size = (): number => sizeOf(plan.dims.D, reduction(place.layer))
          if (own) addPlace(rewrite, shape, place, own, size())
          else if (switches.includes(place.key) && !leftOut.has(place.layer)) {
            throw missingTensor(name, `${place.module} … ${called}.adapter_down.0.weight`)
          }
        }
        const head = addHead(file, rewrite, plan, model)
        return {
          ...rewrite.finish(),
          modules: [...found.filter((place) => changed.has(place)).map(({ module }) => module), ...head.modules],
          ignored: head.ignored,
        }
      },
    }
  },
}

/** All settings of one place but its width. */
function shapeOf(name: string, config: AdapterConfig): Shape {
  if (flagOf(config, 'phm_layer', false)) throw unsupported(name, 'phm_layer', true)
  if (flagOf(config, 'use_gating', false)) throw unsupported(name, 'use_gating', true)
  const act = findActivation(
    config
      .text('non_linearity')
      .toLowerCase()
      .replace(/^leakyrelu$/, 'leaky_relu'),
  )
  if (!act) throw unsupported(name, 'non_linearity', config.raw('non_linearity'))
  const scaling = config.raw('scaling')
  const given = config.raw('residual_before_ln') ?? true
  const residual = given === 'post_add' ? 'sum' : flagOf(config, 'residual_before_ln', true) ? 'result' : 'input'
  const before = flagOf(config, 'original_ln_before', false)
  const parallel = flagOf(config, 'is_parallel', false)
  if (residual === 'sum' && !before && !parallel) throw unsupported(name, 'residual_before_ln', given)
  return {
    act: activationIndex(act),
    scaling:
      scaling === 'learned' || scaling === 'channel'
        ? scaling
        : (scaling ?? null) === null
          ? 1
          : config.number('scaling'),
    parallel,
    original: { before, after: flagOf(config, 'original_ln_after', true) },
    normed: { before: flagOf(config, 'ln_before', false), after: flagOf(config, 'ln_after', false) },
    residual,
    residualFirst: flagOf(config, 'adapter_residual_before_ln', false),
  }
}

const flagOf = (config: AdapterConfig, key: string, otherwise: boolean): boolean =>
  config.raw(key) === undefined || config.raw(key) === null ? otherwise : config.flag(key)

/** By how much a layer's width is divided: one number, or by layer with a "default". */
function reductionOf(config: AdapterConfig): (layer: number) => number {
  const value = config.raw('reduction_factor')
  const check = (factor: unknown): number =>
    typeof factor === 'number' && Number.isFinite(factor) && factor > 0
      ? factor
      : config.refuse('reduction_factor', 'a number above 0, or such numbers by layer with a "default"')
  if (typeof value !== 'object' || value === null) {
    const one = check(value)
    return () => one
  }
  const factors = new Map(Object.entries(value))
  return (layer) => check(factors.get(String(layer)) ?? factors.get('default'))
}

/** int(D // factor), at least 1. */
const sizeOf = (D: number, factor: number): number => Math.max(1, Math.floor(D / factor))

/** Invertible adapters stand behind the embedding; older task adapters name one, and their files hold none. */
function refuseInvertible({ name, config, around, tensors }: AdapterFile): void {
  const key = config.has('inv_adapter') ? 'inv_adapter' : 'invertible_adapter'
  if (!config.has(key)) return
  const isHeld = [...tensors.keys()].some((tensor) => /(^|\.)invertible_(lang_)?adapters\./.test(tensor))
  if (isHeld || around?.raw('type') !== 'text_task') throw unsupported(name, key, config.raw(key))
}

/** The places that the file holds, each with its tensors by their last words. @throws ADAPTER_MISFIT */
function membersOf({ name, tensors }: AdapterFile, called: string, normed: boolean): Map<string, Map<string, Member>> {
  const found = new Map<string, Map<string, Member>>()
  const strange: string[] = []
  for (const [whole, tensor] of tensors) {
    const { at, adapter, leaf: word } = takenApart(whole) ?? {}
    // one norm, under two names
    const leaf = normed ? word?.replace(/^adapter_norm_before/, 'adapter_down.0') : word
    if (at === undefined || leaf === undefined || adapter !== called) strange.push(whole)
    else found.set(at, (found.get(at) ?? new Map<string, Member>()).set(leaf, { name: whole, tensor }))
  }
  if (found.size === 0 && strange.length === 0) throw missingTensor(name, `adapters.${called}.adapter_down.0.weight`)
  if (strange.length > 0) throw unreadTensors(name, strange)
  return found
}

function addPlace(
  rewrite: Rewrite,
  shape: Shape,
  place: Place,
  { tensors, swapped }: { tensors: Map<string, Member>; swapped: boolean },
  r: number,
): void {
  const { adapter } = rewrite
  const taken = new Set<string>()
  const begin = [...tensors.values()][0]!.name.replace(/(adapter_|gate|scaling).*$/, '')
  const take = (leaf: string, need: readonly number[]): Member => {
    const member = tensors.get(leaf)
    if (!member) throw missingTensor(adapter, begin + leaf)
    checkShape(adapter, member, need)
    taken.add(leaf)
    return member
  }
  for (const end of place.ends) {
    if (!addBottleneck(rewrite, shape, end, swapped, r, take)) throw unsupported(adapter, 'module', place.module)
  }
  const unread = [...tensors].flatMap(([leaf, member]) => (taken.has(leaf) ? [] : [member.name]))
  if (unread.length > 0) throw unreadTensors(adapter, unread)
}

function kindOf({ parallel, original }: Shape, switches: readonly PlaceKey[]): string {
  if (parallel) return 'parallel adapter'
  const both = switches.includes('mh_adapter') && switches.includes('output_adapter')
  if (both && !original.before) return 'Houlsby adapter'
  return original.before && !switches.includes('mh_adapter') ? 'Pfeiffer adapter' : 'bottleneck adapter'
}
