// The model at work: state, name (a menu to change it), number format, speed.

import { useState } from 'react'
import { formatName } from '../i18n/format-names.ts'
import { useFormats, useLang, useT } from '../i18n/index.tsx'
import { useChat, useModels, type ActiveModel, type ErrorCode, type ModelsState } from '../store/index.ts'
import { Dot, type DotState } from '../ui/Dot.tsx'
import styles from './ModelChip.module.css'
import { plainName } from '../ui/plain-name.ts'

type EngineState = 'idle' | 'loading' | 'ready' | 'generating' | 'error'
const dots: Record<EngineState, DotState> = {
  idle: 'idle',
  loading: 'busy',
  ready: 'ready',
  generating: 'busy',
  error: 'error',
}

/** errors after which nothing runs until the engine is started again */
export const lostCodes: readonly ErrorCode[] = ['GPU_LOST', 'WORKER_DIED', 'WORKER_TIMEOUT']

/** A model from beside the page is on its way, and will be loaded when it is here. */
const isPreparing = ({ active, jobs, catalog }: ModelsState): boolean =>
  active === null && catalog.some((entry) => entry.group !== 'hub' && jobs[entry.id]?.state === 'running')

function useEngineState(): EngineState {
  const active = useModels((s) => s.active?.state)
  const trouble = useModels((s) => s.adapterError !== null)
  const lost = useModels((s) => s.error !== null && lostCodes.includes(s.error.code))
  const unfetched = useModels((s) => s.active === null && s.wanted !== null && s.jobs[s.wanted]?.state === 'failed')
  const preparing = useModels((s) => !s.started || isPreparing(s))
  const writing = useChat((s) => s.status !== 'idle')
  if (active === 'loading') return 'loading'
  if (lost || unfetched || active === 'failed' || (trouble && active !== 'ready')) return 'error'
  if (active === 'ready') return writing ? 'generating' : 'ready'
  return preparing ? 'loading' : 'idle'
}

/** What the menu can load at once: stored models, those that lie beside the page, and the one at work. */
function choices({
  stored,
  catalog,
  active,
}: Pick<ModelsState, 'stored' | 'catalog'> & { active: ActiveModel | null }) {
  const found = new Map<string, string>()
  for (const entry of catalog) if (entry.group !== 'hub') found.set(entry.id, entry.title)
  for (const model of stored) if (model.complete) found.set(model.id, model.name)
  if (active && !found.has(active.id)) found.set(active.id, active.name)
  return [...found]
}

export function ModelChip() {
  const t = useT()
  const lang = useLang()
  const state = useEngineState()
  const { stored, catalog, active, load, use: obtain } = useModels()
  const info = active?.info
  const choose = (id: string) => {
    const nearby = catalog.find((entry) => entry.id === id && entry.group !== 'hub')
    if (id === 'more') location.hash = '#/models'
    else if (stored.some((model) => model.id === id && model.complete)) void load(id)
    else if (nearby) void obtain(nearby)
  }
  return (
    <div className={styles.chip}>
      <span className={styles.state} data-testid="engine-status" data-state={state}>
        <Dot state={dots[state]} label={t.status[state]} />
      </span>
      <select
        className={styles.select}
        data-testid="model-select"
        aria-label={t.app.model}
        value={active?.id ?? ''}
        disabled={state === 'loading' || state === 'generating'}
        onChange={(event) => choose(event.target.value)}
      >
        {!active && <option value="">{t.app.noModel}</option>}
        {choices({ stored, catalog, active }).map(([id, name]) => (
          <option key={id} value={id}>
            {plainName(name)}
          </option>
        ))}
        <option value="more">{t.app.moreModels}</option>
      </select>
      {info && (
        <span className={styles.format}>
          {info.formats.linear === 'mixed' ? t.app.mixed : formatName(info.formats.linear, lang)}
        </span>
      )}
      {info?.device && (
        <a
          className={styles.device}
          href="#/models"
          title={t.app.deviceHint}
          data-testid="device-chip"
          data-kind={info.device.kind}
        >
          {t.app.device[info.device.kind](info.device.threads ?? 1)}
        </a>
      )}
      <Speed />
    </div>
  )
}

function Speed() {
  const t = useT()
  const format = useFormats()
  const live = useChat((s) => s.live?.tokensPerSecond)
  // of this very load: what was measured before it, on another device or by another model, says nothing of it
  const info = useModels((s) => s.active?.info ?? null)
  const [last, setLast] = useState<{ info: typeof info; speed: number } | null>(null)
  if (live && (last?.info !== info || last.speed !== live)) setLast({ info, speed: live })
  const speed = last?.info === info ? last?.speed : undefined
  if (!speed) return null
  return <span className={styles.speed}>{t.chat.speed(format.short(speed))}</span>
}
