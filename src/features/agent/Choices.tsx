// The tokens of a step that decided something, each with its candidates: the numbers that the run itself recorded.

import { useMemo } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { decisions, useAgent } from '../../store/agent/index.ts'
import { useModels, type TokenEvent } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import styles from './Panel.module.css'
import { useFree } from './useFree.ts'

const listed = 6
/** A share that no choice of the model's own would have is said to be under this, not to be nothing. */
const least = 1e-4

export function Choices({ turn }: { turn: number }) {
  const t = usePanelText(agentWords)
  const run = useAgent((s) => s.runs[turn])
  const grammar = useAgent((s) => s.run?.grammar)
  const found = useMemo(() => (run && grammar ? decisions(run.events, grammar) : []), [run, grammar])
  if (!run || found.length === 0) return null
  return (
    <div className={styles.choices}>
      <h4>{t.decisions}</h4>
      {found.map(({ choice, at }) => (
        <Choice key={choice} name={t.choices[choice]} event={run.events[at]!} turn={turn} at={at} choice={choice} />
      ))}
    </div>
  )
}

interface Props {
  name: string
  choice: string
  event: TokenEvent
  turn: number
  at: number
}

function Choice({ name, choice, event, turn, at }: Props) {
  const t = usePanelText(agentWords)
  const format = useFormats()
  const { opened, begun, look } = useAgent()
  const free = useFree()
  const isHere = useModels((s) => s.active?.state === 'ready' && s.active.id === begun?.model.id)
  const shareOf = (logprob: number): string =>
    Math.exp(logprob) < least ? `<${format.share(least)}` : format.share(Math.exp(logprob))
  const form = event.stages.find(({ stage }) => stage === 'form')
  const label = tokenLabel(event.top.find(({ id }) => id === event.id)?.text ?? event.text)
  const rows = event.top.slice(0, listed)
  return (
    <details data-testid={`agent-choice-${choice}`} data-token={event.id} data-share={Math.exp(event.logprob)}>
      <summary>
        {name} <code>{label}</code> <span>{t.chance(shareOf(event.logprob), event.top[0]?.barred === true)}</span>
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.candidate}</th>
            <th scope="col">{t.share}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, text, logprob, barred }) => (
            <tr key={id} data-chosen={id === event.id}>
              <th scope="row">
                <code>{tokenLabel(text)}</code>
                {barred && <small> {t.barred}</small>}
              </th>
              <td>
                {shareOf(logprob)}
                <span className={styles.bar} style={{ inlineSize: `${100 * Math.exp(logprob)}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {form && <p className={styles.note}>{t.form(format.number(form.removed), format.share(form.removedMass))}</p>}
      {isHere && !opened ? (
        <Button
          variant="quiet"
          icon="probabilities"
          disabled={!free}
          onClick={() => void look(turn, at)}
          data-testid={`agent-open-${choice}`}
        >
          {t.open}
        </Button>
      ) : (
        <p className={styles.note}>{t.cannotOpen}</p>
      )}
    </details>
  )
}
