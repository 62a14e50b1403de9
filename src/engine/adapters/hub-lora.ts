// adapter-hub's LoRA, and its (IA)³, which is a LoRA that scales: PEFT's under names and keys of its own,
// <module>.loras.<name>.lora_A. Handed to PEFT's kinds, whose numbers they are.

import type { Adapter, AdapterKind } from './adapter.ts'
import { AdapterConfig, layersIn } from './config.ts'
import { missingTensor, unreadTensors, unsupported } from './errors.ts'
import { HUB, hubAdapter, nameIn } from './hub.ts'
import { ia3 } from './ia3.ts'
import { lora } from './lora.ts'
import { peftPrefix } from './modules.ts'

/** Which modules there are is read off the tensors. */
const inert = 'selfattn_lora intermediate_lora output_lora attn_matrices dropout dtype init_weights_seed'.split(' ')
/** Until 1.1.0 the library left alpha / r out, and loads such files as if alpha were r. */
const unscaled = /^adapters\.(0|1\.0)\./

/** A layer's number is the first that stands alone in a module's name: fc1 and experts.2 are none. */
const leftOutPattern = (layers: readonly number[]): string =>
  String.raw`(?:[^.]*[^.0-9][^.]*\.)+(?:${layers.join('|')})\..*`

export const hubLora: AdapterKind = {
  type: `${HUB}lora`,
  open(file): Adapter {
    const { name, config, around, tensors } = file
    for (const key of inert) config.raw(key)
    for (const key of ['use_gating', 'use_dora', 'vera_d', 'vera_b']) {
      if (config.has(key)) throw unsupported(name, key, config.raw(key))
    }
    const mode = config.raw('composition_mode') ?? 'add'
    if (mode !== 'add' && mode !== 'scale') throw unsupported(name, 'composition_mode', mode)
    const r = config.raw('r') === undefined ? 8 : config.number('r', 1),
      alpha = config.raw('alpha') === undefined ? 8 : config.number('alpha')
    if (mode === 'scale' && alpha !== 1) throw unsupported(name, 'alpha', alpha)
    const version = around?.raw('version')
    const own = nameIn(file, /\.loras\.(.+)\.lora_[AB]$/)
    const renamed = new Map<string, string>()
    const modules = new Set<string>()
    for (const tensor of tensors.keys()) {
      const [, path, called, half] = /^(.+)\.loras\.(.+)\.lora_([AB])$/.exec(tensor) ?? []
      if (path === undefined || called !== own || (mode === 'scale' && half === 'A')) continue
      renamed.set(tensor, `${peftPrefix}${path}.${mode === 'scale' ? 'ia3_l' : `lora_${half!}.weight`}`)
      // the same module of every layer is one target, so that a layer without tensors is missed
      modules.add(path.replace(/^.*\.\d+\./, ''))
    }
    const strange = [...tensors.keys()].filter((tensor) => !renamed.has(tensor))
    if (strange.length > 0) throw unreadTensors(name, strange)
    if (renamed.size === 0) throw missingTensor(name, `*.loras.${own}.lora_B`)
    const leftOut = layersIn(config, 'leave_out')
    const settings = {
      target_modules: [...modules],
      ...(leftOut.length > 0 && { exclude_modules: leftOutPattern(leftOut) }),
      ...(mode === 'add'
        ? { r, lora_alpha: typeof version === 'string' && unscaled.test(version) ? r : alpha }
        : { feedforward_modules: [] }),
    }
    const plain = {
      name,
      config: new AdapterConfig(name, JSON.stringify(settings)),
      tensors: new Map([...renamed].map(([tensor, peft]) => [peft, { ...tensors.get(tensor)!, name: peft }])),
    }
    return hubAdapter(file, (mode === 'add' ? lora : ia3).open(plain))
  },
}
