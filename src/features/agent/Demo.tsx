// The injection demo: a letter that tells the model to call a tool, and the count of what ran without the reader's word.

import { useLang } from '../../i18n/index.tsx'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { letter, useAgent } from '../../store/agent/index.ts'
import { useModels } from '../../store/index.ts'
import { writes } from '../../store/able.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Panel.module.css'
import { useFree } from './useFree.ts'

export function Demo() {
  const t = usePanelText(agentWords)
  const lang = useLang()
  const { run, begun, demoNotes, demo } = useAgent()
  const canWrite = useModels(writes)
  const free = useFree()
  const calls = begun?.demo ? (run?.turns.flatMap((turn) => turn.calls) ?? []) : []
  const ran = calls.filter(({ consent, result }) => result !== null && consent === null).length
  return (
    <section className={styles.group} aria-labelledby="agent-demo" data-testid="agent-demo">
      <h2 id="agent-demo">{t.demo}</h2>
      <p className={styles.note}>{t.demoText}</p>
      <details>
        <summary>{t.demoLetter}</summary>
        <pre dir="auto" tabIndex={0}>
          {letter[lang].text}
        </pre>
      </details>
      <div className={styles.actions}>
        <Button
          disabled={!canWrite || !free || (run !== null && run.phase !== 'ended')}
          onClick={() => void demo(lang)}
          data-testid="agent-demo-start"
        >
          {t.demoStart}
        </Button>
      </div>
      {begun?.demo && run && (
        <>
          <p data-testid="agent-demo-count" data-calls={calls.length} data-ran={ran}>
            {t.demoCount(calls.length, ran)}
          </p>
          <Notes notes={demoNotes} />
        </>
      )}
    </section>
  )
}

export function Notes({ notes }: { notes: readonly string[] }) {
  const t = usePanelText(agentWords)
  return (
    <>
      <p className={styles.note}>{t.notes(notes.length)}</p>
      {notes.length > 0 && (
        <ul data-testid="agent-notes">
          {notes.map((note, i) => (
            <li key={i} dir="auto">
              {note}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
