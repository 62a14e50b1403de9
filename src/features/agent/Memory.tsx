// What of earlier tasks the next one is told: four kinds side by side, each with the tokens that it costs.

import { useLang, useFormats } from '../../i18n/index.tsx'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { memoryKinds, useAgent } from '../../store/agent/index.ts'
import { useModels } from '../../store/index.ts'
import { writes } from '../../store/able.ts'
import { Button } from '../../ui/Button.tsx'
import { Notes } from './Demo.tsx'
import styles from './Panel.module.css'
import { useFree } from './useFree.ts'

export function Memory() {
  const t = usePanelText(agentWords)
  const lang = useLang()
  const format = useFormats()
  const { past, notes, settings, bills, summary, summing, set, sample, forget, count, sumUp } = useAgent()
  const canWrite = useModels(writes)
  const free = useFree()
  const context = useModels((s) => (s.active?.state === 'ready' ? (s.active.info?.context ?? 0) : 0))
  const largest = Math.max(1, context, ...bills.map(({ tokens }) => tokens ?? 0))
  return (
    <section className={styles.group} aria-labelledby="agent-memory" data-testid="agent-memory">
      <h2 id="agent-memory">{t.memoryTitle}</h2>
      <p className={styles.note}>{t.memoryText}</p>
      {past.length === 0 && <p className={styles.note}>{t.noPast}</p>}
      {past.length > 0 && (
        <details>
          <summary>{t.past(past.length)}</summary>
          <dl className={styles.past}>
            {past.map(({ asked, answered }, i) => (
              <div key={i}>
                <dt dir="auto">{asked}</dt>
                <dd dir="auto">{answered}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      <table className={styles.bills}>
        <thead>
          <tr>
            <th scope="col">{t.kind}</th>
            <th scope="col">{t.told}</th>
            <th scope="col">{t.tokens}</th>
          </tr>
        </thead>
        <tbody>
          {memoryKinds.map((kind) => {
            const bill = bills.find((one) => one.kind === kind)
            return (
              <tr key={kind} data-testid={`agent-bill-${kind}`} data-tokens={bill?.tokens ?? undefined}>
                <th scope="row" aria-label={t.kinds[kind]}>
                  <label className={styles.check}>
                    <input
                      type="radio"
                      name="agent-memory"
                      checked={settings.memory === kind}
                      onChange={() => set({ memory: kind })}
                    />
                    <span>
                      {t.kinds[kind]}
                      <small>{t.kindHint[kind]}</small>
                    </span>
                  </label>
                </th>
                <td>{bill ? format.number(bill.told) : '–'}</td>
                <td>
                  {bill?.tokens == null ? (bill ? t.noSummary : '–') : format.number(bill.tokens)}
                  {bill?.tokens != null && (
                    <span className={styles.bar} style={{ inlineSize: `${(100 * bill.tokens) / largest}%` }} />
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {bills.length > 0 && context > 0 && <p className={styles.note}>{t.ofContext(format.number(context))}</p>}
      {summary && (
        <>
          <p className={styles.note}>{t.summary(format.number(summary.tokens))}</p>
          <blockquote dir="auto">{summary.text}</blockquote>
        </>
      )}
      <div className={styles.actions}>
        <Button disabled={!canWrite || !free} onClick={() => void count(lang)} data-testid="agent-count">
          {t.count}
        </Button>
        <Button
          disabled={!canWrite || !free || past.length === 0}
          onClick={() => void sumUp(lang)}
          data-testid="agent-sum"
        >
          {summing ? t.summing : t.sumUp}
        </Button>
        <Button variant="quiet" disabled={!free} onClick={() => sample(lang)} data-testid="agent-sample">
          {t.sample}
        </Button>
        <Button variant="quiet" icon="trash" disabled={!free || past.length + notes.length === 0} onClick={forget}>
          {t.forget}
        </Button>
      </div>
      {notes.length > 0 && <Notes notes={notes} />}
    </section>
  )
}
