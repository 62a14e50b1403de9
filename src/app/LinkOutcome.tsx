// After a link was opened: whether this device wrote what the link holds, said plainly.

import { useExplain } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { share as words } from '../i18n/panels/share.ts'
import { useModels } from '../store/index.ts'
import type { Outcome } from '../store/share/reopen.ts'
import type { SharedRun } from '../store/share/run.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { Notice } from '../ui/Notice.tsx'
import { viewTokens } from '../ui/tokens.ts'
import styles from './Share.module.css'
import { useStrength } from './useStrength.ts'

/** Spaces and line ends as signs. */
const tokenLabel = (text: string): string =>
  viewTokens([{ position: 0, id: 0, text, bytes: [], special: false, generated: true }])[0]!.label

interface Props {
  run: SharedRun
  outcome: Outcome
  onClose: () => void
}

export function LinkOutcome({ run, outcome, onClose }: Props) {
  const t = usePanelText(words)
  const explain = useExplain()
  const shown = useStrength()
  const { answer, tokens, error, at, here, there } = outcome
  const version = useModels((s) => s.catalog.find((entry) => entry.group === 'embedded')?.version)
  const otherBuild =
    run.model.from.kind === 'embedded' &&
    run.model.version !== undefined &&
    version !== undefined &&
    run.model.version !== version
  const close = (
    <Button data-testid="link-close" onClick={onClose}>
      {t.close}
    </Button>
  )
  // where adapters are lacking, nobody need look for the reason in this device
  const missing = outcome.missing?.map((one) => shown(one, true))
  const said =
    answer === 'same'
      ? run.answer
        ? t.done.same(tokens)
        : t.done.sameText
      : answer === 'put'
        ? missing
          ? t.done.without(missing)
          : t.done.put(at! + 1, tokenLabel(here!), tokenLabel(there!))
        : answer === 'text'
          ? t.done.text
          : answer === 'new'
            ? t.done.new
            : null
  return (
    <div className={styles.note} data-testid="link-outcome" data-outcome={answer}>
      {error ? (
        <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} actions={close} />
      ) : said === null ? (
        <Notice tone="warn" title={t.failed} actions={close}>
          <p>{t.stopped}</p>
        </Notice>
      ) : (
        <Notice tone={answer === 'put' || answer === 'text' ? 'warn' : 'good'}>
          <div className={styles.outcome}>
            <div>
              {missing && answer !== 'put' && <p data-testid="link-adapters">{t.done.adapters(missing)}</p>}
              <p {...(missing && answer === 'put' && { 'data-testid': 'link-adapters' })}>{said}</p>
              {answer === 'text' && <blockquote className={styles.quote}>{there}</blockquote>}
              {(answer === 'put' || answer === 'text') && !missing && <p>{t.done.why}</p>}
              {otherBuild && <p>{t.done.version}</p>}
              <p>{t.done.by}</p>
            </div>
            <Button variant="quiet" icon="close" label={t.close} data-testid="link-close" onClick={onClose} />
          </div>
        </Notice>
      )}
    </div>
  )
}
