// The Plan in a recording's file, checked like the rest of it.

import { firstSites } from './recording-first.ts'
import { list, max, nullable, object, one, real, refuse, table, text, whole, type Reader } from './recording-values.ts'
import { sites, type GlassInfo, type PlanInfo, type PlanSite, type PlanStepInfo, type Site } from './types.ts'

/** As files have it: the tensors of a step are one text. */
export const filePlan = (plan: PlanInfo): object => ({
  ...plan,
  steps: plan.steps.map(({ weights, ...step }) => ({ ...step, weight: weights.join('+') || null })),
})

/** @throws EngineError FILE_FORMAT */
export function readPlan(value: unknown, info: GlassInfo): PlanInfo {
  const plan = object(value, 'plan')
  const steps = list(readStep(info.layers), max.steps)(plan['steps'], 'plan.steps')
  const own = { text: text(max.text)(plan['text'], 'plan.text'), steps }
  if (plan['sites'] === undefined) return { ...own, ...firstSites(steps, info) }
  const names = new Set(steps.map(({ name }) => name))
  const found = table(readSite(info, names), () => true, max.steps)(plan['sites'], 'plan.sites')
  const site: Reader<string> = (name, at) => (text(1024)(name, at) in found ? (name as string) : refuse(at, 'a site'))
  for (const [name, { matrix }] of Object.entries(found)) {
    if (matrix && matrix.input !== null) site(matrix.input, `plan.sites.${name}.matrix.input`)
  }
  const blocks = list(readBlock(site), info.layers, true)(plan['blocks'], 'plan.blocks')
  for (const [name, { from }] of Object.entries(found)) {
    from.forEach((one, n) => site(one, `plan.sites.${name}.from[${n}]`))
  }
  const outputs = list((given, at): PlanInfo['outputs'][number] => {
    const output = object(given, at)
    return {
      name: one('logits', 'labels', 'token-labels', 'span', 'hidden', 'pooled')(output['name'], `${at}.name`),
      site: site(output['site'], `${at}.site`),
      rows: one('each', 'first', 'last')(output['rows'], `${at}.rows`),
      ...(output['labels'] !== undefined && { labels: list(text(), max.width)(output['labels'], `${at}.labels`) }),
    }
  }, 64)(
    plan['outputs'] ?? ('logits' in found ? [{ name: 'logits', site: 'logits', rows: 'each' }] : []),
    'plan.outputs',
  )
  return { ...own, outputs, sites: found, blocks: blocks.map((b, i) => (b.number < 0 ? { ...b, number: i } : b)) }
}

const readBlock =
  (site: Reader<string>): Reader<PlanInfo['blocks'][number]> =>
  (value, at) => {
    const block = object(value, at)
    const branches = list(readBranch(site), 8)(block['branches'], `${at}.branches`)
    if (branches.at(-1)?.writes == null) refuse(`${at}.branches`, 'a list of which the last writes a site')
    return {
      // models with an encoder, or that read token by token into a state, are not recorded; older files hold neither
      stack: one('decoder')(block['stack'] ?? 'decoder', `${at}.stack`),
      number: whole(-1, max.width)(block['number'] ?? -1, `${at}.number`),
      sites: list(site, 256)(block['sites'], `${at}.sites`),
      branches,
    }
  }

const readBranch =
  (site: Reader<string>): Reader<PlanInfo['blocks'][number]['branches'][number]> =>
  (value, at) => {
    const branch = object(value, at)
    return {
      name: one('attn', 'mlp')(branch['name'], `${at}.name`),
      reads: site(branch['reads'], `${at}.reads`),
      writes: nullable(site)(branch['writes'], `${at}.writes`),
      out: site(branch['out'], `${at}.out`),
      adds: text(1024)(branch['adds'], `${at}.adds`),
      ...(branch['breaks'] !== undefined && { breaks: one('norm', 'replaced')(branch['breaks'], `${at}.breaks`) }),
    }
  }

const readStep =
  (L: number): Reader<PlanStepInfo> =>
  (value, at) => {
    const s = object(value, at)
    return {
      name: text(1024)(s['name'], `${at}.name`),
      op: text(64)(s['op'], `${at}.op`),
      layer: whole(-1, L)(s['layer'], `${at}.layer`),
      part: one('body', 'head')(s['part'], `${at}.part`),
      args: table(text(1024), () => true, 64)(s['args'], `${at}.args`),
      params: table(real, () => true, 64)(s['params'], `${at}.params`),
      weights: nullable(text(1024))(s['weight'], `${at}.weight`)?.split('+') ?? [],
      bytes: whole(0, 2 ** 50)(s['bytes'], `${at}.bytes`),
    }
  }

const readSite =
  ({ layers }: GlassInfo, steps: ReadonlySet<string>): Reader<PlanSite> =>
  (value, at) => {
    const s = object(value, at)
    const step = text(1024)(s['step'], `${at}.step`)
    if (!steps.has(step)) refuse(`${at}.step`, 'a step of the plan')
    const count = (given: Record<string, unknown>, name: string, low = 1): number =>
      whole(low, max.width)(given[name], `${at}.${name}`)
    return {
      site: nullable(one<Site>(...sites))(s['site'], `${at}.site`),
      layer: whole(-1, layers - 1)(s['layer'], `${at}.layer`),
      // recordings of before sites were asked for by name hold those of a word
      side:
        s['side'] === undefined
          ? s['site'] === null
            ? null
            : 'text'
          : nullable(one('text', 'source'))(s['side'], `${at}.side`),
      step,
      width: count(s, 'width'),
      heads: s['heads'] === null ? null : count(s, 'heads'),
      from: list(text(1024), 64)(s['from'] ?? [], `${at}.from`),
      matrix: nullable((given, where): NonNullable<PlanSite['matrix']> => {
        const m = object(given, where)
        return {
          tensor: text(1024)(m['tensor'], `${where}.tensor`),
          rows: nullable((rows, there) => {
            const r = object(rows, there)
            return { every: count(r, 'every'), from: count(r, 'from', 0), count: count(r, 'count') }
          })(m['rows'], `${where}.rows`),
          input: nullable(text(1024))(m['input'], `${where}.input`),
          bias: m['bias'] === true,
        }
      })(s['matrix'], `${at}.matrix`),
    }
  }
