// Opens the run of a share link. What is here already is opened at once; what must be fetched is asked about first, and
// no address of a link is contacted without a click. Loaded when the address holds a link.

import { useCallback, useEffect, useRef, useState } from 'react'
import { useExplain } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { share as words } from '../i18n/panels/share.ts'
import { toData } from '../store/client.ts'
import { useChat, useModels, type ErrorData, type ModelListing } from '../store/index.ts'
import { sharedIn, unpack } from '../store/share/link.ts'
import { bring, placeOf, type Place } from '../store/share/model.ts'
import { reopen, type Outcome, type Step } from '../store/share/reopen.ts'
import type { SharedRun } from '../store/share/run.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { Notice } from '../ui/Notice.tsx'
import { Progress } from '../ui/Progress.tsx'
import { autoload } from './autoload.ts'
import { AskLink } from './AskLink.tsx'
import { LinkOutcome } from './LinkOutcome.tsx'
import styles from './Share.module.css'

type State =
  | { is: 'reading' }
  | { is: 'asking'; run: SharedRun; place: Place }
  | { is: 'working'; run: SharedRun; step: Step | 'model' }
  | { is: 'done'; run: SharedRun; outcome: Outcome }
  | { is: 'failed'; error: ErrorData | null; run: SharedRun | null }

/** Where the run was looked at; the panel reads its selection from the address. */
const addressOf = ({ at: { panel, position, layer, head } }: SharedRun): string =>
  `#/${panel}?${new URLSearchParams({ ...(position !== null && { p: String(position) }), l: String(Math.max(0, layer)), h: String(head) }).toString()}`

export default function OpenLink({ onClose }: { onClose: () => void }) {
  const t = usePanelText(words)
  const explain = useExplain()
  const [state, setState] = useState<State>({ is: 'reading' })
  const newest = useRef(0)

  const start = useCallback(
    async (run: SharedRun, place: Place, listing: ModelListing | null = null): Promise<void> => {
      const mine = ++newest.current
      const show = (next: State): void => {
        if (newest.current === mine) setState(next)
      }
      // the link leaves the address, so that a reload does not open it once more
      location.replace('#/chat')
      show({ is: 'working', run, step: 'model' })
      useChat.getState().stop()
      try {
        if (!(await bring(run, place, listing))) return show({ is: 'failed', error: null, run })
        const outcome = await reopen(run, (step) => show({ is: 'working', run, step }))
        if (newest.current !== mine) return
        if (outcome.answer !== 'failed') location.hash = addressOf(run)
        show({ is: 'done', run, outcome })
      } catch (error) {
        show({ is: 'failed', error: toData(error), run })
      }
    },
    [],
  )

  const read = useCallback(async (): Promise<void> => {
    const data = sharedIn(location.hash)
    if (data === null) return
    const mine = ++newest.current
    try {
      const run = await unpack(data)
      await useModels.getState().start()
      if (newest.current !== mine) return
      const place = placeOf(run)
      const atOnce =
        (place.at === 'loaded' || (place.at === 'beside' && place.entry.group === 'embedded')) &&
        useChat.getState().status === 'idle'
      if (atOnce) await start(run, place)
      else setState({ is: 'asking', run, place })
    } catch (error) {
      if (newest.current === mine) setState({ is: 'failed', error: toData(error), run: null })
    }
  }, [start])
  useEffect(() => {
    void Promise.resolve().then(read)
    const changed = (): void => {
      if (sharedIn(location.hash) === null) return
      setState({ is: 'reading' })
      void read()
    }
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [read])

  const leave = (): void => {
    newest.current++
    if (sharedIn(location.hash) !== null) location.replace('#/chat')
    if (useModels.getState().active === null) void autoload(null)
    onClose()
  }
  switch (state.is) {
    case 'reading':
      return (
        <div className={styles.note}>
          <Progress label={t.open.reading} start={t.open.reading} value={0} total={null} />
        </div>
      )
    case 'asking':
      return (
        <AskLink
          run={state.run}
          place={state.place}
          onGo={(listing) => void start(state.run, state.place, listing)}
          onLeave={leave}
        />
      )
    case 'working':
      return <Working {...state} />
    case 'done':
      return <LinkOutcome {...state} onClose={leave} />
    case 'failed': {
      const { error, run } = state
      const actions = (
        <>
          {run && <Button onClick={() => void start(run, placeOf(run))}>{t.again}</Button>}
          <Button onClick={leave}>{t.close}</Button>
        </>
      )
      return (
        <div className={styles.note} data-testid="link-failed">
          {error ? (
            <ErrorNote
              {...explain(error)}
              code={error.code}
              message={error.message}
              details={t.details}
              actions={actions}
            />
          ) : (
            <Notice tone="bad" title={t.failed} actions={actions}>
              <p>{t.noModel}</p>
            </Notice>
          )}
        </div>
      )
    }
  }
}

function Working({ run, step }: { run: SharedRun; step: Step | 'model' }) {
  const t = usePanelText(words)
  const job = useModels((s) => Object.values(s.jobs).find((one) => one.state === 'running' && one.kind === 'download'))
  const loading = useModels((s) => s.active?.state === 'loading')
  const label = step === 'model' ? t.step.model(run.model.name) : t.step[step]
  // the strip above tells more about a model that is on its way to the device
  if (step === 'model' && loading) return null
  const bytes = step === 'model' ? job?.progress : null
  return (
    <div className={styles.note} data-testid="link-working">
      <Progress label={label} start={label} value={bytes?.loaded ?? 0} total={bytes?.total ?? null} />
    </div>
  )
}
