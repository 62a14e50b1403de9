// The agent panel: a task and how it runs, the run step by step, what a memory costs, a letter that gives orders, runs as files.

import { useEffect } from 'react'
import { useExplain, useFormats, useLang, useT } from '../../i18n/index.tsx'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAgent } from '../../store/agent/index.ts'
import { useModels } from '../../store/index.ts'
import { writes } from '../../store/able.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Demo } from './Demo.tsx'
import { Files } from './Files.tsx'
import { Memory } from './Memory.tsx'
import styles from './Panel.module.css'
import { Setup } from './Setup.tsx'
import { Steps } from './Steps.tsx'
import { useFree } from './useFree.ts'

export function Panel() {
  const t = usePanelText(agentWords)
  const { nav } = useT()
  const explain = useExplain()
  const { run, error, badFile, suit, dismiss } = useAgent()
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active.id : null))
  useEffect(suit, [suit, model])
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={{ to: 'chat', name: nav.chat }}
      data-testid="agent-panel"
      data-phase={run?.phase ?? 'none'}
      data-end={run?.end ?? undefined}
    >
      <div className={styles.panel}>
        <Task />
        <Setup />
        {(error !== null || badFile) && (
          <div className={styles.group}>
            {error && (
              <ErrorNote
                {...explain(error)}
                {...(error.code === 'CONTEXT_FULL' && { todo: t.contextTodo })}
                code={error.code}
                message={error.message}
                details={t.details}
              />
            )}
            {badFile && (
              <p role="alert" data-testid="agent-bad-file">
                {t.badFile}
              </p>
            )}
            <Button variant="quiet" icon="close" onClick={dismiss}>
              {t.dismiss}
            </Button>
          </div>
        )}
        <Steps />
        <Files />
        <Demo />
        <Memory />
      </div>
    </Page>
  )
}

/** What stands against a good run, before it is begun: a model without tools, a memory that is too small for it. */
function Fits() {
  const t = usePanelText(agentWords)
  const lang = useLang()
  const format = useFormats()
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active : null))
  const free = useFree()
  const { task, settings, past, first, measure } = useAgent()
  const { steps, turnTokens } = settings
  const id = model?.id
  useEffect(() => {
    if (!free) return
    const later = setTimeout(() => void measure(lang), 400)
    return () => clearTimeout(later)
  }, [free, lang, id, task, settings, past, measure])
  const context = model?.info?.context ?? 0
  // a call and its answer have to fit; more steps are rarely taken, and few of them whole
  const isTight = first !== null && context > 0 && first + Math.min(steps, 2) * turnTokens > context
  return (
    <>
      {model?.info?.tools === false && (
        <p className={styles.note} data-testid="agent-untaught">
          {t.untaught(model.name)} <a href="#/models">{t.models}</a>
        </p>
      )}
      {isTight && (
        <p className={styles.note} data-testid="agent-room">
          {first >= context
            ? t.roomNone(format.number(context), format.number(first))
            : t.room(format.number(context), format.number(first), format.number(turnTokens), format.number(steps))}
        </p>
      )}
    </>
  )
}

function Task() {
  const t = usePanelText(agentWords)
  const lang = useLang()
  const { task, run, setTask, start, stop, clear } = useAgent()
  const canWrite = useModels(writes)
  const free = useFree()
  const isRunning = run !== null && run.phase !== 'ended'
  return (
    <form
      className={styles.task}
      onSubmit={(event) => {
        event.preventDefault()
        void start(lang)
      }}
    >
      <label>
        {t.task}
        <input
          type="text"
          value={task}
          maxLength={2000}
          placeholder={t.taskHint}
          onChange={(event) => setTask(event.target.value)}
          data-testid="agent-task"
        />
      </label>
      {isRunning ? (
        <Button icon="stop" variant="danger" onClick={stop} data-testid="agent-stop">
          {t.stop}
        </Button>
      ) : (
        <Button type="submit" variant="primary" disabled={!canWrite || !free || task.trim() === ''}>
          {t.start}
        </Button>
      )}
      {run?.phase === 'ended' && (
        <Button variant="quiet" icon="close" disabled={!free} onClick={clear}>
          {t.clear}
        </Button>
      )}
      {!canWrite && <p className={styles.note}>{t.noWriter}</p>}
      {canWrite && <Fits />}
      {canWrite && !free && !isRunning && <p className={styles.note}>{t.busy}</p>}
    </form>
  )
}
