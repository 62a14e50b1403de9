// Which of several kernels runs each kind of step of the loaded model, what was measured of them, and who decides.

import { useEffect, useId, useState } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { bench as words } from '../../i18n/panels/bench.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import {
  getClient,
  toData,
  useChat,
  useModels,
  useSettings,
  type ErrorData,
  type KernelUse,
  type ModelInfo,
} from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import styles from './Panel.module.css'

export function Choices({ idle }: { idle: boolean }) {
  const t = usePanelText(words)
  const explain = useExplain()
  const id = useId()
  const active = useModels((s) => s.active)
  const isWriting = useChat((s) => s.status !== 'idle')
  const { load, setLoad } = useSettings()
  const [told, setTold] = useState<{ of: ModelInfo; uses: KernelUse[] } | null>(null)
  const [timing, setTiming] = useState(false)
  const [error, setError] = useState<ErrorData | null>(null)
  const model = idle && active?.state === 'ready' && active.info?.device?.kind === 'gpu' ? active.info : null
  const uses = told && told.of === model ? told.uses : []
  useEffect(() => {
    let here = true
    if (model && !isWriting) {
      getClient()
        .bench.choices()
        .then(
          (found) => here && setTold({ of: model, uses: found }),
          () => undefined, // the model went away meanwhile
        )
    }
    return () => {
      here = false
    }
  }, [model, isWriting])
  const tune = async (of: ModelInfo): Promise<void> => {
    setTiming(true)
    setError(null)
    try {
      setTold({ of, uses: await getClient().bench.tune() })
    } catch (thrown) {
      setError(toData(thrown))
    }
    setTiming(false)
  }
  if (!model || uses.length === 0) return null
  const rounding = new Set(uses.flatMap((use) => use.rounding))
  const names = [...new Set([...uses.flatMap(({ candidates }) => candidates), ...rounding])]
    .filter((name) => !name.includes(' '))
    .sort()
  return (
    <section className={styles.result} aria-labelledby={`${id}-title`} data-testid="kernel-choices">
      <h2 id={`${id}-title`}>{t.choices}</h2>
      <p className={styles.note}>{t.choicesText}</p>
      <div className={styles.actions}>
        <label htmlFor={id}>{t.chooseBy}</label>
        <select
          id={id}
          value={load.kernels ?? 'auto'}
          onChange={({ target: { value } }) => setLoad({ kernels: value })}
          data-testid="kernel-order"
        >
          <option value="auto">{t.chosenBy.measured}</option>
          <option value="default">{t.chosenBy.default}</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <Button disabled={timing || isWriting} onClick={() => void tune(model)} data-testid="kernel-tune">
          {timing ? t.timing : t.timeNow}
        </Button>
      </div>
      {rounding.size > 0 && (
        <p className={styles.note} data-testid="kernel-rounding">
          {t.rounding([...rounding].join(', '))}
        </p>
      )}
      {(active?.options.kernels ?? 'auto') !== (load.kernels ?? 'auto') && (
        <p className={styles.note}>{t.atNextLoad}</p>
      )}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
      <Table uses={uses} />
    </section>
  )
}

function Table({ uses }: { uses: readonly KernelUse[] }) {
  const t = usePanelText(words)
  const format = useFormats()
  const timed = (use: KernelUse, name: string): string => {
    const milliseconds = use.milliseconds[name]
    return milliseconds === undefined ? name : `${name} ${t.microseconds(format.short(milliseconds * 1000))}`
  }
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.choices}>
      <table className={styles.kernels}>
        <thead>
          <tr>
            <th scope="col">{t.step}</th>
            <th scope="col">{t.shape}</th>
            <th scope="col">{t.tokens}</th>
            <th scope="col">{t.runs}</th>
            <th scope="col">{t.others}</th>
          </tr>
        </thead>
        <tbody>
          {uses.map((use) => (
            <tr key={use.key}>
              <th scope="row">
                <code>{use.op}</code>
              </th>
              <td>{use.shape ? `${use.shape.join(' × ')} ${use.format}` : '–'}</td>
              <td>{use.rows}</td>
              <td>
                {timed(use, use.runs)} ({t.chosenBy[use.by]})
              </td>
              <td>
                {use.candidates
                  .filter((name) => name !== use.runs)
                  .map((name) => timed(use, name))
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
