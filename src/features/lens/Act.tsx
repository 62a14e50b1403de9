// Changing the model at the selected cell: keep its residual and put it into another run; add, take out or swap a
// direction. What it did stands in the bar of edits above, and is undone there.

import { useEffect } from 'react'
import { useInspect, type Edit, type Glass } from '../../store/inspect.ts'
import { useExplain } from '../../i18n/index.tsx'
import { Button } from '../../ui/Button.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { short } from '../../ui/tokens.ts'
import { addEditAt, addStrength, attempt, changeStrength, editableNow, keepHere, putHere } from './edit.ts'
import styles from './Act.module.css'
import { fits, residualAt, useKept } from './kept.ts'
import { targetId, targetText, type Column } from './read.ts'
import { candidateView, useRun } from './run.ts'
import { ablateEdit, addEdit, lengthOf, minus, swapEdit, touches, unitOf } from './steer.ts'
import { TokenPick } from './TokenPick.tsx'
import { useView } from './view.ts'

export function Act({ column }: { column: Column | null }) {
  const run = useRun()
  const { info, t, common, position, layer, layerName, views, tokens } = run
  const explain = useExplain()
  const { writing, editing } = useInspect()
  const residual = useKept((s) => s.residual)
  const setKept = useKept((s) => s.set)
  const problem = useKept((s) => s.problem)
  const here = position >= info.kept
  return (
    <Figure
      title={t.act.title}
      words={common.figure}
      source={info.source}
      caption={t.act.caption}
      testId="lens-act"
      live
    >
      <div className={styles.halves}>
        <div>
          <p className={styles.place}>
            <b>{layerName(layer)}</b> <TokenChip view={views[position]!} special={tokens[position]!.special} />{' '}
            <small>{common.strip.token(position)}</small>
          </p>
          <div className={styles.row}>
            <Button
              icon="copy"
              disabled={!here || editing}
              data-testid="lens-keep"
              onClick={() => void attempt(() => keepHere(run))}
            >
              {t.act.keep}
            </Button>
            {residual && (
              <Button
                variant="primary"
                icon="down"
                disabled={!here || info.source === 'recording' || writing || editing || !fits(residual, info)}
                data-testid="lens-put"
                onClick={() => void attempt(() => putHere(run))}
              >
                {t.act.put}
              </Button>
            )}
          </div>
          {residual && (
            <p
              className={styles.kept}
              data-testid="lens-kept"
              data-layer={residual.layer}
              data-position={residual.position}
            >
              <span className={styles.pin} aria-hidden="true" />
              <span>
                <strong>
                  {t.act.kept}: {layerName(residual.layer)}
                </strong>{' '}
                … {short(residual.context, 36)}
                {residual.said !== '' && (
                  <>
                    {' '}
                    → <b>{residual.said}</b>
                  </>
                )}
                <small>
                  {' '}
                  · {residual.model}
                  {residual.edited ? ` · ${t.act.edited}` : ''}
                </small>
              </span>
              <Button variant="quiet" icon="close" label={t.act.evict} onClick={() => setKept({ residual: null })} />
            </p>
          )}
          {residual && !fits(residual, info) && <p className={styles.note}>{t.act.foreign(residual.model)}</p>}
        </div>
        {info.source === 'recording' ? (
          <p className={styles.note}>{t.act.recorded}</p>
        ) : (
          <Steer column={column} disabled={!here || writing || editing} />
        )}
      </div>
      {problem && (
        <p className={styles.note} role={problem.code === 'VIEW_ABSENT' ? 'status' : 'alert'}>
          {info.source === 'recording' ? t.act.notRecorded : explain(problem).text}
        </p>
      )}
    </Figure>
  )
}

function Steer({ column, disabled }: { column: Column | null; disabled: boolean }) {
  const { info, t, noDirection, position, layer, format } = useRun()
  const { target } = useView()
  const edits = useInspect((s) => s.edits)
  const { residual, strength, onward, difference, other, set } = useKept()
  const cell = { layer, position }
  const id = column && targetId(target, column)
  const view = id == null || !column ? null : candidateView(id, targetText(target, id, column))
  const canDiffer = residual !== null && fits(residual, info) && !touches(edits, cell)
  const by = (difference || noDirection !== null) && canDiffer
  const name = by ? t.act.difference : (view?.label ?? '')
  const fraction = format.number(strength, 2)

  const unit = async (glass: Glass, token: number): Promise<number[]> =>
    unitOf(await glass.direction(token)) ?? Promise.reject(new Error(t.act.flat))
  const work = (make: (glass: Glass) => Promise<Edit>) => (): void =>
    void attempt(async () => {
      const { glass } = useInspect.getState()
      if (glass && editableNow()) await addEditAt(position, await make(glass))
    })
  const push = (): void =>
    void attempt(async () => {
      const { glass } = useInspect.getState()
      if (!glass || !editableNow()) return
      const x = await residualAt(glass, cell)
      const direction = by ? minus(residual.values, x) : await unit(glass, id!)
      const scale = by ? 1 : lengthOf(x)
      await addStrength(position, strength, (s) =>
        addEdit(cell, direction, s * scale, onward, `${format.number(s, 2)} × ${name}`),
      )
    })
  // a strength that moves moves the edit it made
  useEffect(() => {
    const timer = setTimeout(() => changeStrength(strength), 250)
    return () => clearTimeout(timer)
  }, [strength])

  const blocked = disabled || (!by && (id == null || noDirection !== null))
  return (
    <div className={styles.steer} role="group" aria-label={t.act.direction} data-testid="lens-steer">
      <Segmented<'token' | 'difference'>
        label={t.act.direction}
        quiet={false}
        value={by || noDirection ? 'difference' : 'token'}
        onChange={(value) => set({ difference: value === 'difference' })}
        testId="lens-direction"
        options={[
          {
            value: 'token',
            text: view ? t.act.token(short(view.label, 12)) : t.act.noToken,
            hint: t.act.tokenHint,
            disabled: noDirection !== null,
          },
          { value: 'difference', text: t.act.difference, hint: t.act.differenceHint, disabled: !canDiffer },
        ]}
      />
      <label className={styles.strength}>
        <span>{t.act.strength}</span>
        <input
          type="range"
          min={-2}
          max={2}
          step={0.05}
          value={strength}
          disabled={!by && noDirection !== null}
          data-testid="lens-strength"
          onChange={(event) => set({ strength: event.target.valueAsNumber })}
          aria-valuetext={by ? t.act.ofDifference(fraction) : t.act.ofLength(fraction)}
        />
        <output>{by ? t.act.ofDifference(fraction) : t.act.ofLength(fraction)}</output>
      </label>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={onward}
          disabled={!by && noDirection !== null}
          onChange={(event) => set({ onward: event.target.checked })}
        />{' '}
        {t.act.onward}
      </label>
      <div className={styles.row}>
        <Button icon="plus" disabled={blocked || strength === 0} data-testid="lens-add" onClick={push}>
          {t.act.add}
        </Button>
        <Button
          icon="minus"
          disabled={blocked || by}
          data-testid="lens-ablate"
          onClick={work(async (glass) => ablateEdit(cell, await unit(glass, id!), onward, name))}
        >
          {t.act.ablate}
        </Button>
      </div>
      {noDirection && <p className={styles.note}>{t.act.onlyDifference}</p>}
      {!by && !noDirection && (
        <div className={styles.row}>
          <TokenPick
            label={t.act.otherLabel}
            placeholder={t.act.other}
            none={t.act.none}
            testId="lens-other"
            onPick={(token) => set({ other: token })}
          />
          {other && (
            <Button
              icon="retry"
              disabled={blocked || other.id === id}
              data-testid="lens-swap"
              onClick={work(async (glass) =>
                swapEdit(
                  cell,
                  await residualAt(glass, cell),
                  await unit(glass, id!),
                  await unit(glass, other.id),
                  `${name} → ${candidateView(other.id, other.text).label}`,
                ),
              )}
            >
              {t.act.swap(candidateView(other.id, other.text).label)}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
