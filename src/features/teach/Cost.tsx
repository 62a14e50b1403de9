// What a run would take on this machine: measured when it is asked for, and said before anything begins.

import { useExplain, useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useModels } from '../../store/index.ts'
import { useBirth } from '../../store/teach/birth.ts'
import type { Lesson } from '../../store/teach/lesson.ts'
import { useTeach } from '../../store/teach/index.ts'
import { keyOf, timeOf, usePrice } from '../../store/teach/price.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import styles from './Panel.module.css'

/** What else learns now, so that nothing can be taught; null: nothing. */
export function useBeside(): string | null {
  const { cost, birthRuns, kept: words } = usePanelText(teachWords)
  const kept = useTeach((s) => s.kept)
  const isMeasured = usePrice((s) => s.measured !== null)
  const isBorn = useBirth((s) => s.phase !== null)
  if (kept?.isRunning) return words.elsewhere(kept.name)
  return isMeasured ? cost.wait : isBorn ? birthRuns : null
}

/** @param may nothing stands in the way of teaching it now */
export function Cost({ lesson, may }: { lesson: Lesson; may: boolean }) {
  const t = usePanelText(teachWords)
  const format = useFormats()
  const explain = useExplain()
  const { price, measured, error, measure, stop } = usePrice()
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active.id : null))
  const isKnown = price !== null && model !== null && price.of === keyOf(model, lesson)
  return (
    <>
      <div className={styles.actions}>
        {measured === null ? (
          <Button
            disabled={!may || model === null}
            title={t.cost.hint}
            onClick={() => void measure(lesson)}
            data-testid="teach-measure"
          >
            {isKnown ? t.cost.again : t.cost.measure}
          </Button>
        ) : (
          <Button icon="stop" onClick={stop}>
            {t.stop}
          </Button>
        )}
        <p role="status" className={styles.note} data-testid="teach-cost" data-known={isKnown}>
          {measured !== null
            ? t.cost.runs(measured)
            : isKnown
              ? t.cost.takes(
                  format.duration(timeOf(price, lesson) / 1000),
                  format.number(price.numbers),
                  format.bytes(price.bytes),
                )
              : t.cost.hint}
        </p>
      </div>
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
    </>
  )
}
