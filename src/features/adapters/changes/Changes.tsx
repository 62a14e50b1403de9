// What the adapters on the model change: its weights, and the last text. Waits while the model writes; asks again when a
// slider, an edit or the text has changed.

import { useEffect, useMemo, useState } from 'react'
import { useExplain, useFormats } from '../../../i18n/index.tsx'
import { adapterChanges } from '../../../i18n/panels/adapter-changes.ts'
import { glass } from '../../../i18n/panels/glass.ts'
import { usePanelText } from '../../../i18n/panels/index.ts'
import { useAdapters } from '../../../store/adapters.ts'
import { useAsk } from '../../../store/ask.ts'
import { useInspect } from '../../../store/inspect.ts'
import { Button } from '../../../ui/Button.tsx'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { FigureAbout } from '../../../ui/Figure.tsx'
import styles from './Changes.module.css'
import { Heads } from './Heads.tsx'
import { Layers } from './Layers.tsx'
import { Norms } from './Norms.tsx'
import { mostChanged } from './read.ts'
import { ComparedProvider, left, useNameOf, viewsOf, type Compared } from './run.ts'
import { Tokens } from './Tokens.tsx'
import { Unread, useUnread, useWhose } from './Whose.tsx'

/** Candidates of each distribution. */
const topK = 8

export function Changes() {
  const t = usePanelText(adapterChanges),
    common = usePanelText(glass)
  const { open, info, edits } = useInspect()
  useEffect(() => open(), [open])
  const model = info?.model ?? ''
  const about = useMemo(
    () => ({ model, changed: edits.length > 0 ? common.edits.active(edits.length) : null }),
    [model, edits.length, common],
  )
  const strengths = useStrengths()
  return (
    <section className={styles.section} aria-labelledby="adapter-changes" data-testid="adapter-changes">
      <h2 id="adapter-changes">{t.title}</h2>
      <p className={styles.lead}>
        {t.lead} {edits.length > 0 && t.edited(edits.length)}
      </p>
      <FigureAbout value={about}>
        <Norms strengths={strengths} />
        <Texts strengths={strengths} />
      </FigureAbout>
    </section>
  )
}

/** Names and strengths of what is on the model: what every answer depends on. */
const useStrengths = (): string => {
  const { live } = useAdapters()
  return useMemo(() => JSON.stringify(live.map(({ name, scale }) => [name, scale])), [live])
}

function Texts({ strengths }: { strengths: string }) {
  const t = usePanelText(adapterChanges),
    common = usePanelText(glass)
  const format = useFormats()
  const explain = useExplain()
  const nameOf = useNameOf()
  const { live } = useAdapters()
  const { tokens, state, error: broken, writing, version, info } = useInspect()
  const [left_, setWithout] = useState<string | null>(null)
  const without = left_ !== null && live.some(({ name }) => name === left_) ? left_ : null
  // a run that stands behind virtual tokens has no view of its own, and can be compared
  const behind = state === 'error' && broken?.code === 'VIEW_ABSENT'
  const ready = !writing && ((state === 'ready' && tokens.length > 0) || behind)
  const key = `${without ?? ''} ${strengths}`
  const asked = useAsk(ready ? `change ${key}` : null, (from) => from.adapterChange({ ...left(without), topK }))
  const change = asked.data?.text.length ? asked.data : null
  const [chosen, setChosen] = useState<{ of: object | null; position: number } | null>(null)
  const views = useMemo(() => change && viewsOf(change), [change])
  const position = !change
    ? 0
    : chosen !== null && chosen.position >= change.from && chosen.position < change.text.length
      ? chosen.position
      : mostChanged(change, (at) => tokens[at]?.generated ?? false)
  const compared: Compared | null = change &&
    views && {
      t,
      common,
      format,
      change,
      without,
      key: `${version} ${key}`,
      views,
      own: info?.predicts === 'own',
      position,
      choose: (next) =>
        setChosen({ of: change, position: Math.max(change.from, Math.min(change.text.length - 1, next)) }),
    }
  const waits = !ready || !asked.fresh || asked.error?.code === 'BUSY'
  const unread = useUnread()
  const whose = useWhose()
  const empty = (state === 'ready' && tokens.length === 0) || (asked.fresh && asked.data?.text.length === 0)
  return (
    <>
      {live.length > 1 && (
        <label className={styles.compare}>
          {t.compare}{' '}
          <select
            value={without ?? ''}
            onChange={(event) => setWithout(event.target.value === '' ? null : event.target.value)}
            data-testid="change-without"
          >
            <option value="">{t.all}</option>
            {live.map(({ name }) => (
              <option key={name} value={name}>
                {nameOf(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <p role="status" className={styles.soft} data-testid="change-state" data-ready={!waits && change !== null}>
        {empty
          ? !unread && t.noText
          : writing
            ? t.writing
            : waits && asked.error?.code !== 'VIEW_ABSENT'
              ? t.reading
              : ''}
        {!waits && change?.without.length === 0 && t.same}
      </p>
      {compared && whose && (
        <p className={styles.soft} data-testid="change-of" data-of={whose}>
          {t.of[whose]}
        </p>
      )}
      {empty && !unread && (
        <p>
          <Button
            onClick={() => {
              location.hash = '#/chat'
            }}
          >
            {t.toChat}
          </Button>
        </p>
      )}
      {empty && unread && <Unread message={unread} />}
      {asked.error && asked.error.code !== 'BUSY' && (
        <ErrorNote
          {...explain(asked.error)}
          code={asked.error.code}
          message={asked.error.message}
          details={t.details}
        />
      )}
      {compared && compared.change.without.length > 0 && (
        <ComparedProvider value={compared}>
          <Tokens />
          <Layers ready={asked.fresh} />
          <Heads ready={asked.fresh} />
        </ComparedProvider>
      )}
    </>
  )
}
