// The edits in force and what they did: the watched token before and after, what is likeliest now, and undo.

import { useInspect, type Edit } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import styles from './EditBar.module.css'
import { useRun, useTrouble } from './run.ts'
import { bestTarget, mostMoved } from './scores.ts'
import { useView } from './view.ts'

export function EditBar() {
  const { t, common, tokens, position, editable } = useRun()
  const { edits, setEdits, editing, before, error, dismissError } = useInspect()
  const trouble = useTrouble()
  const target = useView((s) => s.target)
  if (edits.length === 0 && !editing && !error) return null
  const watched = target !== null && target < tokens.length ? target : bestTarget(tokens) ?? Math.min(tokens.length - 1, position + 1)
  return (
    <section className={styles.bar} aria-label={t.edit.title} aria-busy={editing} data-testid="edit-bar">
      <div className={styles.head}>
        <strong>{editing ? common.edits.working : error ? trouble(error) : common.edits.active(edits.length)}</strong>
        {error && !editing && <Button variant="quiet" icon="close" label={t.edit.dismiss} onClick={dismissError} />}
        <ul className={styles.list}>
          {edits.slice(-8).map((edit) => <li key={JSON.stringify(edit)}>{describe(edit, t)}</li>)}
          {edits.length > 8 && <li>…</li>}
        </ul>
        <Button icon="undo" disabled={!editable || edits.length === 0} onClick={() => void setEdits(edits.slice(0, -1))} data-testid="undo">{common.edits.undo}</Button>
        {edits.length > 1 && <Button variant="quiet" disabled={!editable} onClick={() => void setEdits([])} data-testid="undo-all">{common.edits.clear}</Button>}
      </div>
      {before && before.length === tokens.length && <Effect watched={watched} />}
    </section>
  )
}

function Effect({ watched }: { watched: number }) {
  const { t, tokens, views, percent } = useRun()
  const before = useInspect((s) => s.before)!
  const select = useInspect((s) => s.select)
  const old = before[watched]!, now = tokens[watched]!
  if (old.logprob === null || now.logprob === null) return null
  const [a, b] = [Math.exp(old.logprob), Math.exp(now.logprob)]
  const other = now.top.find((c) => c.id !== now.id)
  const moved = mostMoved(before, tokens, 4).filter((m) => m.position !== watched && Math.abs(m.after - m.before) >= 0.001)
  return (
    <div className={styles.effect} data-testid="effect" data-token={watched} data-before={a} data-after={b}>
      <p className={styles.watched}>{t.edit.chance} <TokenChip view={views[watched]!} generated={now.generated} /></p>
      <dl className={styles.bars}>
        <div><dt>{t.edit.before}</dt><dd><span className={styles.track} aria-hidden="true"><span data-run="a" style={{ width: `${a * 100}%` }} /></span><output>{percent(a)}</output></dd></div>
        <div><dt>{t.edit.after}</dt><dd><span className={styles.track} aria-hidden="true"><span data-run="b" style={{ width: `${b * 100}%` }} /></span><output>{percent(b)}</output></dd></div>
      </dl>
      <p className={styles.notes}>
        {now.rank !== null && now.rank > 0 && now.top[0] && <span>{t.edit.instead} <code>{now.top[0].text}</code> {percent(Math.exp(now.top[0].logprob))}</span>}
        {now.rank === 0 && other && <span>{t.edit.still} <code>{other.text}</code> {percent(Math.exp(other.logprob))}</span>}
        {moved.length > 0 && (
          <span className={styles.moved}>{t.edit.moved} {moved.map((m) => (
            <button key={m.position} type="button" onClick={() => select({ position: m.position })}><TokenChip view={views[m.position]!} /> {percent(m.before)} → {percent(m.after)}</button>
          ))}</span>
        )}
      </p>
    </div>
  )
}

function describe(edit: Edit, t: ReturnType<typeof useRun>['t']): string {
  switch (edit.kind) {
    case 'scale-head': return edit.factor === 0 ? t.edit.kinds.silenced(t.headName(edit.layer, edit.head)) : t.edit.kinds.scaled(t.headName(edit.layer, edit.head), edit.factor)
    case 'cut': return t.edit.kinds.cut(edit.head < 0 ? t.edit.kinds.allHeads(edit.layer) : t.headName(edit.layer, edit.head), edit.queries[0], edit.keys[0])
    case 'skip': return t.edit.kinds.skip(edit.layer, edit.part)
    case 'drop': return t.edit.kinds.drop(edit.keys[0], edit.keys[1] - 1)
    case 'direction': case 'patch': return t.edit.kinds.residual(edit.layer)
  }
}
