// What a recording must be, checked value by value before anything is allocated or drawn: every array's length follows
// from the run's dimensions, every float stands in the file (and once only), so that no number in the file can ask for
// more than the file brings. The file is anybody's.

import { findQuant } from '../quants/weight.ts'
import {
  sites,
  type Contributions,
  type Edit,
  type Glass,
  type GlassInfo,
  type GlassToken,
  type HeadStats,
  type LensCell,
  type PlanInfo,
  type ProbeResult,
  type Site,
  type StepTiming,
  type WeightTile,
} from './types.ts'
import { readPlan } from './recording-plan.ts'
import {
  damaged,
  finite,
  flag,
  list,
  max,
  nullable,
  object,
  one,
  real,
  refuse,
  table,
  text,
  tokenSet,
  whole,
  type Reader,
} from './recording-values.ts'

export interface Recording {
  info: GlassInfo
  tokens: GlassToken[]
  /** by layer and head: rows of the lower triangle, one after another; null: a slice without that layer */
  attention: (Float32Array[] | null)[]
  /** `${site}/${layer}/${position}` */
  probes: Record<string, ProbeResult>
  stats: HeadStats
  lens: LensCell[]
  contributions: Record<number, Contributions>
  weights: Awaited<ReturnType<Glass['weights']>>
  tiles: Record<string, WeightTile>
  plan: PlanInfo
  timings: StepTiming[]
  attentionErrors: Record<string, number>
  /** by layer; recordings made before this was kept have none */
  valueNorms?: (Float32Array | null)[]
  /** the number drawn at a position whose logits are kept; recordings made before this was kept have none */
  draws?: Record<number, number | null>
  /** there, where the answer had a form: which tokens could be drawn (sampler/form.ts) */
  forms?: Record<number, string>
  /** names of tokens that stand nowhere else in the file, by id; recordings made before this was kept have none */
  texts?: Record<number, string>
}

/** @param floats all of the file. @throws EngineError FILE_FORMAT naming what is not as it must be */
export function readRecording(value: unknown, floats: Float32Array): Recording {
  const given = object(value, 'recording')
  let taken = 0
  /** numbers of the payload; lists may not share them, or a small file could ask for any amount */
  const f32 =
    (length: number, exactly = true): Reader<Float32Array> =>
    (ref, at) => {
      const { $f32 } = object(ref, at)
      const [offset, count] = list(whole(0, floats.length), 2, true)($f32, at) as [number, number]
      if (exactly ? count !== length : count > length) refuse(at, `${length} numbers`)
      taken += count
      if (offset + count > floats.length || taken > floats.length) {
        throw damaged(`the numbers of "${at}" lie outside the file`)
      }
      return floats.subarray(offset, offset + count)
    }
  const u8 =
    (length: number): Reader<Uint8Array> =>
    (ref, at) =>
      Uint8Array.from(list(whole(0, 255), length, true)(object(ref, at)['$u8'], at))

  const info = readInfo(given['info'])
  const { layers: L, heads: H, kvHeads: K, headDim: d, hidden: D, ffn: F, vocab: V, length: T } = info
  const id = whole(0, V - 1),
    position = whole(0, T - 1)
  const candidate: Reader<GlassToken['top'][number]> = (item, at) => {
    const c = object(item, at)
    return {
      id: id(c['id'], `${at}.id`),
      text: text()(c['text'], `${at}.text`),
      logprob: real(c['logprob'], `${at}.logprob`),
    }
  }
  const tokens = list(
    (item, at): GlassToken => {
      const t = object(item, at)
      return {
        position: position(t['position'], `${at}.position`),
        id: id(t['id'], `${at}.id`),
        text: text()(t['text'], `${at}.text`),
        bytes: list(whole(0, 255), 4096)(t['bytes'], `${at}.bytes`),
        special: flag(t['special'], `${at}.special`),
        generated: flag(t['generated'], `${at}.generated`),
        logprob: nullable(finite)(t['logprob'], `${at}.logprob`),
        rank: nullable(whole(0, V))(t['rank'], `${at}.rank`),
        entropy: nullable(finite)(t['entropy'], `${at}.entropy`),
        margin: nullable(finite)(t['margin'], `${at}.margin`),
        top: list(candidate, max.candidates)(t['top'], `${at}.top`),
      }
    },
    T,
    true,
  )(given['tokens'], 'tokens')
  tokens.forEach((token, i) => {
    if (token.position !== i) refuse(`tokens[${i}].position`, String(i))
  })

  const plan = readPlan(given['plan'], info)
  // as the plan says; the first recordings name the widths of one shape of block
  const widths = new Map(Object.values(plan.sites).map(({ site, layer, width: n }) => [`${site}/${layer}`, n]))
  const width: Partial<Record<Site, number>> = {
    q: H * d,
    q_rope: H * d,
    z: H * d,
    k: K * d,
    v: K * d,
    k_rope: K * d,
    gate: F,
    up: F,
    act: F,
    logits: V,
  }
  const kept = new Set<string>(sites.filter((site) => site !== 'scores' && site !== 'probs'))
  const probe: Reader<ProbeResult> = (item, at) => {
    const p = object(item, at)
    const [, site, layer] = at.split(/[./]/)
    const need = widths.get(`${site}/${layer}`) ?? width[site as Site] ?? D
    const shape = list(whole(1, max.width), 2)(p['shape'], `${at}.shape`)
    if (shape.reduce((a, b) => a * b, 1) !== need) refuse(`${at}.shape`, `the shape of ${need} numbers`)
    if (shape.length === 2 && shape[0] !== H && shape[0] !== K) refuse(`${at}.shape`, 'by heads')
    return { shape, values: f32(need)(p['values'], `${at}.values`), norm: real(p['norm'], `${at}.norm`) }
  }
  const probeKey = (name: string): boolean => {
    const [, site, layer, at] = /^([a-z_]+)\/(\d{1,3})\/(\d{1,5})$/.exec(name) ?? []
    return site !== undefined && kept.has(site) && Number(layer) < L && Number(at) < T
  }
  const at =
    (high: number) =>
    (name: string): boolean =>
      /^\d{1,6}$/.test(name) && Number(name) <= high
  const stats = object(given['stats'], 'stats')
  const stat = (name: keyof HeadStats): Float32Array => f32(L * H)(stats[name], `stats.${name}`)
  const tensors = list((item, where) => {
    const w = object(item, where)
    return {
      tensor: text(1024)(w['tensor'], `${where}.tensor`),
      format: text(64)(w['format'], `${where}.format`),
      rows: whole(1, 2 ** 31)(w['rows'], `${where}.rows`),
      cols: whole(1, 2 ** 31)(w['cols'], `${where}.cols`),
      bytes: whole(0, 2 ** 50)(w['bytes'], `${where}.bytes`),
    }
  }, max.steps)(given['weights'], 'weights')
  const names = new Set(tensors.map((w) => w.tensor))
  return {
    info,
    tokens,
    attention: list(nullable(list(f32((T * (T + 1)) / 2), H, true)), L, true)(given['attention'], 'attention'),
    probes: table(probe, probeKey, sites.length * L * T)(given['probes'], 'probes'),
    stats: {
      self: stat('self'),
      previous: stat('previous'),
      induction: stat('induction'),
      entropy: stat('entropy'),
      relativeEntropy: stat('relativeEntropy'),
      distance: stat('distance'),
      distanceVariance: stat('distanceVariance'),
      sink: stat('sink'),
    },
    lens: list(
      (item, where): LensCell => {
        const c = object(item, where)
        return {
          layer: whole(-1, L - 1)(c['layer'], `${where}.layer`),
          position: position(c['position'], `${where}.position`),
          top: list(candidate, max.candidates)(c['top'], `${where}.top`),
          entropy: real(c['entropy'], `${where}.entropy`),
          kl: real(c['kl'], `${where}.kl`),
          targets: [],
        }
      },
      (L + 1) * T,
    )(given['lens'], 'lens'),
    contributions: table(
      (item, where): Contributions => {
        const c = object(item, where)
        return {
          target: id(c['target'], `${where}.target`),
          embed: real(c['embed'], `${where}.embed`),
          attn: f32(L)(c['attn'], `${where}.attn`),
          mlp: f32(L)(c['mlp'], `${where}.mlp`),
          heads: f32(L * H)(c['heads'], `${where}.heads`),
          bias: c['bias'] === undefined ? 0 : real(c['bias'], `${where}.bias`),
          logit: real(c['logit'], `${where}.logit`),
        }
      },
      at(T - 1),
      T,
    )(given['contributions'], 'contributions'),
    weights: tensors,
    tiles: table(
      (item, where) => readTile(item, where, f32, u8),
      (name) => names.has(name),
      max.steps,
    )(given['tiles'], 'tiles'),
    plan,
    timings: list((item, where): StepTiming => {
      const s = object(item, where)
      return {
        name: text(1024)(s['name'], `${where}.name`),
        microseconds: finite(s['microseconds'], `${where}.microseconds`),
        runs: whole(0, 1e9)(s['runs'], `${where}.runs`),
      }
    }, max.steps)(given['timings'], 'timings'),
    attentionErrors: table(real, (name) => /^\d{1,3}\/\d{1,5}$/.test(name), L * T)(given['proofs'], 'proofs'),
    ...(given['valueNorms'] !== undefined && {
      valueNorms: list(nullable(f32(H * T)), L, true)(given['valueNorms'], 'valueNorms'),
    }),
    ...(given['texts'] !== undefined && { texts: table(text(), at(V - 1), V)(given['texts'], 'texts') }),
    ...(given['forms'] !== undefined && { forms: table(tokenSet(V), at(T), T + 1)(given['forms'], 'forms') }),
    ...(given['draws'] !== undefined && { draws: table(nullable(finite), at(T), T + 1)(given['draws'], 'draws') }),
  }
}

function readInfo(value: unknown): GlassInfo {
  const given = object(value, 'info')
  const count = (name: string, high: number): number => whole(1, high)(given[name], `info.${name}`)
  const layers = count('layers', max.layers),
    heads = count('heads', max.heads),
    kvHeads = count('kvHeads', heads),
    headDim = count('headDim', 4096)
  if (layers * heads > max.allHeads) refuse('info.heads', `at most ${max.allHeads} in all layers`)
  if (heads % kvHeads !== 0) refuse('info.kvHeads', 'a divisor of heads')
  const hidden = count('hidden', max.width),
    length = count('length', max.tokens)
  const rope: Reader<GlassInfo['rope']> = (value, at) => {
    const r = object(value, at)
    return {
      layout: one('half', 'interleaved')(r['layout'], `${at}.layout`),
      rotary: whole(0, headDim)(r['rotary'], `${at}.rotary`),
      inv: list(finite, headDim)(r['inv'], `${at}.inv`),
      factor: finite(r['factor'], `${at}.factor`),
    }
  }
  const bytes = object(given['bytes'] ?? {}, 'info.bytes')
  const size = (name: string): number => whole(0, 2 ** 50)(bytes[name] ?? 0, `info.bytes.${name}`)
  return {
    source: 'recording',
    model: text(1024)(given['model'], 'info.model'),
    family: text(1024)(given['family'], 'info.family'),
    layers,
    heads,
    kvHeads,
    headDim,
    hidden,
    ffn: count('ffn', max.width),
    vocab: count('vocab', 2 ** 24),
    length,
    kept: whole(0, 0)(given['kept'], 'info.kept'),
    windows: list(whole(0, 2 ** 31), layers, true)(given['windows'], 'info.windows'),

    rope: rope(given['rope'], 'info.rope'),
    // of before a model could have several: that one alone
    ...(given['ropes'] !== undefined && { ropes: { ...table(rope, () => true, 64)(given['ropes'], 'info.ropes') } }),
    bytes: {
      activations: size(bytes['activations'] === undefined ? 'tapes' : 'activations'),
      planned: size('planned'),
      budget: size('budget'),
    },
    encoder: null,
    predicts: 'next',
    seen: 0,
    mask: null,
    // of before this was kept: everything was told
    unsupported: list((item, at) => {
      const absence = object(item, at)
      return {
        view: one('contributions', 'direction')(absence['view'], `${at}.view`),
        reason: one('sums', 'linear')(absence['reason'], `${at}.reason`),
      }
    }, 2)(given['unsupported'] ?? [], 'info.unsupported'),
    edits: list(readEdit(layers, heads, hidden, length), max.edits)(given['edits'], 'info.edits'),
    ...(given['adapters'] !== undefined && {
      adapters: list((item, at) => {
        const adapter = object(item, at)
        return { name: text(1024)(adapter['name'], `${at}.name`), scale: finite(adapter['scale'], `${at}.scale`) }
      }, 64)(given['adapters'], 'info.adapters'),
    }),
  }
}

/** Edits under their words in files, of which two are older than the words used everywhere else. */
export const fileEdit = (edit: Edit): object =>
  edit.kind === 'mask-edges' ? { ...edit, kind: 'cut' } : edit.kind === 'evict' ? { ...edit, kind: 'drop' } : edit

const readEdit =
  (L: number, H: number, D: number, T: number): Reader<Edit> =>
  (value, at) => {
    const e = object(value, at)
    const kind = one('scale-head', 'skip', 'cut', 'direction', 'patch', 'drop', 'turn')(e['kind'], `${at}.kind`)
    const layer = (low: number): number => whole(low, L - 1)(e['layer'], `${at}.layer`)
    const range = (name: string): [number, number] =>
      list(whole(0, 2 ** 31), 2, true)(e[name], `${at}.${name}`) as [number, number]
    const label = typeof e['label'] === 'string' ? { label: text()(e['label'], `${at}.label`) } : {}
    const vector = (name: string): number[] => list(finite, D, true)(e[name], `${at}.${name}`)
    switch (kind) {
      case 'scale-head':
        return {
          kind,
          layer: layer(0),
          head: whole(0, H - 1)(e['head'], `${at}.head`),
          factor: finite(e['factor'], `${at}.factor`),
        }
      case 'skip':
        return { kind, layer: layer(0), part: one('attn', 'cross', 'mlp')(e['part'], `${at}.part`) }
      case 'cut':
        return {
          kind: 'mask-edges',
          layer: layer(-1),
          head: whole(-1, H - 1)(e['head'], `${at}.head`),
          queries: range('queries'),
          keys: range('keys'),
          ...(e['branch'] !== undefined && { branch: one('cross')(e['branch'], `${at}.branch`) }),
        }
      case 'direction':
        return {
          kind,
          layer: layer(-1),
          positions: range('positions'),
          mode: one('add', 'ablate')(e['mode'], `${at}.mode`),
          factor: finite(e['factor'], `${at}.factor`),
          direction: vector('direction'),
          ...label,
        }
      case 'patch':
        return {
          kind,
          layer: layer(-1),
          position: whole(0, T - 1)(e['position'], `${at}.position`),
          values: vector('values'),
          ...label,
        }
      case 'drop':
        return { kind: 'evict', keys: range('keys') }
      case 'turn':
        return { kind, by: e['by'] === null ? null : whole(0, 2 ** 20)(e['by'], `${at}.by`) }
    }
  }

function readTile(
  value: unknown,
  at: string,
  f32: (length: number, exactly?: boolean) => Reader<Float32Array>,
  u8: (length: number) => Reader<Uint8Array>,
): WeightTile {
  const w = object(value, at),
    t = object(w['tile'], `${at}.tile`)
  const part = (name: string, low: number): number => whole(low, max.width)(t[name], `${at}.tile.${name}`)
  const tile = { row: part('row', 0), col: part('col', 0), rows: part('rows', 1), cols: part('cols', 1) }
  const cells = tile.rows * tile.cols
  const format = text(64)(w['format'], `${at}.format`)
  const codes = nullable(u8(cells))(w['codes'], `${at}.codes`)
  const scales = nullable(f32(cells))(w['scales'], `${at}.scales`)
  const values = f32(cells)(w['values'], `${at}.values`)
  // recordings made before these were kept: the format's own, and what is left of a value over code * scale
  const known = findQuant(format)
  const coding =
    w['coding'] === undefined
      ? (known?.coding ?? 'float')
      : one('float', 'book', 'signed', 'centered', 'counted')(w['coding'], `${at}.coding`)
  const bits = w['bits'] === undefined ? (known?.bits ?? 8) : whole(1, 64)(w['bits'], `${at}.bits`)
  const offsets =
    w['offsets'] !== undefined
      ? nullable(f32(cells))(w['offsets'], `${at}.offsets`)
      : coding === 'counted' && codes && scales
        ? values.map((value, i) => value - codes[i]! * scales[i]!)
        : null
  return {
    tensor: text(1024)(w['tensor'], `${at}.tensor`),
    format,
    rows: whole(tile.row + tile.rows, 2 ** 31)(w['rows'], `${at}.rows`),
    cols: whole(tile.col + tile.cols, 2 ** 31)(w['cols'], `${at}.cols`),
    tile,
    codes,
    coding,
    bits,
    table: nullable(f32(65_536, false))(w['table'], `${at}.table`),
    scales,
    offsets,
    values,
    nested: nullable(
      list((item, where) => {
        const n = object(item, where)
        const number = (name: string): number => real(n[name], `${where}.${name}`)
        return {
          block: number('block'),
          code: number('code'),
          map: number('map'),
          absmax: number('absmax'),
          offset: number('offset'),
          scale: number('scale'),
        }
      }, cells),
    )(w['nested'], `${at}.nested`),
    block: whole(0, max.width)(w['block'], `${at}.block`),
    source: nullable(f32(cells))(w['source'], `${at}.source`),
    fileCodes: w['fileCodes'] === true,
  }
}
