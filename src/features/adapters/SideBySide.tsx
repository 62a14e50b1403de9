// One prompt on both sides: what is asked, with which strengths, and the two columns that come of it.

import { useId } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { useChat, useModels } from '../../store/index.ts'
import { both, lastQuestion, useSideBySide } from '../../store/side-by-side.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Column } from './Column.tsx'
import styles from './SideBySide.module.css'
import { Parting, PartingStatus } from './Parting.tsx'
import panel from './Panel.module.css'
import { Readings } from './Readings.tsx'
import { Sides } from './Sides.tsx'

export function SideBySide() {
  const t = usePanelText(adapterWords).ab
  const info = useModels((s) => s.active?.info ?? null)
  const { a, b, error, prompt, asked } = useSideBySide()
  const explain = useExplain()
  const details = usePanelText(adapterWords).details
  const writes = info?.does.includes('generate') ?? true
  return (
    <section className={panel.section} aria-labelledby="adapters-ab" data-testid="side-by-side">
      <h2 id="adapters-ab">{t.title}</h2>
      <p className={panel.soft}>{writes ? t.lead : t.leadRead}</p>
      {writes && (
        <p>
          <Button
            variant="quiet"
            icon="compare"
            data-testid="to-compare"
            onClick={() => {
              location.hash = '#/compare'
            }}
          >
            {t.more}
          </Button>
        </p>
      )}
      <Form writes={writes} mask={info?.mask ?? null} />
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={details} />}
      {a && b && (
        <>
          {asked !== prompt && <p className={styles.asked}>{t.asked(asked)}</p>}
          <PartingStatus a={a} b={b} />
          <div className={styles.columns}>
            {both.map((side) => (
              <Column key={side} side={side} a={a} b={b} />
            ))}
          </div>
          {a.reading && b.reading ? <Readings a={a.reading} b={b.reading} mask={info?.mask ?? null} /> : null}
          <Parting a={a} b={b} />
        </>
      )}
    </section>
  )
}

function Form({ writes, mask }: { writes: boolean; mask: string | null }) {
  const t = usePanelText(adapterWords).ab
  const format = useFormats()
  const id = useId()
  const { prompt, before, withBefore, maxTokens, seed, running, run, stop, ...set } = useSideBySide()
  const moving = useAdapters((s) => s.moving !== null)
  const writing = useChat((s) => s.status !== 'idle')
  const asked = useChat((s) => lastQuestion(s.messages) >= 0)
  const { temperature, randomSeed, seed: own } = useChat((s) => s.params)
  const blocked = prompt.trim() === '' || moving || (writing && !running)
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!blocked && !running) void run()
      }}
    >
      <label htmlFor={`${id}-prompt`} className={styles.label}>
        {writes ? t.prompt : t.text}
      </label>
      <textarea
        id={`${id}-prompt`}
        dir="auto"
        rows={3}
        value={prompt}
        data-testid="ab-prompt"
        onChange={(event) => set.setPrompt(event.target.value)}
      />
      <div className={styles.row}>
        {writes && asked && (
          <Button variant="quiet" icon="chat" data-testid="ab-take" onClick={set.takeQuestion}>
            {t.take}
          </Button>
        )}
        {writes && before !== null && before.length > 0 && (
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={withBefore}
              data-testid="ab-before"
              onChange={(event) => set.setWithBefore(event.target.checked)}
            />
            {t.withBefore(before.length)}
          </label>
        )}
        {!writes && mask !== null && (
          <Button variant="quiet" onClick={() => set.setPrompt(`${prompt}${mask}`)}>
            {t.blank}
          </Button>
        )}
      </div>
      <Sides />
      {writes && (
        <p className={styles.settings}>
          <label htmlFor={`${id}-length`}>{t.length}</label>
          <input
            id={`${id}-length`}
            type="number"
            min={1}
            max={4096}
            value={maxTokens}
            data-testid="ab-length"
            onChange={(event) => {
              if (event.target.valueAsNumber >= 1) set.setMaxTokens(event.target.valueAsNumber)
            }}
          />
          <span>
            {t.sampling(format.number(temperature, 2))} · {randomSeed ? t.newSeed : t.seed(own)}
          </span>
        </p>
      )}
      <div className={styles.row}>
        {/* keys: a click meant for Stop must not land on what took its place */}
        {running ? (
          <Button key="stop" icon="stop" data-testid="ab-stop" onClick={stop}>
            {t.stop}
          </Button>
        ) : (
          <Button key="run" type="submit" variant="primary" disabled={blocked} data-testid="ab-run">
            {writes ? t.run : t.read}
          </Button>
        )}
        {writing && !running && <span className={panel.soft}>{t.busyElsewhere}</span>}
        {!running && randomSeed && seed !== null && <span className={panel.soft}>{t.seed(seed)}</span>}
      </div>
    </form>
  )
}
