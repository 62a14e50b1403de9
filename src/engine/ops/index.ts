// All ops. Adding one: shaders/<name>.wgsl, ops/<name>.ts, one line here.

import { activation } from './activation.ts'
import { addGated } from './add-gated.ts'
import { add } from './add.ts'
import { addPositions } from './add-positions.ts'
import { append } from './append.ts'
import { attention } from './attention.ts'
import { attentionMasked } from './attention-masked.ts'
import { attentionRelative } from './attention-relative.ts'
import { attentionProbs } from './attention-probs.ts'
import { combine } from './combine.ts'
import { expertMatmul } from './expert-matmul.ts'
import { gather } from './gather.ts'
import { glu } from './glu.ts'
import { gluPacked } from './glu-packed.ts'
import { headStats } from './head-stats.ts'
import { layernorm } from './layernorm.ts'
import { matmul } from './matmul/index.ts'
import { matmulAct } from './matmul-act.ts'
import { meanRows } from './mean-rows.ts'
import { mix } from './mix.ts'
import { normHeads } from './norm-heads.ts'
import { normMatmul } from './norm-matmul.ts'
import type { Op } from './op.ts'
import { projectHeads } from './project-heads.ts'
import { projectNormedHeads } from './project-normed-heads.ts'
import { relativeBias } from './relative-bias.ts'
import { recurrentCell } from './recurrent-cell.ts'
import { rmsnorm } from './rmsnorm.ts'
import { rope } from './rope.ts'
import { ropeAppend } from './rope-append.ts'
import { route } from './route.ts'
import { rowCosines } from './row-cosines.ts'
import { rowStats } from './row-stats.ts'
import { rows } from './rows.ts'
import { scanRows } from './scan-rows.ts'
import { sample } from './sample.ts'
import { scale } from './scale.ts'
import { scaleHeads } from './scale-heads.ts'
import { steer } from './steer.ts'
import { sweep } from './sweep.ts'
import { keepRows } from './keep-rows.ts'
import { keepThree } from './keep-three.ts'
import { valueNorms } from './value-norms.ts'

const list: Op[] = [
  gather,
  addPositions,
  rows,
  meanRows,
  rmsnorm,
  layernorm,
  normHeads,
  matmul,
  projectHeads,
  projectNormedHeads,
  matmulAct,
  normMatmul,
  rope,
  append,
  ropeAppend,
  attention,
  attentionRelative,
  glu,
  gluPacked,
  activation,
  add,
  mix,
  route,
  expertMatmul,
  combine,
  addGated,
  recurrentCell,
  scale,
  keepRows,
  keepThree,
  attentionProbs,
  headStats,
  relativeBias,
  rowStats,
  rowCosines,
  valueNorms,
  attentionMasked,
  scaleHeads,
  steer,
  sweep,
  sample,
  scanRows,
]

export const ops: Record<string, Op> = Object.fromEntries(list.map((op) => [op.name, op]))

/** Ops that are loaded when they are first wanted (train/ops/). */
export const addOps = (more: readonly Op[]): void =>
  void Object.assign(ops, Object.fromEntries(more.map((op) => [op.name, op])))
