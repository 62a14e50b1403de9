// adapter-hub's prefix tuning: keys and values before a text whose positions begin at 0, as P-tuning v2 has them, under names
// of its own. The file holds them as they are (flat), or a table and two matrices that make them.

import type { CheckpointTensor } from '../formats/types.ts'
import type { Adapter, AdapterKind } from './adapter.ts'
import { notBefore, unreadTensors, unsupported } from './errors.ts'
import { HUB, hubAdapter, nameIn } from './hub.ts'
import { prefixConfig, prefixEncoder } from './prefix-encoder.ts'

const inert = 'encoder_prefix cross_prefix shared_gating bottleneck_size dropout init_weights_seed'.split(' ')
const words: Readonly<Record<string, string>> = {
  'wte.weight': 'embedding.weight',
  'control_trans.0.weight': 'trans.0.weight',
  'control_trans.0.bias': 'trans.0.bias',
  'control_trans.2.weight': 'trans.2.weight',
  'control_trans.2.bias': 'trans.2.bias',
}

export const hubPrefix: AdapterKind = {
  type: `${HUB}prefix_tuning`,
  open(file): Adapter {
    const { name, config, tensors } = file
    for (const key of inert) config.raw(key)
    for (const key of ['use_gating', 'leave_out']) {
      if (config.has(key)) throw unsupported(name, key, config.raw(key))
    }
    const act = config.raw('non_linearity') ?? 'tanh'
    const flat = config.flag('flat')
    if (!flat && act !== 'tanh') throw unsupported(name, 'non_linearity', act)
    const count = config.raw('prefix_length') === undefined ? 30 : config.number('prefix_length', 1)
    const own = nameIn(file, /\.?prefix_tunings\.(.+)\.\w+_prefix\./)
    const held = new Map<string, CheckpointTensor>()
    const strange: string[] = []
    for (const [tensor, entry] of tensors) {
      const [, called, place, leaf] = /prefix_tunings\.(.+)\.(\w+_prefix)\.(.+)$/.exec(tensor) ?? []
      const word = flat ? (leaf === 'control_trans' ? 'embedding.weight' : undefined) : words[leaf ?? '']
      // every layer has the one table under its own name, too
      if (called === own && word !== undefined && tensor.includes('.prefix_tuning.pool.')) continue
      if (called === own && place !== undefined && place !== 'self_prefix') throw notBefore(name)
      if (called !== own || word === undefined || held.has(word)) strange.push(tensor)
      else held.set(word, flat ? turned(entry, count) : entry)
    }
    if (strange.length > 0) throw unreadTensors(name, strange)
    const plain = prefixConfig(name, { pre_seq_len: count, prefix_projection: !flat })!
    const named = [...held].map(([word, entry]) => [`prefix_encoder.${word}`, entry] as const)
    return {
      ...hubAdapter(file, prefixEncoder.open({ name, config: plain, tensors: new Map(named) })),
      kind: 'prefix tuning',
    }
  },
}

/** One row of all values as (n, width). */
const turned = (entry: CheckpointTensor, count: number): CheckpointTensor => ({
  ...entry,
  shape: entry.shape.length === 1 && entry.shape[0]! % count === 0 ? [count, entry.shape[0]! / count] : entry.shape,
})
