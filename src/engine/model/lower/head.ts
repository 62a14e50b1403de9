// The rows that are asked for -> scores of all tokens, scores of labels, or the residual itself.

import { activationIndex } from '../../ops/activations.ts'
import type { PlanBuilder, Value } from '../build.ts'
import type { Head, Labels } from '../describe.ts'

/**
 * @param x the last residual, all its tokens
 * @param table the embedding, which serves as head where `tied`
 * @param taken the rows, where they are no rows of x
 */
export function head(
  build: PlanBuilder,
  h: Head,
  x: Value,
  { table, tied, row: taken }: { table: string; tied: boolean; row: Value | null },
): void {
  if (h.labels?.some(({ rows }) => rows === 'mean')) {
    const mean = meanOf(build, h, x)
    for (const labels of h.labels) labelsOf(build, labels, mean)
    return
  }
  const { D, V } = build.plan.dims
  if (!taken) build.step('rows', 'rows', { x: x.buffer, y: build.buffer('xRow', D) }, { D })
  let row: Value = taken ?? { ...x, buffer: 'xRow' }
  if (h.norm) row = build.norm('final_norm', h.norm, row, 'hRow')
  else row = taken ? build.alias('last_hidden', taken) : build.site('last_hidden', 'y', D, [x])
  const hidden = row
  if (h.tokens) {
    if (h.transform) {
      const { dense, act, norm, width } = h.transform
      row = activated(build, 'transform', build.linear('transform.dense', dense, row, 'transformed', width), act)
      if (norm) row = build.norm('transform.norm', norm, row, 'transformNormed')
    }
    if (h.project) row = build.linear('project', h.project, row, 'projected', h.project.width)
    const { unitRows, by = 1, cap = 0 } = h.tokens
    const logits = build.linear('logits', h.tokens, row, 'logits', V, { role: 'head', ...(tied && { weight: table }) })
    if (unitRows || by !== 1 || cap) {
      const weight = build.plan.steps.at(-1)!.args['weight']!
      const factors = unitRows && { factors: build.made('logits.unit', V, { kind: 'unit-rows', weight }) }
      const params = { N: V, by, each: Number(Boolean(unitRows)), cap, limit: 0 }
      build.step('logits.scale', 'scale', { x: 'logits', ...factors }, params)
      build.moved(logits, 'x')
    }
    build.plan.outputs.push({ name: 'logits', site: 'logits', width: V, rows: 'each' })
  }
  for (const labels of h.labels ?? []) labelsOf(build, labels, hidden)
  if (build.plan.outputs.length === 0) {
    const out = h.project ? build.linear('project', h.project, hidden, 'projected', h.project.width) : hidden
    build.plan.outputs.push({ name: 'hidden', site: out.site, width: out.width, rows: 'each' })
    if (h.pooled) {
      const { act, width } = h.pooled
      const { site } = activated(build, 'pooled', build.linear('pooled.dense', h.pooled, hidden, 'pooled', width), act)
      build.plan.outputs.push({ name: 'pooled', site, width, rows: 'first' })
    }
  }
}

/** The mean of all rows behind the last norm, which therefore runs with the body. */
function meanOf(build: PlanBuilder, { norm }: Head, x: Value): Value {
  const { D } = build.plan.dims
  build.part = 'body'
  const normed = norm ? build.norm('text.norm', norm, x, 'textNormed') : x
  build.part = 'head'
  const y = build.buffer('textMean', D)
  build.step('text.mean', 'mean-rows', { x: normed.buffer, y }, { D })
  return build.site('text.mean', 'y', D, [normed])
}

function activated(build: PlanBuilder, name: string, x: Value, act: Parameters<typeof activationIndex>[0]): Value {
  const step = `${name}.act`
  const y = build.buffer(`${x.buffer}Act`, x.width)
  build.step(step, 'activation', { x: x.buffer, y }, { F: x.width, act: activationIndex(act) })
  return build.site(step, 'y', x.width, [x])
}

function labelsOf(
  build: PlanBuilder,
  { name: kind, task = 0, rows, pad, before, last, labels }: Labels,
  hidden: Value,
): void {
  const name = task ? `${kind}_${task}` : kind
  let row = hidden
  before.forEach((layer, n) => {
    const step = before.length > 1 ? `${name}.dense_${n}` : `${name}.dense`
    row = build.linear(step, layer, row, `${name}.${n}`, layer.width)
    if (layer.act) row = activated(build, step, row, layer.act)
    if (layer.norm) row = build.norm(`${step}_norm`, layer.norm, row, `${name}.${n}Normed`)
  })
  build.linear(name, last, row, name, labels.length)
  // of a mean, any row says the same
  build.plan.outputs.push({
    name: kind,
    site: name,
    width: labels.length,
    rows: rows === 'mean' ? 'first' : rows,
    ...(pad !== undefined && { pad }),
    labels,
  })
}
