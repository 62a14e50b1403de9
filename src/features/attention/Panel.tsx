// The attention panel: the text on top, all heads on the left, one head close up on the right.
// Hover previews, click locks; j k tokens, h l heads and layers (shift goes back), a silences, c masks an edge.

import { useEffect, useMemo } from 'react'
import { useInspect, type HeadStats } from '../../store/inspect.ts'
import { useAsk, useAskLayers } from '../../store/ask.ts'
import { placeOf } from '../../store/edits.ts'
import { useKeys } from '../../ui/keys.ts'
import { useWishes, type Wish } from '../../store/lessons/wish.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { Arcs } from './Arcs.tsx'
import { Cross } from './Cross.tsx'
import { Flow } from './Flow.tsx'
import { Heads } from './Heads.tsx'
import { Lookup } from './Lookup.tsx'
import { Matrix } from './Matrix.tsx'
import styles from './Panel.module.css'
import { Product } from './Product.tsx'
import { allHeads, rowsAt } from './read.ts'
import { RunProvider, useRun, useRunNow, type Run } from './run.ts'
import { maskEdge, lookupTargets, strongestPush, toggleEdit, toggleSilenced } from './scores.ts'
import { firstShown, pictureOf } from './sink.ts'
import { Tokens } from './Tokens.tsx'
import { ToyMask } from './ToyMask.tsx'
import { useView, type Mode } from './view.ts'

export function Panel() {
  const run = useRunNow()
  if (run?.info.unsupported.some(({ view }) => view === 'attention')) return <NoAttention words={run.t} />
  return (
    run && (
      <RunProvider value={run}>
        <Body />
      </RunProvider>
    )
  )
}

const NoAttention = ({ words }: { words: Run['t'] }) => (
  <div className={styles.panel} data-testid="attention-none">
    <header className={styles.intro}>
      <h1>{words.title}</h1>
      <p>{words.none}</p>
    </header>
  </div>
)

const thumbnail = 32

function Body() {
  const run = useRun()
  const { info, t, position, layer } = run
  const { mode, hoverHead, hoverToken, sink, target, set } = useView()
  const shown = mode === 'cross' && !info.encoder ? 'matrix' : mode
  const writing = useInspect((s) => s.writing)
  const watch = useInspect((s) => s.watch)
  useEffect(() => watch(target), [target, watch])
  useEffect(() => {
    const { selection, select } = useInspect.getState()
    select({ position: placeOf(useView.getState().target, selection.position, false) })
  }, [])
  useShortcuts(run)
  useWhy(run)
  useWishes('attention', true, wished)
  // a head under the pointer is shown close up as if it were selected; a click keeps it
  const near = useMemo(() => (hoverHead ? run.to(hoverHead) : run), [run, hoverHead])
  // layers of the other half of an encoder–decoder have other tokens: those of the head that is shown count
  const at = Math.min(hoverToken ?? near.position, near.tokens.length - 1)
  const end = near.end(at)
  const rows = useAskLayers(
    at >= near.info.kept ? `rows ${at} ${end} ${near.reads}` : null,
    info.layers,
    near.layer,
    async (glass, l) =>
      run.infoOf(l).length === near.info.length ? rowsAt(glass, near.info, l, at, end) : new Float32Array(0),
  )
  // pictures of every head wait until the model has stopped writing
  const thumbnails = useAskLayers(writing ? null : `thumbnails ${sink}`, info.layers, layer, (glass, l) => {
    const { length, kept } = run.infoOf(l)
    const first = firstShown(sink, { length })
    return pictureOf(glass, sink, {
      layer: l,
      heads: allHeads(info),
      rows: [Math.max(first, kept), length],
      cols: [first, length],
      maxRows: thumbnail,
      maxCols: thumbnail,
    })
  })
  const stats = useStats(!writing && thumbnails.complete)
  return (
    <div
      className={styles.panel}
      data-testid="attention-panel"
      data-ready={thumbnails.complete && stats.fresh}
      data-thumbnails-ms={thumbnails.complete ? thumbnails.took.toFixed(0) : undefined}
      data-layer={layer}
      data-head={run.head}
      data-position={position}
    >
      <header className={styles.intro}>
        <h1>{t.title}</h1>
        <p>
          {run.sentences().lead} {info.encoder && t.stacks(info.encoder.layers)}
        </p>
      </header>
      <RunProvider value={near}>
        <Tokens rows={rows.layers} position={at}>
          <RunProvider value={run}>{run.sight.mask !== 'both' && !info.encoder && <Lookup />}</RunProvider>
        </Tokens>
      </RunProvider>
      <div className={styles.columns}>
        <Heads tiles={thumbnails.last} stats={stats.data} took={thumbnails.complete ? thumbnails.took : null} />
        <div className={styles.close}>
          <Segmented<Mode>
            label={t.modes.label}
            value={shown}
            onChange={(next) => set({ mode: next })}
            testId="mode"
            options={[
              { value: 'matrix', text: t.modes.matrix },
              { value: 'arcs', text: t.modes.arcs },
              { value: 'flow', text: t.modes.flow },
              { value: 'product', text: t.modes.product },
              ...(info.encoder ? [{ value: 'cross' as const, text: t.cross.mode }] : []),
            ]}
          />
          <RunProvider value={near}>
            {shown === 'matrix' && <Matrix thumbnail={thumbnails.last[near.layer] ?? null} />}
            {shown === 'arcs' && <Arcs />}
            {shown === 'flow' && <Flow />}
            {shown === 'product' && <Product rows={at === near.position ? rows.layers : []} />}
            {shown === 'cross' && <Cross />}
          </RunProvider>
        </div>
      </div>
      {/* its words are about weights under the causal mask */}
      {!run.wide && <ToyMask />}
      <p className={styles.keys}>{t.keys}</p>
    </div>
  )
}

/** A lesson wants an edge close up, or another picture. */
function wished({ key, view }: Wish): void {
  const mode = (['matrix', 'arcs', 'flow', 'product', 'cross'] as const).find((one) => one === view)
  useView.getState().set({ ...(key !== undefined && { key }), ...(mode && { mode }) })
}

/** Scores of all heads; the old ones stay on screen while the pictures are read again. */
function useStats(now: boolean): { data: HeadStats | null; fresh: boolean } {
  const { info } = useRun()
  const { stats: kept, set } = useView()
  const { data, fresh } = useAsk(now ? 'stats' : null, (glass) => glass.headStats())
  useEffect(() => {
    if (data && fresh) set({ stats: data })
  }, [data, fresh, set])
  return { data: data ?? (kept?.self.length === info.layers * info.heads ? kept : null), fresh }
}

/**
 * The chat asked what the model looked at when it chose a token: the head that looked the word up, or else the one that
 * pushed it most.
 */
function useWhy({ tokens, info }: Run): void {
  const why = useInspect((s) => s.why),
    writing = useInspect((s) => s.writing),
    takeWhy = useInspect((s) => s.takeWhy),
    select = useInspect((s) => s.select)
  const set = useView((s) => s.set)
  useEffect(() => {
    const token = why === null ? undefined : tokens[why]
    if (writing || !token || token.position === 0) return
    takeWhy()
    select({ position: token.position - 1 })
    if (lookupTargets(tokens).includes(token.position)) {
      return set({ searching: true, target: token.position, jump: true, mode: 'matrix' })
    }
    void useInspect
      .getState()
      .glass?.contributions(token.position - 1, token.id)
      .then(
        ({ heads }) => {
          const { selection } = useInspect.getState()
          if (selection.position === token.position - 1) select(strongestPush(heads, info.heads))
        },
        () => undefined,
      ) // a recording holds the pushes of its last tokens only: the head at hand stays
  }, [why, writing, tokens, info.heads, takeWhy, select, set])
}

function useShortcuts(run: Run): void {
  useKeys('attention', () => {
    const { select, edits, setEdits } = useInspect.getState()
    const { layer, head, position, info, editable } = run
    const { key, hoverHead } = useView.getState()
    // a key moves on from the head that the pointer rests on
    const go = (to: { layer?: number; head?: number }) => {
      useView.getState().set({ hoverHead: null })
      select(to)
    }
    return {
      j: () => run.pick(position + 1),
      k: () => run.pick(position - 1),
      h: () => go({ head: (head + 1) % info.heads }),
      H: () => go({ head: (head + info.heads - 1) % info.heads }),
      l: () => go({ layer: (layer + 1) % info.layers }),
      L: () => go({ layer: (layer + info.layers - 1) % info.layers }),
      a: () => {
        if (editable) void setEdits(toggleSilenced(edits, hoverHead ?? { layer, head }))
      },
      c: () => {
        const { mode, sourceKey } = useView.getState()
        if (mode === 'cross' && info.encoder && layer >= info.encoder.layers) {
          if (editable && sourceKey !== null && sourceKey < info.encoder.tokens.length) {
            void setEdits(toggleEdit(edits, maskEdge({ layer, head }, position, sourceKey, 'cross')))
          }
        } else if (editable && key !== null && key < run.end(position)) {
          void setEdits(toggleEdit(edits, maskEdge({ layer, head }, position, key)))
        }
      },
      u: () => {
        if (editable && edits.length) void setEdits(edits.slice(0, -1))
      },
      Escape: () => useView.getState().set({ key: null, hoverHead: null }),
    }
  })
}
