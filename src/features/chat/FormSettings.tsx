// The form that answers are held to: free, a JSON object, a JSON Schema, or a regular expression.

import { useEffect, useId, useState } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { formWords } from '../../i18n/panels/form.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { checkForm, type CheckedForm } from '../../store/form.ts'
import { useChat } from '../../store/index.ts'
import { constraintOf, formKinds, readSchemaText } from '../../store/sampling.ts'
import { Button } from '../../ui/Button.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import styles from './Settings.module.css'

const examples = {
  schema: JSON.stringify(
    {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 20 },
        mood: { enum: ['happy', 'sad'] },
        age: { type: 'integer', minimum: 1, maximum: 99 },
      },
      required: ['name', 'mood', 'age'],
      additionalProperties: false,
    },
    null,
    1,
  ),
  pattern: '(yes|no), because [a-z ]{5,40}\\.',
}

export function FormSettings() {
  const t = usePanelText(formWords)
  const form = useChat((s) => s.params.form)
  const setParams = useChat((s) => s.setParams)
  return (
    <section className={styles.field} aria-label={t.title}>
      <h3>{t.title}</h3>
      <Segmented
        label={t.title}
        options={formKinds.map((kind) => ({ value: kind, text: t.kinds[kind] }))}
        value={form}
        onChange={(kind) => setParams({ form: kind })}
        testId="form-kind"
      />
      <p>{t.hint}</p>
      {(form === 'schema' || form === 'pattern') && <FormText key={form} kind={form} />}
      {form !== 'free' && <p>{t.tokens}</p>}
    </section>
  )
}

function FormText({ kind }: { kind: 'schema' | 'pattern' }) {
  const t = usePanelText(formWords)
  const id = useId()
  const name = kind === 'schema' ? 'formSchema' : 'formPattern'
  const inForce = useChat((s) => s.params[name])
  const setParams = useChat((s) => s.setParams)
  /** what is no JSON yet */
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? inForce
  const problem = draft === null ? null : jsonProblem(draft, t.notObject)
  const checked = useChecked(kind, inForce)
  const explain = useExplain()
  const write = (next: string): void => {
    const isReady = next === '' || kind === 'pattern' || readSchemaText(next) !== null
    setDraft(isReady ? null : next)
    if (isReady) setParams({ [name]: next })
  }
  const wrong = problem !== null ? t.noJson(problem) : checked?.error ? explain(checked.error).text : null
  return (
    <>
      <label htmlFor={id}>{t[kind].label}</label>
      <textarea
        id={id}
        rows={kind === 'schema' ? 6 : 2}
        value={text}
        maxLength={kind === 'schema' ? 100_000 : 10_000}
        className={styles.mono}
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        aria-invalid={wrong !== null}
        data-testid="form-text"
        onChange={(event) => write(event.target.value)}
      />
      {wrong !== null && (
        <p role="alert" className={styles.wrong} data-testid="form-wrong">
          {wrong}
        </p>
      )}
      {text === '' && <p data-testid="form-empty">{t.empty}</p>}
      {checked && checked.ignored.length > 0 && (
        <p data-testid="form-ignored">{t.ignored(checked.ignored.join(', '))}</p>
      )}
      <p id={`${id}-hint`}>{t[kind].hint}</p>
      {text === '' && (
        <Button variant="quiet" onClick={() => write(examples[kind])} data-testid="form-example">
          {t.example}
        </Button>
      )}
    </>
  )
}

/** What the browser says of the place, as it says it. */
function jsonProblem(text: string, notObject: string): string {
  try {
    JSON.parse(text)
    return notObject
  } catch (error) {
    return (error as Error).message
  }
}

/** What the engine would say of the text in force; null until it is known. */
function useChecked(kind: 'schema' | 'pattern', text: string): CheckedForm | null {
  const [known, setKnown] = useState<{ text: string; found: CheckedForm } | null>(null)
  useEffect(() => {
    let isOld = false
    const constraint = constraintOf({ form: kind, formSchema: text, formPattern: text })
    if (constraint === undefined) return undefined
    void checkForm(constraint).then((found) => isOld || setKnown({ text, found }))
    return () => {
      isOld = true
    }
  }, [kind, text])
  return known?.text === text ? known.found : null
}
