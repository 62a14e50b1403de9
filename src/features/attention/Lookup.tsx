// "Find the lookup head": when the answer's word was chosen, which head was looking at that word in the text?
// It ranks every head by its weight there, jumps to the first, and offers to cut that look and see what is said then.

import { useEffect, useMemo } from 'react'
import { useInspect } from '../../store/inspect.ts'
import { useAskLayers } from '../../store/ask.ts'
import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import styles from './Lookup.module.css'
import { rowsAt } from './read.ts'
import { useRun } from './run.ts'
import { bestTarget, cutEdge, hasEdit, lookupTargets, rankLookups, sourcesOf, type ScoredHead } from './scores.ts'
import { useView } from './view.ts'

export function Lookup() {
  const { info, tokens, t, layer } = useRun()
  const { target: chosen, searching, found, set } = useView()
  const { select, writing, edits } = useInspect()
  const targets = lookupTargets(tokens)
  const target = chosen !== null && targets.includes(chosen) ? chosen : bestTarget(tokens)
  const query = target === null ? null : target - 1
  const ready = query !== null && query >= info.kept
  // what was found is about the model as it is; while it is edited the finding stands, to be compared with
  const text = useMemo(() => tokens.map((token) => token.id).join(), [tokens])
  const kept = found?.text === text && found.target === target ? found.ranked : null
  const answers = useAskLayers(searching && ready && !(kept && edits.length > 0) ? `lookup ${query}` : null, info.layers, layer, (glass, l) => rowsAt(glass, info, l, query!))
  const ranked = useMemo(() => (answers.complete && target !== null ? rankLookups(answers.layers, info.heads, sourcesOf(tokens, target)) : null), [answers.complete, answers.layers, info.heads, tokens, target])
  useEffect(() => { if (ranked && target !== null && edits.length === 0) set({ found: { text, target, ranked } }) }, [ranked, target, edits.length, text, set])
  if (target === null || !ready) return <p className={styles.none}>{writing ? t.lookup.writing : t.lookup.none}</p>
  const sources = sourcesOf(tokens, target)
  const shown = edits.length > 0 && kept ? kept : ranked
  const search = () => { set({ searching: true, target }); select({ position: query! }) }
  return (
    <section className={styles.lookup} aria-label={t.lookup.title} data-testid="lookup" data-target={target} data-sources={sources.join(' ')}>
      <div className={styles.ask}>
        <span>{t.lookup.question}</span>
        <span className={styles.targets}>
          {targets.slice(0, 12).map((p) => <Target key={p} position={p} on={p === target} />)}
        </span>
        <Button variant={searching ? 'plain' : 'primary'} icon="find" onClick={search} data-testid="find-lookup">{t.lookup.find}</Button>
      </div>
      {searching && !shown && <p className={styles.none} aria-busy="true">{t.lookup.looking}</p>}
      {searching && shown && <Found ranked={shown} target={target} sources={sources} />}
    </section>
  )
}

function Target({ position, on }: { position: number; on: boolean }) {
  const { views, t } = useRun()
  const set = useView((s) => s.set)
  const select = useInspect((s) => s.select)
  const searching = useView((s) => s.searching)
  return (
    <button type="button" className={styles.target} aria-pressed={on} title={t.lookup.choose} onClick={() => { set({ target: position }); if (searching) select({ position: position - 1 }) }}>
      <TokenChip view={views[position]!} generated selected={on} />
    </button>
  )
}

function Found({ ranked, target, sources }: { ranked: readonly ScoredHead[]; target: number; sources: readonly number[] }) {
  const { t, views, percent, layer, head, editable } = useRun()
  const { select, edits, setEdits } = useInspect()
  const set = useView((s) => s.set)
  const first = ranked[0]!
  const go = (to: ScoredHead) => { select({ position: target - 1, layer: to.layer, head: to.head }); set({ key: sources.length === 1 ? sources[0]! : null, hoverHead: null }) }
  const now = ranked.find((r) => r.layer === layer && r.head === head) ?? first
  const cuts = sources.map((key) => cutEdge(now, target - 1, key))
  const isCut = cuts.every((cut) => hasEdit(edits, cut))
  const cut = () => void setEdits(isCut ? edits.filter((e) => !hasEdit(cuts, e)) : [...edits.filter((e) => !hasEdit(cuts, e)), ...cuts])
  const everyCut = ranked.filter((r) => r.value >= 0.05).flatMap((r) => sources.map((key) => cutEdge(r, target - 1, key)))
  return (
    <div className={styles.found}>
      <p className={styles.sentence} data-testid="lookup-sentence">
        {t.lookup.before} <TokenChip view={views[target]!} generated />{t.lookup.found(t.headName(first.layer, first.head), percent(first.value), sources.length)}
        {sources.slice(0, 4).map((key) => <span key={key} className={styles.source}><TokenChip view={views[key]!} /> <small>{t.at(key)}</small></span>)}
        {first.value < 0.1 && <em>{t.lookup.weak}</em>}
      </p>
      <ol className={styles.ranking} data-testid="lookup-ranking">
        {ranked.slice(0, 6).map((r, i) => (
          <li key={`${r.layer} ${r.head}`}>
            <button type="button" aria-pressed={r.layer === layer && r.head === head} data-cut={sources.every((key) => hasEdit(edits, cutEdge(r, target - 1, key)))} data-head={`${r.layer},${r.head}`} data-weight={r.value} onClick={() => go(r)}
              onPointerEnter={() => set({ hoverHead: r })} onPointerLeave={() => set({ hoverHead: null })}>
              <span className={styles.rank}>{i + 1}</span>
              <span className={styles.name}>{t.headName(r.layer, r.head)}</span>
              <span className={styles.track} aria-hidden="true"><span style={{ width: `${Math.max(0.5, r.value * 100)}%` }} /></span>
              <output>{percent(r.value)}</output>
            </button>
          </li>
        ))}
      </ol>
      <div className={styles.actions}>
        <Button variant="primary" icon={isCut ? 'undo' : 'cut'} disabled={!editable} onClick={() => { go(now); cut() }} data-testid="cut-lookup">
          {isCut ? t.lookup.uncut(t.headName(now.layer, now.head)) : t.lookup.cut(t.headName(now.layer, now.head))}
        </Button>
        {everyCut.length > sources.length && (
          <Button icon="cut" disabled={!editable || everyCut.every((e) => hasEdit(edits, e))} data-testid="cut-all-lookups"
            onClick={() => void setEdits([...edits.filter((e) => !hasEdit(everyCut, e)), ...everyCut])}>{t.lookup.cutAll(everyCut.length / sources.length)}</Button>
        )}
      </div>
    </div>
  )
}
