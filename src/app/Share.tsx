// Makes a link to the run on screen, copies it, and says what is in it. Loaded when the button is pressed first.

import { useEffect, useRef, useState } from 'react'
import { useExplain, useFormats } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { classroom } from '../i18n/panels/classroom.ts'
import { share as words } from '../i18n/panels/share.ts'
import { startPresenting } from '../store/classroom/presenting.ts'
import { toData } from '../store/client.ts'
import type { ErrorData } from '../store/index.ts'
import { longest, pack, shareHash } from '../store/share/link.ts'
import { collect, unready } from '../store/share/make.ts'
import type { SharedRun } from '../store/share/run.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { Notice } from '../ui/Notice.tsx'
import { Progress } from '../ui/Progress.tsx'
import styles from './Share.module.css'
import { openFollower } from './Present.tsx'
import { useStrength } from './useStrength.ts'

interface Made {
  run: SharedRun
  data: string
}

export default function Share({ panel, onClose }: { panel: string; onClose: () => void }) {
  const t = usePanelText(words)
  const explain = useExplain()
  const [why] = useState(unready)
  const [made, setMade] = useState<Made | null>(null)
  const [error, setError] = useState<ErrorData | null>(null)
  useEffect(() => {
    if (why !== null) return
    let here = true
    collect(panel)
      .then(async (run) => ({ run, data: await pack(run) }))
      .then(
        (now) => {
          if (here) setMade(now)
        },
        (problem: unknown) => {
          if (here) setError(toData(problem))
        },
      )
    return () => {
      here = false
    }
  }, [why, panel])
  return (
    <Dialog title={t.title} closeLabel={t.close} onClose={onClose} testId="share-dialog">
      {why !== null ? (
        <Notice tone="info">
          <p>{t.unready[why]}</p>
        </Notice>
      ) : error ? (
        <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />
      ) : made ? (
        <Ready made={made} />
      ) : (
        <Progress label={t.making} start={t.making} value={0} total={null} />
      )}
      <InClass onClose={onClose} />
    </Dialog>
  )
}

/** Shows this window in a second one. */
function InClass({ onClose }: { onClose: () => void }) {
  const t = usePanelText(classroom)
  return (
    <section aria-labelledby="share-class" className={styles.class}>
      <h3 id="share-class">{t.title}</h3>
      <p>{t.offer}</p>
      <Button
        icon="screen"
        data-testid="present"
        onClick={() => {
          openFollower(startPresenting())
          onClose()
        }}
      >
        {t.start}
      </Button>
    </section>
  )
}

function Ready({ made: { run, data } }: { made: Made }) {
  const t = usePanelText(words)
  const format = useFormats()
  const field = useRef<HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<boolean | null>(null)
  const link = `${location.origin}${location.pathname}${shareHash(data)}`
  const copy = (): void => {
    // without a secure page there is no clipboard at all
    const done =
      (navigator.clipboard as Clipboard | undefined)?.writeText(link) ?? Promise.reject(new Error('no clipboard'))
    done.then(
      () => setCopied(true),
      () => {
        setCopied(false)
        field.current?.focus()
        field.current?.select()
      },
    )
  }
  const first = useRef(copy)
  useEffect(() => {
    first.current()
  }, [])
  const { model, turns, params, answer, adapters, edits, system } = run
  const shown = useStrength()
  const parts = [
    t.parts.turns(turns.length),
    system !== '' && t.parts.system,
    t.parts.model(model.name),
    t.parts.settings(params.seed),
    answer && t.parts.tokens(answer.ids.length),
    adapters.length > 0 && t.parts.adapters(adapters.map((one) => shown(one, true))),
    edits.length > 0 && t.parts.edits(edits.length),
    t.parts.view,
  ].filter((part): part is string => typeof part === 'string')
  return (
    <>
      <p className={styles.state} role="status" data-testid="share-state" data-copied={copied}>
        {copied ? t.copied : copied === false ? t.notCopied : t.made}
      </p>
      <div className={styles.row}>
        <textarea
          ref={field}
          readOnly
          rows={3}
          value={link}
          aria-label={t.link}
          data-testid="share-link"
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button variant="primary" icon={copied ? 'check' : 'copy'} data-testid="share-copy" onClick={copy}>
          {copied ? t.copyAgain : t.copy}
        </Button>
      </div>
      <Notice tone="warn">
        <p>{t.yours}</p>
      </Notice>
      <section aria-labelledby="share-inside">
        <h3 id="share-inside" className={styles.inside}>
          {t.inside}
        </h3>
        <ul className={styles.parts}>
          {parts.map((part) => (
            <li key={part}>{part}</li>
          ))}
        </ul>
        {model.from.kind === 'file' && <p className={styles.size}>{t.parts.file}</p>}
        <p className={styles.size}>{t.size(format.number(data.length), format.number(longest))}</p>
      </section>
    </>
  )
}
