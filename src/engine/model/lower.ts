// The forward pass, read top to bottom: a Description becomes a Plan of plain steps, one op each, and every number of
// public interest gets its site on the way. Step and site names are canonical and public (plan.ts lists them).
// Buffers are shared by all blocks: the residual is `x`, everything else is overwritten by the next block.
// What a body or a head is made of stands in lower/.

import { EngineError } from '../errors.ts'
import { PlanBuilder, type Value } from './build.ts'
import type { Attention, Block, Body, Branch, Description, Stack } from './describe.ts'
import { attention, sourceKeys } from './lower/attention.ts'
import { embed } from './lower/embed.ts'
import { head } from './lower/head.ts'
import { cell } from './lower/cell.ts'
import { experts } from './lower/experts.ts'
import { mlp } from './lower/mlp.ts'
import { predictingStream, relativeAttention } from './lower/relative.ts'
import type { BranchName, Plan, PlanBlock } from './plan.ts'

/** @param has whether the checkpoint holds a tensor of this name (decides about the tied head and optional biases) */
export function lower(description: Description, has: (tensor: string) => boolean): Plan {
  const { encoder, start } = description
  refuseWhatNothingComputes(description)

  // as transformers: a head in the file is used whatever tie_word_embeddings says, but one that is missing must be
  // declared
  const { tokens } = description.head
  const tied = Boolean(tokens?.tied) && !has(tokens!.weightAt ?? `${tokens!.at}.weight`)
  const first = encoder?.layers ?? 0
  const plan: Plan = {
    family: description.family,
    dims: { ...description.dims, layers: first + description.dims.layers },
    programs: {
      ...(encoder && { encode: { tokens: 'encode', rows: null, whole: true } }),
      decode: {
        tokens: 'body',
        rows: 'head',
        ...(description.whole && { whole: true }),
        ...(description.ahead !== undefined && { ahead: true }),
      },
    },
    outputs: [],
    ...(description.prefix && { prefix: description.prefix }),
    ...(start !== undefined && { start }),
    steps: [],
    groups: [],
    weights: {},
    vectors: {},
    tables: {},
    masks: {},
    buffers: {},
    caches: {},
    lifetimes: {},
    sites: {},
    blocks: [],
    tied,
  }
  const build = new PlanBuilder(plan, (bias) => description.biases === 'declared' || has(bias), has)
  const own: Stack = { embed: description.embed, layers: description.dims.layers, block: description.block }
  const { V, D } = plan.dims

  if (encoder) {
    build.part = 'encode'
    const { x } = embed(build, 'encoder.embed', encoder.embed, V, D)
    const last = stack(build, encoder, x, 0, 'encoder')
    const read = encoder.norm ? build.norm('encoder.norm', encoder.norm, last, 'source') : last
    for (let number = 0; number < own.layers; number++) {
      const { at, branches } = own.block(number)
      build.beginBlock(first + number, at, 'decoder', number)
      for (const { body } of branches) if (isCross(body)) sourceKeys(build, 'cross', body, read)
    }
    build.endBlocks()
    build.part = 'body'
  }
  const { x, table } = embed(build, 'embed', own.embed, V, D)
  const last = stack(build, own, x, first, description.whole ? 'encoder' : 'decoder')
  build.part = 'head'
  const predicting = description.ahead !== undefined ? predictingStream(build, own, description.ahead) : null
  head(build, description.head, last, { table, tied, row: predicting })
  return build.finish()
}

const isCross = (body: Body): body is Attention => body.kind === 'attention' && body.sees === 'source'
const nameOf = ({ body }: Branch): BranchName =>
  body.kind === 'attention'
    ? isCross(body)
      ? 'cross'
      : 'attn'
    : (({ 'relative-attention': 'attn', cell: 'cell' } as const)[body.kind as 'cell'] ?? 'mlp')

/** One kind of body is one line. @param h what it reads @returns what it gives, (D) */
function compute(build: PlanBuilder, branch: Branch, h: Value): Value {
  const { body } = branch,
    name = nameOf(branch)
  switch (body.kind) {
    case 'attention':
      return attention(build, name, body, h)
    case 'relative-attention':
      return relativeAttention(build, name, body, h)
    case 'mlp':
    case 'gated-mlp':
      return mlp(build, name, body, h)
    case 'experts':
      return experts(build, name, body, h)
    case 'cell':
      return cell(build, name, body, h)
  }
}

/** Blocks `first` … of the plan. @returns the last residual, in the buffer `x` */
function stack(build: PlanBuilder, { layers, block }: Stack, x: Value, first: number, kind: PlanBlock['stack']): Value {
  let residual = x
  for (let number = 0; number < layers; number++) {
    const described = block(number)
    const planned = build.beginBlock(first + number, described.at, kind, number)
    residual = (described.parallel ? parallel : serial)(build, described, residual, planned)
  }
  build.endBlocks()
  return residual
}

const normed = (build: PlanBuilder, branch: Branch, x: Value, h: string): Value =>
  branch.norm ? build.norm(`${nameOf(branch)}.norm`, branch.norm, x, h) : x
/** What the branch adds to the residual, but for the factor `by`. */
const out = (build: PlanBuilder, branch: Branch, h: Value): Value => {
  const name = nameOf(branch),
    given = compute(build, branch, h)
  return branch.after ? build.norm(`${name}.after`, branch.after, given, `${given.buffer}Normed`) : given
}

/** Every branch reads what the one before left. */
function serial(build: PlanBuilder, { branches }: Block, x: Value, block: PlanBlock): Value {
  const { D } = build.plan.dims
  let residual = x
  branches.forEach((branch, n) => {
    const name = nameOf(branch),
      { fromNorm, keep = 1, by = 1, closing } = branch
    const h = normed(build, branch, residual, 'h')
    const added = out(build, branch, h)
    const onto = fromNorm ? h : residual
    const left = ['resid_post', 'resid_mid', 'resid_cross'][branches.length - 1 - n]!
    let after: Value
    if (branch.body.kind === 'cell') {
      after = build.alias(left, added) // what a recurrent layer gives is the residual
      const adds = build.full(`${name}.out`)
      block.branches.push({ name, reads: residual.site, writes: after.site, out: added.site, adds, breaks: 'replaced' })
      residual = after
      return
    }
    if (closing || fromNorm) {
      const y = build.buffer(closing ? 'sum' : 'x', D)
      build.step(`${name}.add`, 'mix', { a: onto.buffer, delta: added.buffer, y }, { D, keep, by })
      after = build.site(closing ? `${name}.sum` : left, 'y', D, [onto, added])
      if (closing) after = build.alias(left, build.norm(`${name}.closing`, closing, after, 'x'))
    } else {
      build.step(`${name}.add`, 'add', { x: residual.buffer, delta: added.buffer }, { D, by })
      after = build.site(left, 'x', D, [onto, added])
    }
    block.branches.push({
      name,
      reads: residual.site,
      writes: after.site,
      out: added.site,
      adds: build.full(`${name}.add`),
      ...((closing || fromNorm) && { breaks: closing ? ('norm' as const) : ('replaced' as const) }),
    })
    residual = after
  })
  return residual
}

/** All branches read the block's input. */
function parallel(build: PlanBuilder, { branches }: Block, x: Value, block: PlanBlock): Value {
  const { D } = build.plan.dims
  const read: Value[] = []
  branches.forEach((branch, n) => {
    const name = `${nameOf(branch)}.norm`
    const same = branches.findIndex((other) => other.norm?.at === branch.norm?.at)
    read.push(same < n && branch.norm ? build.alias(name, read[same]!) : normed(build, branch, x, n ? `h${n}` : 'h'))
  })
  const outs = branches.map((branch, n) => out(build, branch, read[n]!))
  branches.forEach((branch, n) =>
    build.step(`${nameOf(branch)}.add`, 'add', { x: x.buffer, delta: outs[n]!.buffer }, { D, by: branch.by ?? 1 }),
  )
  const after = build.site('resid_post', 'x', D, [x, ...outs])
  branches.forEach((branch, n) =>
    block.branches.push({
      name: nameOf(branch),
      reads: x.site,
      writes: n === branches.length - 1 ? after.site : null,
      out: outs[n]!.site,
      adds: build.full(`${nameOf(branch)}.add`),
    }),
  )
  return after
}

function refuseWhatNothingComputes({ dims: { H, K } }: Description): void {
  if (H % K !== 0) {
    throw new EngineError(
      'CONFIG_INVALID',
      `Cannot lower this model: ${H} query heads cannot share ${K} key heads evenly.`,
      { key: 'num_key_value_heads', need: `a divisor of ${H}`, found: K },
    )
  }
}
