// Names of tensors in a GGUF and in a checkpoint, both ways: what a family lists, what it does not, and what pretends.

import { expect, test } from 'vitest'
import { ggufNames } from './gguf-names.ts'

const names = ggufNames({
  names: {
    'model.embed': 'token_embd',
    'model.layers.{i}.attn.q': 'blk.{i}.attn_q',
    lm_head: 'output',
    'model.layers.{i}.experts.{e}.up': 'blk.{i}.up.{e}',
  },
})

test.each([
  ['token_embd.weight', 'model.embed.weight', 'model.embed'],
  ['blk.12.attn_q.bias', 'model.layers.12.attn.q.bias', 'model.layers.{i}.attn.q'],
  ['output.weight', 'lm_head.weight', 'lm_head'],
  ['blk.3.up.11.weight', 'model.layers.3.experts.11.up.weight', 'model.layers.{i}.experts.{e}.up'],
  // not listed: one of its block under either name
  ['blk.3.new.weight', 'model.layers.3.new.weight', null],
  ['strange', 'strange', null],
])('%s is %s', (own, name, module) => {
  expect(names.toCheckpoint(own)).toBe(name)
  expect(names.toFile(name)).toBe(own)
  expect(names.module(own)).toBe(module)
})

test.each([
  // would take the place of a tensor that is listed
  'blk.3.attn.q.weight',
  // no number of a block
  'blk.03.attn_q.weight',
  'blk.12345.attn_q.weight',
  'blk.{i}.attn_q.weight',
  'blk.{i}.up.{e}.weight',
  'blk.-1.attn_q.weight',
])('%s is nobody else', (own) => {
  expect(names.toCheckpoint(own)).toBe(own)
})
