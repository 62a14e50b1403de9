// Do the kernel tests see a broken kernel? Each line below breaks one, and its cases must go red.

import { describe, expect, it } from 'vitest'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { checkCase, selfCheck } from '../gpu/selftest.ts'
import { shaderSource } from '../gpu/shaders.ts'
import type { StorageFormat } from '../quants/weight.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { ops } from './index.ts'
import { kindFor } from './testing.ts'

const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: mutation of kernels: ${noGpuReason}`)
const device = gpu && (await openDevice(gpu))

type Mutation = [what: string, op: string, variant: string, format: StorageFormat | null, whole: string, broken: string]
const mutations: Mutation[] = [
  ['heads turned the other way', 'project-heads', 'project-heads-lanes', 'f32', 'u * turn.x - v *', 'u * turn.x + v *'],
  [
    'queries normed as keys are',
    'project-normed-heads',
    'project-normed-heads-lanes',
    'f32',
    'select(params.qGainAt, params.kGainAt, isKey)',
    'params.kGainAt',
  ],
  [
    'one norm for all heads',
    'norm-heads',
    'norm-heads',
    null,
    'i / parts * params.N +',
    'i / parts * (params.N - 1u) +',
  ],
  ['keys put into the values', 'project-heads', 'project-heads-lanes', 'f32', 'kCache[to', 'vCache[to'],
  [
    'gate and up exchanged',
    'matmul-act',
    'matmul-act-lanes',
    'f32',
    'act(params.act, gate) * up',
    'act(params.act, up) * gate',
  ],
  ['a norm without its mean', 'norm-matmul', 'norm-matmul-lanes', 'f32', '- normMean - normRest', '- normRest'],
  [
    'a norm of the row before',
    'norm-matmul',
    'norm-matmul-lanes',
    'f32',
    'step.row, params.byRow',
    'step.row - 1u, params.byRow',
  ],
  ['every second stretch of a sweep', 'sweep', 'sweep', null, 'at += threads)', 'at += 2u * threads)'],
  ['swapped NF4 nibbles', 'matmul', 'matmul-any', 'nf4', '(((f & 7u) ^ 1u) * 4u)', '((f & 7u) * 4u)'],
  [
    'swapped NF4 nibbles, by blocks',
    'matmul',
    'matmul-lanes',
    'nf4',
    'vec4u(4u, 0u, 12u, 8u)',
    'vec4u(0u, 4u, 8u, 12u)',
  ],
  ['swapped NF4 nibbles, in pairs', 'matmul', 'matmul-pairs', 'nf4', '* v.x);', '* v.y);'],
  [
    'scale of the next NF4 block',
    'gather',
    'gather',
    'nf4',
    'scales[f >> firstTrailingBit(block)]',
    'scales[(f + 1u) >> firstTrailingBit(block)]',
  ],
  [
    'scale of another NF4 block',
    'matmul',
    'matmul-tile',
    'nf4',
    'scales[(n * K + b * 32u) >> firstTrailingBit(block)]',
    'scales[(n * K + b * 32u) / 32u]',
  ],
  [
    'groups of 96 columns as of 32',
    'matmul',
    'matmul-rows',
    'uint4',
    'return i / block;',
    'return i >> firstTrailingBit(block);',
  ],
  ['scale of another int8 block', 'matmul', 'matmul-rows', 'i8', 'b / 2u]', 'b]'],
  ['halves of a Q4 block exchanged', 'matmul', 'matmul-rows', 'q4_0', 'vec2u(w, w + 4u)', 'vec2u(w + 4u, w)'],
  [
    'minimum of a Q4_1 block forgotten',
    'matmul',
    'matmul-tokens',
    'q4_1',
    'scale.x * o[0] + scale.y',
    'scale.x * o[0]',
  ],
  ['high bits of a Q5 block forgotten', 'matmul', 'matmul-tokens', 'q5_0', '| (spread(high) << 4u)', ''],
  ['middle of a Q5_0 block forgotten', 'matmul', 'matmul-lanes', 'q5_0', '<< 4u)) - centre', '<< 4u))'],
  ['high bits of another column', 'gather', 'gather', 'q5_1', 'codes[i] >> (k & 31u)', 'codes[i] >> (k & 15u)'],
  ['high bits of another half', 'matmul', 'matmul-tile', 'q5_k', 'h >> 28u', 'h >> 12u'],
  ['scales above the fourth as below it', 'matmul', 'matmul-rows', 'q4_k', '(b & 4u) == 0u', '(b & 8u) == 0u'],
  ['minimum of a K block added', 'matmul', 'matmul-lanes', 'q4_k', 'vec2f(1.0, -1.0)', 'vec2f(1.0, 1.0)'],
  ['one scale for both halves of Q2_K', 'matmul', 'matmul-tile', 'q2_k', 'scaleAt(n, 2u * b + 1u', 'scaleAt(n, 2u * b'],
  ['high bits of the other half of Q3_K', 'matmul', 'matmul-any', 'q3_k', 'last >> 16u', 'middle & 0xffffu'],
  ['high bits of Q3_K scales forgotten', 'matmul', 'matmul-lanes', 'q3_k', 'low | (high << 4u)', 'low'],
  ['high bits of the quad before', 'matmul', 'matmul-tokens', 'q6_k', 'c >> 4u, high >> 2u', 'c >> 4u, high'],
  ['Q6_K scales without their sign', 'gather', 'gather', 'q6_k', 'f32(number) - 128.0', 'f32(number)'],
  ['levels of IQ4 exchanged', 'matmul', 'matmul-rows', 'iq4_nl', '69.0, 89.0', '89.0, 69.0'],
  ['levels of another nibble', 'matmul', 'matmul-tile', 'iq4_nl', 'iq4Quad(c.w >> 4u)', 'iq4Quad(c.w)'],
  [
    'levels of another nibble, word by word',
    'matmul',
    'matmul-lanes',
    'iq4_nl',
    'iq4Quad(word >> 4u)',
    'iq4Quad(word)',
  ],
  ['every word the first one', 'matmul', 'matmul-lanes', 'nf4', 'a = a.yzwx', 'a = a.xyzw'],
  ['scales of IQ4_XS not centred', 'matmul', 'matmul-any', 'iq4_xs', 'f32(s) - 32.0', 'f32(s)'],
  [
    'Q8 codes read as unsigned',
    'matmul',
    'matmul-any',
    'q8_0',
    'extractBits(bitcast<i32>(codes[n * (K / 4u) + (k >> 2u)]), ',
    'extractBits((codes[n * (K / 4u) + (k >> 2u)]), ',
  ],
  [
    'output beyond the last row',
    'matmul',
    'matmul-rows',
    'f32',
    'if (n >= params.N || t >= step.T) { return; }\n  let at',
    'let at',
  ],
  ['last block of K dropped', 'matmul', 'matmul-pairs', 'nf4', 'b < params.K / 32u', 'b + 1u < params.K / 32u'],
  ['a lane left out of the sum', 'matmul', 'matmul-lanes', 'f16', 'lanes / 2u); half > 0u', 'lanes / 2u); half > 1u'],
  [
    'x of the lane beside',
    'matmul',
    'matmul-spread4',
    'q4_1',
    'quadBroadcast(own[0], 3u)',
    'quadBroadcast(own[0], 2u)',
  ],
  ['a token for the one before', 'matmul', 'matmul-spread4-few', 'q8_0', 'inputRow(at.z)', 'inputRow(at.y)'],
  ['sums of another token', 'matmul', 'matmul-lanes-few', 'f32', 'd, c == 2u', 'd, c == 3u'],
  ['lanes of another group', 'matmul', 'matmul-lanes-shuffle', 'q4_1', 'mask > 0u', 'mask > 1u'],
  ['x of the quad of lanes beside', 'matmul', 'matmul-quads', 'q4_1', 'quadBroadcast(v, 1u)', 'quadBroadcast(v, 2u)'],
  ['tokens from 16 on as those before', 'matmul', 'matmul-quads32', 'nf4', 't + 20u', 't + 4u'],
  ['columns of the other buffer', 'matmul', 'matmul-wide', 'nf4', 'let at = (b & 1u)', 'let at = (~b & 1u)'],
  ['a row of the thread beside', 'matmul', 'matmul-wide-thin', 'i8', 'n + j % rows', 'n + 1u + j % rows'],
  ['bias forgotten', 'matmul', 'matmul-tile', 'bf16', 'params.hasBias != 0u', 'params.hasBias == 7u'],
  ['old y overwritten', 'matmul', 'matmul-tokens', 'q8_0', 'params.accumulate != 0u', 'params.accumulate == 7u'],
  ['row of another token', 'matmul', 'matmul-tile', 'q4_1', '(token + 8u) * stride', '(token + 9u) * stride'],
  [
    'last column left out',
    'rmsnorm',
    'rmsnorm',
    null,
    'i < params.D; i += threads) { sum',
    'i + 1u < params.D; i += threads) { sum',
  ],
  ['eps forgotten', 'rmsnorm', 'rmsnorm-thread', null, '+ params.eps', '+ 0.0 * params.eps'],
  ['eps forgotten', 'rmsnorm', 'rmsnorm-share', null, '+ params.eps', '+ 0.0 * params.eps'],
  ['what the first mean rounds away', 'layernorm', 'layernorm-share', null, '- middle - rest)', '- middle)'],
  ['gate and up exchanged', 'glu-packed', 'glu-quads', null, 'let g = x[at];', 'let g = x[at + quads];'],
  ['mean left in', 'layernorm', 'layernorm', null, '- mean - rest.x', '- rest.x'],
  ['what the first mean rounds away', 'layernorm', 'layernorm-thread', null, '- mean - rest)', '- mean)'],
  ['bias of a norm forgotten', 'layernorm', 'layernorm', null, 'params.hasBias != 0u', 'params.hasBias == 7u'],
  ['gain of the first head for all', 'rmsnorm', 'rmsnorm', null, 'r % params.R * params.D', '0u'],
  ['gain of the first head for all', 'rmsnorm', 'rmsnorm-thread', null, 'params.own != 0u', 'params.own == 7u'],
  ['bias of the first head for all', 'layernorm', 'layernorm', null, 'bias[g + i]', 'bias[i]'],
  ['gain of another head', 'layernorm', 'layernorm-thread', null, 'r % params.R', 'r / params.R'],
  ['weight of a branch forgotten', 'add', 'add', null, 'params.by * ', ''],
  ['what is kept not weighed', 'mix', 'mix', null, 'params.keep * ', ''],
  ['what is mixed in not weighed', 'mix', 'mix', null, 'params.by * ', ''],
  [
    'rows written where they are added',
    'gather',
    'gather',
    'f16',
    'params.accumulate != 0u',
    'params.accumulate == 7u',
  ],
  ['position of the first token for all', 'add-positions', 'add-positions', 'bf16', ' + i / params.D)', ')'],
  ['offset of positions forgotten', 'add-positions', 'add-positions', 'nf4', 'params.offset - ', '0u - '],
  ['one element beside', 'activation', 'activation', null, 'params.act, x[i]', 'params.act, x[i ^ 1u]'],
  ['rotation turned round', 'rope', 'rope', null, 'u * turn.x - v * turn.y', 'u * turn.x + v * turn.y'],
  ['position of the first token for all', 'rope', 'rope', null, 'step.pos + head / params.H', 'step.pos'],
  [
    'pairs of the other layout',
    'rope-append',
    'rope-append',
    null,
    'params.interleaved == 0u',
    'params.interleaved != 0u',
  ],
  [
    'values rotated too',
    'rope-append',
    'rope-append',
    null,
    'h < params.H + params.K) {\n    let turn',
    'h < params.H + 2u * params.K) {\n    let turn',
  ],
  ['sections turned as one', 'rope', 'rope', null, 'pairs / params.sections', 'pairs'],
  ['sections of a fused turn as one', 'rope-append', 'rope-append', null, '/ 2u / params.sections', '/ 2u'],
  ['distances of the other side', 'attention-relative', 'attention-relative', null, 'key < i)', 'key >= i)'],
  ['segments exchanged', 'attention-relative', 'attention-relative', null, 'ids[key] == own', 'ids[key] != own'],
  ['itself in sight', 'attention-relative', 'attention-relative', null, 'prefix), i, ahead', 'prefix), i - 1u, ahead'],
  ['distances of the other side in the picture', 'relative-bias', 'relative-bias', null, 'j < i)', 'j >= i)'],
  ['segments exchanged in the picture', 'relative-bias', 'relative-bias', null, 'ids[j] == ids[i]', 'ids[j] != ids[i]'],
  ['of equals the higher number', 'route', 'route', null, 'i > last)', 'i < last)'],
  ['weights of another sum', 'route', 'route', null, 'params.renorm != 0u', 'params.renorm == 0u'],
  [
    'rows of the next expert',
    'expert-matmul',
    'expert-matmul-any',
    'f32',
    'u32(chosen[pick])',
    'u32(chosen[pick] + 1.0)',
  ],
  [
    'x of the token for each expert',
    'expert-matmul',
    'expert-matmul-lanes',
    'q8_0',
    'params.each != 0u',
    'params.each == 7u',
  ],
  [
    'rows that another part holds',
    'expert-matmul',
    'expert-matmul-lanes',
    'bf16',
    'n < params.N && rowOf(pick, n) < params.rows',
    'n < params.N',
  ],
  [
    'a part whose first rows are left out',
    'expert-matmul',
    'expert-matmul-lanes',
    'f32',
    'start + first >= params.rowStart + params.rows',
    'start + first + 1u >= params.rowStart + params.rows || start + first < params.rowStart',
  ],
  ['weights of the first expert', 'combine', 'combine', null, 'weights[pick + j]', 'weights[pick]'],
  ['gate left shut', 'add-gated', 'add-gated', null, 'sigmoid(gate[i / params.D])', 'gate[i / params.D]'],
  ['a cell that forgets nothing', 'recurrent-cell', 'recurrent-cell', 'f32', 'gates[g + H] * state', 'state'],
  ['gates in another order', 'recurrent-cell', 'recurrent-cell', 'q4_0', 'r / H == 2u', 'r / H == 3u'],
  [
    'a state that is never begun',
    'recurrent-cell',
    'recurrent-cell',
    'f16',
    'step.pos + t == 0u',
    'step.pos + t == 77u',
  ],
  ['appended one row late', 'append', 'append', null, 'step.pos + i / width', 'step.pos + i / width + 1u'],
  ['other part of a split weight', 'gather', 'gather', 'i8', '- params.rowStart', '+ params.rowStart'],
  [
    'the scale of f16 rows forgotten',
    'append',
    'append-cells',
    null,
    'pack2x16float(v.xy / scale)',
    'pack2x16float(v.xy)',
  ],
  ['int8 rows without their scale', 'append', 'append-cells', null, 'v / max(scale, 1e-30)', 'v'],
  ['turned by another pair', 'rope-append', 'rope-append-cells', null, '/ 2u * half + i % half', '/ 2u * half'],
  ['causal mask dropped', 'attention', 'attention-any', null, 'let end = keysEnd(t)', 'let end = keysEnd(step.T - 1u)'],
  ['keys of the first strand', 'attention', 'attention-strands', null, '(own - step.strandsFrom) % step.strands', '0u'],
  ['a strand’s mask by entry', 'attention', 'attention-strands', null, 'let query = strandPosition(', 'let query = ('],
  ['one key too many', 'attention', 'attention-split', null, 'var end = i + 1u', 'var end = i + 2u'],
  ['window one key too wide', 'attention', 'attention-rows', null, 'i + 1u - params.window, ', 'i - params.window, '],
  ['window forgotten', 'attention', 'attention-tile', null, 'params.window != 0u && i', 'params.window == 7777u && i'],
  ['keys ahead unseen', 'attention', 'attention-rows', null, 'end = prefix;', 'end = end;'],
  [
    'keys ahead beyond the window',
    'attention',
    'attention-any',
    null,
    'min(end, i + params.window)',
    'min(end, i + params.window + 1u)',
  ],
  ['prefix one key short', 'attention', 'attention-tile', null, 'max(end, prefix)', 'max(end, prefix - 1u)'],
  ['prefix forgotten', 'head-stats', 'head-stats', null, 'if (prefixed != 0u)', 'if (prefixed == 7u)'],
  ['source of the text before', 'attention', 'attention-steps', null, 'step.prefix', 'step.pos + step.T'],
  ['scores not capped', 'attention', 'attention-tile', null, 's = capOf4(s)', 's = s'],
  ['cap of what is added too', 'attention', 'attention-any', null, 's += biasAt', 's = capOf(s) + biasAt'],
  [
    'outputs of the first part twice',
    'attention',
    'attention-any',
    null,
    '% parts * outputs + lane',
    '% 1u * outputs + lane',
  ],
  ['factor of another column', 'scale', 'scale', null, 'i % params.N', '0u'],
  ['limit forgotten', 'scale', 'scale', null, 'params.limit > 0.0', 'params.limit < 0.0'],
  ['slope of another head', 'attention', 'attention-split', null, 'bias[h] * f32(away)', 'bias[0] * f32(away)'],
  ['distance turned round', 'attention', 'attention-steps', null, 'i32(key) - i32(query)', 'i32(query) - i32(key)'],
  [
    'distances not held at their reach',
    'attention-probs',
    'attention-probs',
    null,
    'clamp(away, -reach, reach)',
    'away',
  ],
  [
    'bias forgotten',
    'attention-masked',
    'attention-masked',
    null,
    's += biasAt(h, query, key)',
    's += 0.0 * biasAt(h, query, key)',
  ],
  [
    'slices joined without their weights',
    'attention',
    'attention-split',
    null,
    'bitcast<vec4f>(~v) * weight',
    'bitcast<vec4f>(~v)',
  ],
  ['the first slice for all', 'attention', 'attention-share-few', null, 'slice * sliceLength()', '0u'],
  ['sums not rescaled', 'attention', 'attention-share', null, '* shrink.y, vec4f(), key', '* 1.0, vec4f(), key'],
  ['running sum not rescaled', 'attention', 'attention-tile', null, 'l *= shrink', 'l *= 1.0'],
  ['outputs not rescaled', 'attention', 'attention-rows', null, '* shrink[a], vec4f(), key', '* 1.0, vec4f(), key'],
  [
    'heads of another group',
    'attention',
    'attention-steps',
    null,
    'g * groupSize + r % groupSize',
    'g + r % groupSize',
  ],
  ['wrong activation', 'glu', 'glu', null, 'exp(-clamp', 'exp(clamp'],
  [
    'activation of another name',
    'glu',
    'glu',
    null,
    'case 6u: { return clamp(gelu(g), -10.0, 10.0); }',
    'case 6u: { return gelu(g); }',
  ],
  [
    'gate and up exchanged',
    'glu-packed',
    'glu-packed',
    null,
    'act(params.act, x[at]) * x[at + params.F]',
    'act(params.act, x[at + params.F]) * x[at]',
  ],
  [
    'masked edges forgotten in the run',
    'attention-masked',
    'attention-masked',
    null,
    'if (hidden(h, query, key)) { continue; }',
    '',
  ],
  [
    'masked edges forgotten in the picture',
    'attention-probs',
    'attention-probs',
    null,
    'if (hidden(h, r, c)) { continue; }',
    '',
  ],
  ['masked edges forgotten in the scores', 'head-stats', 'head-stats', null, 'if (hidden(h, r, c)) { continue; }', ''],
  ['edges of one head masked in all', 'attention-probs', 'attention-probs', null, 'maskedEdges[o] == h', 'true'],
  ['edges of every head masked in none', 'head-stats', 'head-stats', null, ' || maskedEdges[o] == anyHead', ''],
  [
    'last masked key left visible',
    'attention-masked',
    'attention-masked',
    null,
    'key < maskedEdges[o + 4u]',
    'key + 1u < maskedEdges[o + 4u]',
  ],
  ['length of a row forgotten', 'row-cosines', 'row-cosines', 'i8', 'sqrt(own) * sqrt(other)', 'sqrt(other)'],
  [
    'rows of another part',
    'row-cosines',
    'row-cosines',
    'nf4',
    'params.first + i - params.rowStart',
    'params.first + i',
  ],
  ['values of another group', 'value-norms', 'value-norms', null, 'h / (params.H / params.K)', 'h % params.K'],
  ['bands before forgotten', 'value-norms', 'value-norms', null, 'params.more == 1u', 'params.more == 7u'],
  [
    'a bias by key of another head',
    'attention',
    'attention-any',
    null,
    'bias[key * params.H + h]',
    'bias[key * params.H]',
  ],
  [
    'the last row of a mean left out',
    'mean-rows',
    'mean-rows',
    null,
    'min(first + 64u, step.prefix)',
    'min(first + 64u, step.prefix - 1u)',
  ],
  [
    'a mean of the first rows alone',
    'mean-rows',
    'mean-rows',
    null,
    'first < step.prefix;',
    'first < min(step.prefix, 64u);',
  ],
  ['first rows instead of the asked ones', 'rows', 'rows', null, 'step.row * params.D', '0u'],
  ['odds without the last bits', 'sample', 'sample', null, 'let less = t - (wide(t, t).y >> 17u);', 'let less = 0u;'],
  [
    'ties at the border of top-k lost',
    'sample',
    'sample',
    null,
    'if (i >= params.topK && less64',
    'if (i >= params.topK || less64',
  ],
  ['penalty of scores below zero as above it', 'sample', 'sample', null, 'select(over, by, negative64(score))', 'over'],
  ['codes without their offset', 'matmul', 'matmul-dot', 'q4_1', '+ sa.y * sum', ''],
  [
    'nibbles of the other half',
    'matmul',
    'matmul-dot',
    'q4_0',
    'Codes(c & vec4u(0x0f0f0f0fu), (c >> vec4u(4u)) & vec4u(0x0f0f0f0fu))',
    'Codes((c >> vec4u(4u)) & vec4u(0x0f0f0f0fu), c & vec4u(0x0f0f0f0fu))',
  ],
  ['the next token at the same place', 'sample', 'sample', null, 'steps[1] += 1u;', ''],
  ['all of a crowd that ties with the last', 'sample', 'sample', null, '&& id <= lastId', ''],
]

describe.skipIf(!gpu)('a broken kernel is seen', () => {
  it.each(mutations)('%s: %s', async (_, opName, variantName, format, whole, broken) => {
    let hits = 0
    const kernels = new KernelCache(device!, (name, given, parts) =>
      shaderSource(name, given, parts).replaceAll(whole, () => {
        hits++
        return broken
      }),
    )
    const op = ops[opName]!
    const variant = op.variants.find(({ name }) => name === variantName)!
    let worst = 0
    for (const given of op.cases) {
      const kind = kindFor(device!, variant, given, format)
      if (!kind || (given.format && given.format !== format)) continue
      const result = await checkCase(device!, kernels, op, variant, given, format, kind)
      worst = Math.max(worst, result.ok ? 0 : result.worst)
      if (worst) break
    }
    expect(hits, 'the text to break is in the shader').toBeGreaterThan(0)
    expect(worst, 'every case stayed green').toBeGreaterThan(0)
  })

  it('and rejected by the self-check, with the reason, without stopping it', async () => {
    const op = ops['matmul']!
    const variant = op.variants.find(({ name }) => name === 'matmul-any')!
    const wrong = new KernelCache(device!, (name, format) =>
      shaderSource(name, format).replace('sums.x + sums.y', 'sums.x'),
    )
    const refused = new KernelCache(device!, (name, format) =>
      shaderSource(name, format).replace('var sums', 'vra sums'),
    )
    const tests = [
      { op, variant, format: 'nf4' as const },
      { op: ops['add']!, variant: ops['add']!.variants[0]!, format: null },
    ]
    expect((await selfCheck(device!, wrong, tests)).rejected).toEqual([
      {
        op: 'matmul',
        variant: 'matmul-any',
        format: 'nf4',
        reason: expect.stringMatching(/differs from the reference/) as string,
      },
    ])
    expect((await selfCheck(device!, refused, tests)).rejected).toEqual([
      {
        op: 'matmul',
        variant: 'matmul-any',
        format: 'nf4',
        reason: expect.stringMatching(/Cannot compile kernel "matmul-any\.nf4".*vra sums/) as string,
      },
    ])
  })
})
