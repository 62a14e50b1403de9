// One prompt, two sides: what each is, the run, the answers beside each other, and the same text read by both.

import { useId, useState } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import { compareWords } from '../../i18n/panels/compare.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useCompare } from '../../store/compare/index.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Answers } from './Answers.tsx'
import { Both } from './Both.tsx'
import styles from './Panel.module.css'
import { Setups, useWay } from './Setups.tsx'
import { Versions } from './Versions.tsx'

export function Panel() {
  const t = usePanelText(compareWords)
  const { nav } = useT()
  const explain = useExplain()
  const { a, b, error, running } = useCompare()
  const fits = useModels(({ active }) => active?.state === 'ready' && active.info?.does.includes('generate'))
  const [at, setAt] = useState<number | null>(null)
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={{ to: 'chat', name: nav.chat }}
      wide
      data-testid="compare-panel"
      data-running={running ?? 'no'}
    >
      {fits || running ? (
        <>
          <Form />
          <Versions />
        </>
      ) : (
        <NoModel />
      )}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
      {a && b && <Answers a={a} b={b} at={at} onAt={setAt} />}
      {a && b && a.state !== 'waiting' && (a.events.length > 0 || b.events.length > 0) && <Both />}
    </Page>
  )
}

function NoModel() {
  const t = usePanelText(compareWords)
  const reads = useModels(({ active }) => active?.state === 'ready')
  return (
    <Empty
      icon="compare"
      title={reads ? t.readsOnly : t.noModel}
      testId="compare-no-model"
      actions={
        <Button
          variant="primary"
          onClick={() => {
            location.hash = '#/models'
          }}
        >
          {t.models}
        </Button>
      }
    >
      <p>{t.noModelText}</p>
    </Empty>
  )
}

function Form() {
  const t = usePanelText(compareWords)
  const id = useId()
  const { prompt, maxTokens, running, setPrompt, setMaxTokens, takeQuestion, run, stop } = useCompare()
  const status = useChat((s) => s.status)
  const asked = useChat((s) => s.messages.some(({ role }) => role === 'user'))
  const { way, alike } = useWay()
  const elsewhere = status !== 'idle' && running === null
  const blocked = prompt.trim() === '' || elsewhere
  return (
    <form
      className={styles.form}
      noValidate // fields say themselves what is out of range
      onSubmit={(event) => {
        event.preventDefault()
        if (!blocked && !running) void run()
      }}
    >
      <label htmlFor={`${id}-prompt`}>{t.prompt}</label>
      <textarea
        id={`${id}-prompt`}
        dir="auto"
        rows={3}
        value={prompt}
        data-testid="compare-prompt"
        onChange={(event) => setPrompt(event.target.value)}
      />
      {asked && (
        <p>
          <Button variant="quiet" icon="chat" onClick={takeQuestion} data-testid="compare-take-question">
            {t.takeQuestion}
          </Button>
        </p>
      )}
      <Setups locked={running !== null} />
      <p className={styles.soft} data-testid="compare-way" data-way={way}>
        {alike ? t.alike : t.ways[way]}
      </p>
      <div className={styles.row}>
        <label htmlFor={`${id}-length`}>{t.length}</label>
        <input
          id={`${id}-length`}
          type="number"
          min={1}
          max={4096}
          value={maxTokens}
          data-testid="compare-length"
          onChange={(event) => {
            if (event.target.valueAsNumber >= 1) setMaxTokens(event.target.valueAsNumber)
          }}
        />
        {/* keys: a click meant for Stop must not land on what took its place */}
        {running ? (
          <Button key="stop" icon="stop" disabled={status === 'stopping'} onClick={stop} data-testid="compare-stop">
            {status === 'stopping' ? t.stopping : t.stop}
          </Button>
        ) : (
          <Button key="run" type="submit" variant="primary" disabled={blocked} data-testid="compare-run">
            {t.run}
          </Button>
        )}
        {elsewhere && <span className={styles.soft}>{t.busy}</span>}
      </div>
    </form>
  )
}
