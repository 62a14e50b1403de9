// How much of the model's memory the chat takes, with what is being written: "55 / 512". Counted by the model's own
// template and tokenizer when the typing pauses; before it is sent, it says what will not have room.

import { useEffect, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { contextWords } from '../../i18n/panels/context.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { fitWith, type Fit } from '../../store/fit.ts'
import { useChat, useModels, useSettings } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Composer.module.css'

/** Milliseconds without a key before it counts. */
const PAUSE = 250

export default function ContextMeter({ text }: { text: string }) {
  const t = usePanelText(contextWords)
  const { number } = useFormats()
  const [found, setFound] = useState<Fit | null>(null)
  const idle = useChat((s) => s.status === 'idle')
  const { leaf, system, params } = useChat()
  const model = useModels((s) => s.active?.info)
  const { atLimit, setAtLimit } = useSettings()
  useEffect(() => {
    if (!idle) return
    let here = true
    const timer = setTimeout(() => {
      // a template that cannot write this chat says so when it is sent
      void fitWith(text).then(
        (fit) => here && setFound(fit),
        () => here && setFound(null),
      )
    }, PAUSE)
    return () => {
      here = false
      clearTimeout(timer)
    }
  }, [text, idle, leaf, system, params, model, atLimit])
  if (!found) return null
  const { tokens, whole, context, reserve, left } = found
  const tooLong = tokens >= context
  const narrow = whole + reserve > context
  return (
    <>
      <span className={styles.meter} data-tight={narrow} title={t.hint} data-testid="context-meter">
        <span
          role="meter"
          aria-label={t.label}
          aria-valuemin={0}
          aria-valuemax={context}
          aria-valuenow={Math.min(whole, context)}
          aria-valuetext={t.of(whole, context)}
        >
          {number(whole)} / {number(context)}
        </span>
      </span>
      {narrow && (
        <span className={styles.warning} role="status" data-testid="context-warning" data-left={left}>
          {tooLong ? t.tooLong(tokens, context, left) : left > 0 ? t.left(left) : t.tight(context - whole)}{' '}
          {atLimit === 'stop' ? (
            <Button variant="quiet" data-testid="limit-drop" onClick={() => setAtLimit('drop')}>
              {t.drop}
            </Button>
          ) : (
            <Button variant="quiet" data-testid="limit-stop" onClick={() => setAtLimit('stop')}>
              {t.stop}
            </Button>
          )}
        </span>
      )}
    </>
  )
}
