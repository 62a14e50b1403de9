// The KV cache: what every earlier token left behind for this layer, which heads share it, what it costs, and what
// happens to the answer when a token is taken out of it.

import { useAsk, useAskLayers } from '../../store/ask.ts'
import { mostMoved } from '../../store/edits.ts'
import { useModels } from '../../store/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { Drawing } from '../../ui/Drawing.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { barsList, layerAtY, layersList, slotAt } from './cache-draw.ts'
import { bytesPerToken, cacheOf, isEvicted, normsAt, slotNorms, toggleEvicted, type CacheLayer } from './cache.ts'
import { Card, Sums } from './Card.tsx'
import cacheStyles from './Cache.module.css'
import styles from './Cards.module.css'
import { num, useRun } from './run.ts'
import { arrayOf, stacked } from './strip-draw.ts'
import { ElementField } from './Strip.tsx'
import { Table } from './Table.tsx'
import { useView } from './view.ts'

/** slots of all layers that are read without being asked to */
const few = 1500

export function CacheCard() {
  const { info, t, common, layer, head, position, tokens, views, format, outline } = useRun()
  const { slot, everyLayer, plane, set } = useView()
  const { select, writing, edits, editing, setEdits } = useInspect()
  const model = useModels((s) => s.active?.info ?? null)
  const scheme = useScheme()
  const paint = (name: string) => themeColor(name, scheme)
  const answer = useAsk(writing ? null : `cache ${layer}`, (glass) => cacheOf(glass, info, layer))
  const all = everyLayer || info.layers * (info.length - info.kept) <= few
  const layers = useAskLayers(writing || !all || !answer.fresh ? null : 'caches', info.layers, layer, (glass, l) =>
    l < outline.sourceLayers ? Promise.resolve(null) : cacheOf(glass, info, l),
  )
  const group = info.heads / info.kvHeads,
    g = Math.floor(head / group)
  const picked = Math.max(info.kept, Math.min(slot ?? position, info.length - 1))
  const slotsOf = (cache: CacheLayer) => {
    const one = (norm: Float32Array) =>
      Float32Array.from({ length: cache.length }, (_, p) => norm[p * info.kvHeads + g]!)
    const window = info.windows[layer] ?? 0
    return {
      from: cache.from,
      k: one(cache.kNorm),
      v: one(cache.vNorm),
      evicted: (p: number) => isEvicted(edits, p),
      picked,
      window: window > 0 ? info.length - window : 0,
    }
  }
  const rows = layers.last.map((l) => l && slotNorms(l, info.kvHeads, plane))
  const kept = outline.parts.filter(({ ops }) => ops.some(({ op }) => op === 'cache')).length
  const per = bytesPerToken(info, kept)
  return (
    <Card
      op="cache"
      title={t.cache.title}
      caption={t.cache.caption}
      answer={answer}
      files={(cache) => ({
        numbers: () => ({
          kvHead: g,
          bytesPerToken: per,
          from: cache.from,
          shape: [cache.length, info.kvHeads, info.headDim],
          kNorm: cache.kNorm,
          vNorm: cache.vNorm,
        }),
        array: () => ({ ...arrayOf([cache.k, cache.v]), shape: [2, cache.length, info.kvHeads, info.headDim] }),
        drawing: () =>
          stacked(
            760,
            [
              { name: t.cache.head(g), list: barsList(760, slotsOf(cache), paint, t.cache) },
              { name: t.cache.layers, list: layersList(760, rows, layer, plane, scheme, paint) },
            ],
            scheme,
          ),
      })}
    >
      {(cache) => {
        const slots = slotsOf(cache),
          norms = normsAt(cache, info.kvHeads, g, picked),
          gone = isEvicted(edits, picked),
          whole = !Number.isNaN(slots.k[0]!)
        return (
          <>
            <Groups />
            <Drawing
              draw={(w) => barsList(w, slots, paint, t.cache)}
              label={t.cache.label(cache.length, g)}
              pointer
              testId="cache-bars"
              onPick={({ x }) =>
                set({
                  slot:
                    cache.from +
                    slotAt(
                      x,
                      document.querySelector<HTMLElement>('[data-testid="cache-bars"]')!.clientWidth,
                      cache.length,
                    ),
                })
              }
            />
            {!whole && <p className={styles.note}>{t.cache.partial}</p>}
            <div className={cacheStyles.slot} data-testid="cache-slot" data-slot={picked} data-evicted={gone}>
              <TokenChip view={views[picked]!} special={tokens[picked]!.special} title={common.strip.token(picked)} />
              {norms === null ? (
                <span>–</span>
              ) : (
                <span>
                  ‖k‖{' '}
                  <b data-testid="cache-k" data-value={norms.k}>
                    {num(norms.k)}
                  </b>{' '}
                  · ‖v‖{' '}
                  <b data-testid="cache-v" data-value={norms.v}>
                    {num(norms.v)}
                  </b>
                </span>
              )}
              <ElementField
                count={info.length}
                value={picked}
                label={t.cache.slot}
                onChange={(p) => set({ slot: p })}
              />
              {info.source === 'live' ? (
                <Button
                  variant={gone ? 'plain' : 'danger'}
                  icon={gone ? 'undo' : 'trash'}
                  disabled={writing || editing}
                  onClick={() => void setEdits(toggleEvicted(edits, picked))}
                  data-testid="cache-evict"
                >
                  {gone ? t.cache.keep : t.cache.evict}
                </Button>
              ) : (
                <span>{t.cache.frozen}</span>
              )}
            </div>
            <Evicted />
            <p className={styles.field}>
              {t.cache.layers}{' '}
              <Segmented
                label={t.cache.plane}
                value={plane}
                onChange={(next) => set({ plane: next })}
                options={[
                  { value: 'k', text: t.cache.keys },
                  { value: 'v', text: t.cache.values },
                ]}
              />
            </p>
            {all ? (
              <Drawing
                draw={(w) => layersList(w, rows, layer, plane, scheme, paint)}
                label={t.cache.layersLabel(info.layers)}
                pointer
                testId="cache-layers"
                onPick={({ x, y }) => {
                  select({ layer: layerAtY(y, info.layers) })
                  set({
                    slot:
                      cache.from +
                      slotAt(
                        x,
                        document.querySelector<HTMLElement>('[data-testid="cache-layers"]')!.clientWidth,
                        cache.length,
                      ),
                  })
                }}
              />
            ) : (
              <Button onClick={() => set({ everyLayer: true })}>{t.cache.readAll(info.layers)}</Button>
            )}
            <Sums
              rows={[
                {
                  name: t.cache.perToken,
                  value: (
                    <>
                      2 × {kept} × {info.kvHeads} × {info.headDim} × {Float32Array.BYTES_PER_ELEMENT} ={' '}
                      {format.number(per)} B
                    </>
                  ),
                  exact: per,
                  testId: 'cache-bytes',
                },
                {
                  name: t.cache.used(format.number(info.length)),
                  value: format.bytes(per * info.length),
                  exact: per * info.length,
                },
                ...(info.source === 'live' && model
                  ? [
                      {
                        name: t.cache.reserved(format.number(model.context)),
                        value: format.bytes(model.bytes.cache),
                        exact: model.bytes.cache,
                        testId: 'cache-reserved',
                      },
                    ]
                  : []),
                ...(group > 1
                  ? [{ name: t.cache.unshared(info.heads), value: format.bytes(per * group * info.length) }]
                  : []),
              ]}
            />
            <Table
              name={t.cache.table}
              head={[t.cache.slot, t.cache.token, '‖k‖', '‖v‖']}
              testId="cache-table"
              rows={() =>
                shownRows(slots.k.length, picked - cache.from).map((p) => [
                  cache.from + p,
                  views[cache.from + p]?.label ?? '',
                  Number.isNaN(slots.k[p]!) ? '–' : num(slots.k[p]!),
                  Number.isNaN(slots.v[p]!) ? '–' : num(slots.v[p]!),
                ])
              }
            />
          </>
        )
      }}
    </Card>
  )
}

/** A table is for reading: forty rows around the picked slot. */
const shownRows = (count: number, at: number): number[] => {
  const from = Math.max(0, Math.min(count - 40, at - 20))
  return Array.from({ length: Math.min(40, count) }, (_, i) => from + i)
}

/** Which query heads read which kv head. */
function Groups() {
  const { info, t, head } = useRun()
  const select = useInspect((s) => s.select)
  const group = info.heads / info.kvHeads
  return (
    <div className={cacheStyles.groups} role="group" aria-label={t.cache.groups}>
      {Array.from({ length: info.kvHeads }, (_, g) => (
        <span key={g} className={cacheStyles.group} data-here={Math.floor(head / group) === g} data-testid="kv-group">
          <small>{t.cache.kv(g)}</small>
          {Array.from({ length: group }, (_, n) => g * group + n).map((h) => (
            <button
              key={h}
              type="button"
              aria-pressed={h === head}
              aria-label={t.head(h)}
              onClick={() => select({ head: h })}
            >
              {h}
            </button>
          ))}
        </span>
      ))}
    </div>
  )
}

/** What taking slots out did to the text: the bar above the panel says more. */
function Evicted() {
  const { t, tokens, views, format } = useRun()
  const { edits, before } = useInspect()
  const count = edits.reduce((n, e) => n + (e.kind === 'evict' ? e.keys[1] - e.keys[0] : 0), 0)
  if (count === 0 || !before || before.length !== tokens.length) return null
  const moved = mostMoved(before, tokens, 3)
  return (
    <div className={styles.sum} role="status" data-testid="cache-effect">
      {t.cache.evicted(count)}{' '}
      {moved.map((m) => (
        <span key={m.position} className={cacheStyles.moved}>
          <TokenChip view={views[m.position]!} /> {format.percent(m.before)} → {format.percent(m.after)}
        </span>
      ))}
    </div>
  )
}
