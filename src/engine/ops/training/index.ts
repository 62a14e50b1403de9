// All ops that only training runs. Adding one: shaders/training/<name>.wgsl, <name>.ts here, one line in the list. They
// join the engine's own when training is first loaded.

import { addOps } from '../index.ts'
import type { Op } from '../op.ts'
import { activationBack } from './activation-back.ts'
import { addPositionsBack } from './add-positions-back.ts'
import { adamw } from './adamw.ts'
import { addGatedBack } from './add-gated-back.ts'
import { appendBack } from './append-back.ts'
import { attentionBackKv } from './attention-back-kv.ts'
import { attentionBackQ } from './attention-back-q.ts'
import { attentionDelta } from './attention-delta.ts'
import { columnSum } from './column-sum.ts'
import { combineBack } from './combine-back.ts'
import { crossEntropy } from './cross-entropy.ts'
import { expertMatmulBack } from './expert-matmul-back.ts'
import { expertOuter } from './expert-outer.ts'
import { fill } from './fill.ts'
import { gatherBack } from './gather-back.ts'
import { gluBack } from './glu-back.ts'
import { gluPackedBack } from './glu-packed-back.ts'
import { layernormBack } from './layernorm-back.ts'
import { lossSum } from './loss-sum.ts'
import { matmulBack } from './matmul-back.ts'
import { normGainBack } from './norm-gain-back.ts'
import { normHeadsBack } from './norm-heads-back.ts'
import { outer } from './outer.ts'
import { pickRows } from './pick-rows.ts'
import { pickRowsBack } from './pick-rows-back.ts'
import { recurrentCellBack } from './recurrent-cell-back.ts'
import { rmsnormBack } from './rmsnorm-back.ts'
import { ropeAppendBack } from './rope-append-back.ts'
import { ropeBack } from './rope-back.ts'
import { routeBack } from './route-back.ts'
import { scaleBack } from './scale-back.ts'
import { scoreBack } from './score-back.ts'
import { score } from './score.ts'
import { sumSquares } from './sum-squares.ts'

export const trainingOps: readonly Op[] = [
  pickRows,
  crossEntropy,
  lossSum,
  score,
  scoreBack,
  pickRowsBack,
  matmulBack,
  outer,
  columnSum,
  rmsnormBack,
  normGainBack,
  addPositionsBack,
  layernormBack,
  normHeadsBack,
  ropeBack,
  ropeAppendBack,
  appendBack,
  attentionDelta,
  attentionBackQ,
  attentionBackKv,
  gluBack,
  gluPackedBack,
  activationBack,
  recurrentCellBack,
  scaleBack,
  routeBack,
  expertMatmulBack,
  expertOuter,
  combineBack,
  addGatedBack,
  gatherBack,
  fill,
  sumSquares,
  adamw,
]

addOps(trainingOps)
