// Does it fit? A button that asks the device, and, where it does not, one for each change with which it would.

import { useEffect, useState } from 'react'
import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { planWords } from '../../i18n/panels/plan.ts'
import { fitWords } from '../../i18n/panels/fit.ts'
import {
  getClient,
  useModels,
  useSettings,
  type ErrorData,
  type MemoryProbe,
  type ModelPlanSummary,
  type Packing,
} from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { fits, offers, type Offer, type Room } from './fit.ts'
import styles from './Plan.module.css'
import { asData } from './usePlan.ts'

interface Props {
  plan: ModelPlanSummary
  target: string | readonly File[]
  packing: Packing
  setPacking: (packing: Packing) => void
  /** the largest piece that the device takes; Infinity on the processor */
  piece: number
  device: 'gpu' | 'cpu'
  /** what the plan took whose load found no room */
  refused: number | null
}

export function Fit({ plan, target, packing, setPacking, piece, device, refused }: Props) {
  const t = useT()
  const inPlan = usePanelText(planWords)
  const words = usePanelText(fitWords)
  const format = useFormats()
  const explain = useExplain()
  const { total } = plan.bytes
  const [asked, setAsked] = useState<{ of: number; probe: MemoryProbe | null; error: ErrorData | null } | null>(null)
  const answer = asked?.of === total ? asked : null
  const short = answer?.probe && answer.probe.given < answer.probe.asked ? answer.probe.given : null
  // only what takes less than a load that failed can fit
  const room: Room = {
    piece,
    total: Math.min(
      asked?.probe && asked.probe.given < asked.probe.asked ? asked.probe.given : Infinity,
      refused === null ? Infinity : refused - 1,
    ),
  }
  const test = (): void => {
    setAsked({ of: total, probe: null, error: null })
    getClient()
      .probe(plan.bytes, device)
      .then(
        (found) => setAsked({ of: total, probe: found, error: null }),
        (problem: unknown) => setAsked({ of: total, probe: null, error: asData(problem) }),
      )
  }
  return (
    <div className={styles.fit} data-testid="fit" data-fits={fits(plan, room)}>
      {!fits(plan, room) && (
        <Notice tone="warn" title={inPlan.tooBig} testId="too-big">
          <p>
            {short !== null
              ? words.full(format.bytes(room.total), format.bytes(total))
              : refused !== null
                ? words.failed
                : words.piece}
          </p>
          <Offers plan={plan} target={target} packing={packing} setPacking={setPacking} room={room} />
        </Notice>
      )}
      <div className={styles.buttons}>
        <Button data-testid="probe" disabled={answer !== null && !answer.probe && !answer.error} onClick={test}>
          {words.probe}
        </Button>
        {answer?.probe && short === null && (
          <p role="status" data-testid="probed">
            {words.given(format.bytes(answer.probe.given))}
          </p>
        )}
      </div>
      {answer?.error && (
        <ErrorNote
          {...explain(answer.error)}
          code={answer.error.code}
          message={answer.error.message}
          details={t.app.details}
        />
      )}
    </div>
  )
}

function Offers({
  plan,
  target,
  packing,
  setPacking,
  room: { piece, total },
}: Pick<Props, 'plan' | 'target' | 'packing' | 'setPacking'> & { room: Room }) {
  const t = useT()
  const words = usePanelText(fitWords)
  const format = useFormats()
  const ask = useModels((s) => s.plan)
  const options = useSettings((s) => s.load)
  const { setLoad, setLonger } = useSettings()
  const [found, setFound] = useState<Offer[] | null>(null)
  useEffect(() => {
    let newest = true
    setFound(null)
    void offers(plan, packing, { piece, total }, (change) =>
      ask(target, { ...options, ...packing, ...change, withinTraining: true }).catch(() => null),
    ).then((all) => {
      if (newest) setFound(all)
    })
    return () => {
      newest = false
    }
  }, [plan, packing, piece, total, ask, target, options])
  if (found === null) return <p>{words.looking}</p>
  if (found.length === 0) return <p>{words.nothing}</p>
  return (
    <>
      <p>{words.wouldFit}</p>
      <div className={styles.buttons}>
        {found.map((offer) => (
          <Button
            key={JSON.stringify(offer)}
            data-testid="offer"
            onClick={() => {
              if (offer.context !== undefined) {
                if (typeof target === 'string') setLonger(target, null)
                setLoad({ context: offer.context })
              }
              if (offer.packing) setPacking(offer.packing)
            }}
          >
            {words.offer(
              [
                offer.context === undefined ? null : words.context(t.chat.tokens(offer.context)),
                offer.packing ? words.packing(offer.packing) : null,
              ].filter((part): part is string => part !== null),
              format.bytes(offer.bytes),
            )}
          </Button>
        ))}
      </div>
    </>
  )
}
