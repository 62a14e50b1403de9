// "Find the lookup head": when the answer's word was chosen, which head was looking at that word in the text?
// It ranks every head by its weight there, jumps to the first, and offers to mask that edge and see what is said then.

import { useEffect, useMemo } from 'react'
import { useInspect, type Edit } from '../../store/inspect.ts'
import { useAskLayers } from '../../store/ask.ts'
import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { Effect } from './Effect.tsx'
import styles from './Lookup.module.css'
import { rowsAt } from './read.ts'
import { useRun } from './run.ts'
import {
  bestTarget,
  maskEdge,
  foundHeads,
  hasEdit,
  looking,
  lookupTargets,
  rankLookups,
  sourcesOf,
  toggleEdits,
  type ScoredHead,
} from './scores.ts'
import { useView } from './view.ts'

/** Bars at most, where many heads are found. */
const max = 24

export function Lookup() {
  const { info, tokens, t, layer } = useRun()
  const { target: chosen, searching, jump, found, set } = useView()
  const { select, writing, edits } = useInspect()
  const targets = lookupTargets(tokens)
  const target = chosen !== null && targets.includes(chosen) ? chosen : bestTarget(tokens)
  const query = target === null ? null : target - 1
  const ready = query !== null && query >= info.kept
  // what was found is about the model as it is; while it is edited the finding stands, to be compared with
  const text = useMemo(() => tokens.map((token) => token.id).join(), [tokens])
  const kept = found?.text === text && found.target === target ? found.ranked : null
  const answers = useAskLayers(
    searching && ready && !(kept && edits.length > 0) ? `lookup ${query}` : null,
    info.layers,
    layer,
    (glass, l) => rowsAt(glass, info, l, query!),
  )
  const ranked = useMemo(
    () =>
      answers.complete && target !== null ? rankLookups(answers.layers, info.heads, sourcesOf(tokens, target)) : null,
    [answers.complete, answers.layers, info.heads, tokens, target],
  )
  useEffect(() => {
    if (ranked && target !== null && edits.length === 0) set({ found: { text, target, ranked } })
  }, [ranked, target, edits.length, text, set])
  if (target === null || !ready) return <p className={styles.none}>{writing ? t.lookup.writing : t.lookup.none}</p>
  const sources = sourcesOf(tokens, target)
  const shown = edits.length > 0 && kept ? kept : ranked
  const search = () => {
    set({ searching: true, target, jump: true })
    select({ position: query! })
  }
  return (
    <section
      className={styles.lookup}
      aria-label={t.lookup.title}
      data-testid="lookup"
      data-target={target}
      data-sources={sources.join(' ')}
    >
      <div className={styles.ask}>
        <span>{t.lookup.question}</span>
        <span className={styles.targets}>
          {targets.slice(0, 12).map((p) => (
            <Target key={p} position={p} on={p === target} />
          ))}
        </span>
        <Button variant={searching ? 'plain' : 'primary'} icon="find" onClick={search} data-testid="find-lookup">
          {t.lookup.find}
        </Button>
      </div>
      {searching && !shown && (
        <p className={styles.none} aria-busy="true">
          {t.lookup.looking}
        </p>
      )}
      {searching && shown && jump && <Jump ranked={shown} target={target} sources={sources} />}
      {searching && shown && <Found ranked={shown} target={target} sources={sources} />}
    </section>
  )
}

/** What was found is selected, once: the pictures below show it, and the buttons speak of it. */
function Jump({
  ranked,
  target,
  sources,
}: {
  ranked: readonly ScoredHead[]
  target: number
  sources: readonly number[]
}) {
  const go = useGo(target, sources)
  const set = useView((s) => s.set)
  useEffect(() => {
    set({ jump: false })
    go(ranked[0]!)
  })
  return null
}

function Target({ position, on }: { position: number; on: boolean }) {
  const { views, t } = useRun()
  const set = useView((s) => s.set)
  const select = useInspect((s) => s.select)
  const searching = useView((s) => s.searching)
  return (
    <button
      type="button"
      className={styles.target}
      aria-pressed={on}
      title={t.lookup.choose}
      onClick={() => {
        set({ target: position })
        if (searching) {
          set({ jump: true })
          select({ position: position - 1 })
        }
      }}
    >
      <TokenChip view={views[position]!} generated selected={on} />
    </button>
  )
}

function Found({
  ranked,
  target,
  sources,
}: {
  ranked: readonly ScoredHead[]
  target: number
  sources: readonly number[]
}) {
  const { t, common, views, percent, layer, head, editable } = useRun()
  const { edits, setEdits } = useInspect()
  const set = useView((s) => s.set)
  const go = useGo(target, sources)
  const first = ranked[0]!
  const edges = (to: ScoredHead): Edit[] => sources.map((key) => maskEdge(to, target - 1, key))
  const isMasked = (maskedEdges: readonly Edit[]): boolean => maskedEdges.every((masked) => hasEdit(edits, masked))
  const found = foundHeads(ranked, sources.length),
    all = found.flatMap(edges)
  const places = sources.map((key): Edit => ({ kind: 'evict', keys: [key, key + 1] }))
  const one = found.find((r) => r.layer === layer && r.head === head) ?? first
  return (
    <div className={styles.found}>
      <p className={styles.sentence} data-testid="lookup-sentence">
        {t.lookup.before} <TokenChip view={views[target]!} generated />
        {t.lookup.found(t.headName(first.layer, first.head), percent(first.value), sources.length)}
        {sources.slice(0, 4).map((key) => (
          <span key={key} className={styles.source}>
            <TokenChip view={views[key]!} /> <small>{common.strip.token(key)}</small>
          </span>
        ))}
        {first.value < 0.1 && <em>{t.lookup.weak}</em>}
      </p>
      <ol className={styles.ranking} data-testid="lookup-ranking">
        {ranked.slice(0, Math.max(6, Math.min(max, found.length))).map((r, i) => (
          <li key={`${r.layer} ${r.head}`} data-found={found.includes(r)}>
            <button
              type="button"
              aria-pressed={r.layer === layer && r.head === head}
              data-masked={isMasked(edges(r))}
              data-head={`${r.layer},${r.head}`}
              data-weight={r.value}
              onClick={() => go(r)}
              onPointerEnter={() => set({ hoverHead: r })}
              onPointerLeave={() => set({ hoverHead: null })}
            >
              <span className={styles.rank}>{i + 1}</span>
              <span className={styles.name}>{t.headName(r.layer, r.head)}</span>
              <span className={styles.track} aria-hidden="true">
                <span style={{ width: `${Math.max(0.5, r.value * 100)}%` }} />
              </span>
              <output>{percent(r.value)}</output>
            </button>
          </li>
        ))}
      </ol>
      <p className={styles.key} data-testid="lookup-found">
        {first.value >= looking
          ? t.lookup.counted(found.length, ranked.length, percent(looking))
          : t.lookup.noneFound(t.headName(first.layer, first.head), percent(looking))}
      </p>
      <div className={styles.actions}>
        {found.length > 1 && (
          <Button
            variant="primary"
            icon={isMasked(all) ? 'undo' : 'cut'}
            disabled={!editable}
            data-testid="mask-all-lookups"
            data-heads={found.length}
            onClick={() => void setEdits(toggleEdits(edits, all))}
          >
            {isMasked(all) ? t.lookup.uncutAll(found.length) : t.lookup.maskAll(found.length)}
          </Button>
        )}
        <Button
          variant={found.length > 1 ? 'plain' : 'primary'}
          icon={isMasked(edges(one)) ? 'undo' : 'cut'}
          disabled={!editable}
          data-testid="mask-lookup"
          onClick={() => {
            go(one)
            void setEdits(toggleEdits(edits, edges(one)))
          }}
        >
          {isMasked(edges(one))
            ? t.lookup.uncut(t.headName(one.layer, one.head))
            : t.lookup.maskEdges(t.headName(one.layer, one.head))}
        </Button>
        <Button
          icon={isMasked(places) ? 'undo' : 'close'}
          disabled={!editable}
          title={t.lookup.hideHint}
          data-testid="hide-lookup"
          onClick={() => void setEdits(toggleEdits(edits, places))}
        >
          {isMasked(places) ? t.lookup.unhide(sources.length) : t.lookup.hide(sources.length)}
        </Button>
      </div>
      <Effect
        target={target}
        still={isMasked(places) ? t.lookup.stillHidden : isMasked(all) ? t.lookup.still : undefined}
      />
    </div>
  )
}

/** Selects a head at the moment the target was chosen, and the edge in it. */
function useGo(target: number, sources: readonly number[]): (to: ScoredHead) => void {
  const select = useInspect((s) => s.select),
    set = useView((s) => s.set)
  return (to) => {
    select({ position: target - 1, layer: to.layer, head: to.head })
    set({ key: sources.length === 1 ? sources[0]! : null, hoverHead: null })
  }
}
