// How a chat is put to the model: the prompt format, and the tools it may call. Kept for the model they were chosen with.

import { lazy, Suspense, useId, useState } from 'react'
import { kindWords } from '../../i18n/panels/kinds.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useModels, type ModelInfo } from '../../store/index.ts'
import { formatChoices, readTools } from '../../store/sampling.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Settings.module.css'

const LocalTools = lazy(() => import('./LocalTools.tsx'))

const example = JSON.stringify(
  [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather in a city today.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ],
  null,
  1,
)

export function PromptSettings() {
  const t = usePanelText(kindWords).format
  const id = useId()
  const format = useChat((s) => s.params.format)
  const setParams = useChat((s) => s.setParams)
  const info = useModels((s) => s.active?.info)
  return (
    <>
      <div className={styles.field}>
        <label htmlFor={id}>{t.label}</label>
        <select
          id={id}
          value={format}
          data-testid="prompt-format"
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            const chosen = formatChoices.find((one) => one === event.target.value)
            if (chosen) setParams({ format: chosen })
          }}
        >
          {formatChoices.map((one) => (
            <option key={one} value={one}>
              {one === 'auto' ? automatic(t.auto, info) : one === 'Text' ? t.text : one}
            </option>
          ))}
        </select>
        {format !== 'auto' && (
          <p className={styles.whose} data-testid="format-own">
            {info?.chats === false && format !== 'Text' ? t.never : t.own}{' '}
            <Button variant="quiet" onClick={() => setParams({ format: 'auto' })}>
              {t.back}
            </Button>
          </p>
        )}
        <p id={`${id}-hint`}>{t.hint}</p>
      </div>
      <Tools />
    </>
  )
}

/** What the model's own files lead to. */
function automatic(t: (typeof kindWords)['en']['format']['auto'], info: ModelInfo | null | undefined): string {
  if (!info) return t.none
  return info.hasChatTemplate
    ? t.template
    : info.format !== null && info.format !== undefined
      ? t.built(info.format)
      : t.text
}

function Tools() {
  const t = usePanelText(kindWords).tools
  const id = useId()
  const model = useModels((s) => s.active?.id)
  const tools = useChat((s) => s.params.tools)
  const setParams = useChat((s) => s.setParams)
  const [draft, setDraft] = useState<{ text: string; model: string | undefined } | null>(null)
  // what was typed for another model, or is in force by now, is no draft
  const text = draft && draft.model === model ? draft.text : tools
  const wrong = readTools(text) === null
  const write = (next: string): void => {
    const good = readTools(next) !== null
    setDraft(good ? null : { text: next, model })
    if (good) setParams({ tools: next.trim() === '' ? '' : next })
  }
  return (
    <details className={styles.field} open={tools !== '' ? true : undefined}>
      <summary>{t.label}</summary>
      <Suspense>
        <LocalTools />
      </Suspense>
      <label htmlFor={id} className="visually-hidden">
        {t.label}
      </label>
      <textarea
        id={id}
        rows={4}
        value={text}
        className={styles.mono}
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        aria-invalid={wrong}
        data-testid="tools"
        onChange={(event) => write(event.target.value)}
      />
      {wrong && (
        <p role="alert" className={styles.wrong} data-testid="tools-wrong">
          {t.wrong}
        </p>
      )}
      <p id={`${id}-hint`}>{t.hint}</p>
      {text === '' && (
        <Button variant="quiet" onClick={() => write(example)} data-testid="tools-example">
          {t.example}
        </Button>
      )}
    </details>
  )
}
