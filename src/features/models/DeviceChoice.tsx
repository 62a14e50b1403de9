// Which device the next load takes: measured, or one by name. What is loaded stays as it is until it is loaded again.

import { useId } from 'react'
import { deviceWords } from '../../i18n/panels/device.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useModels, useSettings } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import styles from './Side.module.css'

const devices = ['auto', 'gpu', 'cpu'] as const
type Choice = (typeof devices)[number]

export function DeviceChoice() {
  const t = usePanelText(deviceWords)
  const id = useId()
  const { load, setLoad } = useSettings()
  const { active, noGpu, load: loadAgain } = useModels()
  const writing = useChat((s) => s.status !== 'idle')
  const device = (load.device ?? 'auto') as Choice
  const loaded = active?.state === 'ready' ? active : null
  const changed =
    loaded !== null &&
    ((loaded.options.device ?? 'auto') !== device ||
      (device !== 'gpu' && loaded.info?.device?.kind !== 'gpu' && loaded.options.threads !== load.threads))
  return (
    <div className={styles.choice}>
      <span className={styles.label} aria-hidden="true">
        {t.choice}
      </span>
      <Segmented
        label={t.choice}
        value={device}
        onChange={(next) => setLoad({ device: next })}
        options={devices.map((value) => ({ value, text: t.choices[value] }))}
        testId="device-choice"
      />
      {device === 'auto' && !noGpu && <p>{t.autoHint}</p>}
      {device !== 'gpu' && (
        <p className={styles.threads}>
          <label htmlFor={id}>{t.threads}</label>
          <select
            id={id}
            data-testid="device-threads"
            value={load.threads ?? 'all'}
            onChange={({ target: { value } }) => setLoad({ threads: value === 'all' ? undefined : Number(value) })}
          >
            <option value="all">{t.allThreads}</option>
            {[1, 2, 3, 4].map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </p>
      )}
      {changed && (
        <p>
          {t.atNextLoad}{' '}
          <Button
            disabled={writing}
            data-testid="device-again"
            onClick={() => void loadAgain(loaded.id, { ...loaded.options, device, threads: load.threads })}
          >
            {t.again(loaded.name)}
          </Button>
        </p>
      )}
    </div>
  )
}
