// One step as a chain: the prompt, what the model made of it, what the parser read in that, and what the tool gave back.

import type { ReactNode } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAgent } from '../../store/agent/index.ts'
import styles from './Panel.module.css'

export function Chain({ turn: index }: { turn: number }) {
  const t = usePanelText(agentWords)
  const format = useFormats()
  const turn = useAgent((s) => s.run?.turns[index])
  const prompt = useAgent((s) => s.runs[index]?.prompt)
  if (!turn || turn.by === 'page') return null
  const { calls, answer, text, tokens } = turn
  const link = (name: keyof typeof t.links, note: string, inside: ReactNode) => (
    <li data-link={name}>
      <h5>{t.links[name]}</h5>
      <p className={styles.note}>{note}</p>
      {inside}
    </li>
  )
  const box = (said: string, label: string) => (
    <pre dir="auto" tabIndex={0} aria-label={label}>
      {said}
    </pre>
  )
  const [call] = calls
  return (
    <details className={styles.chain} data-testid="agent-chain">
      <summary>{t.chain}</summary>
      <p className={styles.note}>{t.chainHint}</p>
      <ol>
        {link(
          'prompt',
          prompt ? t.promptTokens(format.number(prompt.ids.length)) : '',
          prompt && prompt.text !== '' ? box(prompt.text, t.special) : null,
        )}
        {link('model', t.wrote(format.number(tokens)), box(text, t.links.model))}
        {link(
          'parser',
          call ? t.parsed.call(call.name) : answer !== null ? t.parsed.answer : t.parsed.problem,
          calls.map(({ args }, i) => (
            <pre key={i} dir="auto">
              {args}
            </pre>
          )),
        )}
        {link(
          'tool',
          call ? (call.consent ? t.said[call.consent] : t.waits) : t.noTool,
          calls.map(({ result }, i) => result && <div key={i}>{box(result.text, t.result)}</div>),
        )}
      </ol>
    </details>
  )
}
