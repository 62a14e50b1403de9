// Ready-made system prompts and settings of the sampler: those of the page, and those that the reader kept. Choosing one
// sets it; keeping, and deleting one's own, stand beside.

import { useId, useState } from 'react'
import { useLang } from '../../i18n/index.tsx'
import { libraryWords, systemPrompts } from '../../i18n/panels/library.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useModels } from '../../store/index.ts'
import { useLibrary } from '../../store/library.ts'
import { baseParams, type OwnParams, type TurnParams } from '../../store/sampling.ts'
import { parametersOf } from './params.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Settings.module.css'

export function SystemPresets() {
  const t = usePanelText(libraryWords).presets
  const page = systemPrompts[useLang()]
  const { systems, keep, remove } = useLibrary()
  const { system, setSystem } = useChat()
  return (
    <Presets
      label={t.system}
      page={page.map(({ title, text }, i) => ({ id: String(i), title, on: text === system }))}
      own={systems.map(({ id, title, text }) => ({ id, title, on: text === system }))}
      testId="system-presets"
      canKeep={system.trim() !== ''}
      onChoose={(id, own) => setSystem(own ? systems.find((one) => one.id === id)!.text : page[Number(id)]!.text)}
      onKeep={(title) => keep('systems', { title, text: system })}
      onRemove={(id) => remove('systems', id)}
    />
  )
}

/** Every number of the sampler, so that what was set before does not shine through. */
const pagePresets: Record<'exact' | 'balanced' | 'bold', Partial<TurnParams>> = {
  exact: { temperature: 0 },
  balanced: {},
  bold: { temperature: 1.3, topK: 0, topP: 0.98, minP: 0.1 },
}

export function SamplingPresets() {
  const words = usePanelText(libraryWords)
  const t = words.presets
  const { samplings, keep, remove } = useLibrary()
  const { params, setParams } = useChat()
  const defaults = useModels((s) => s.active?.info?.defaults)
  const base = parametersOf(baseParams(defaults))
  const now = parametersOf(params)
  const same = (other: OwnParams): boolean =>
    Object.entries(other).every(
      ([name, value]) => JSON.stringify(params[name as keyof OwnParams]) === JSON.stringify(value),
    )
  const sameBiases = (banned: TurnParams['banned'] | undefined): boolean =>
    banned === undefined || JSON.stringify(banned) === JSON.stringify(params.banned)
  const page = (Object.keys(pagePresets) as (keyof typeof pagePresets)[]).map((id) => {
    const set: OwnParams = { ...base, ...pagePresets[id] }
    return { id, title: words.samplings[id], set, on: same(set) }
  })
  return (
    <Presets
      label={t.sampling}
      page={page}
      own={samplings.map((one) => ({ ...one, on: same(one.params) && sameBiases(one.banned) }))}
      testId="sampling-presets"
      canKeep
      onChoose={(id, own) => {
        const { params: set, banned } = own
          ? samplings.find((one) => one.id === id)!
          : { params: page.find((one) => one.id === id)!.set, banned: undefined }
        setParams({ ...set, ...(banned && { banned }) })
      }}
      onKeep={(title) => {
        const { stop, banned } = params
        keep('samplings', { title, params: { ...now, stop }, ...(banned.length > 0 && { banned }) })
      }}
      onRemove={(id) => remove('samplings', id)}
    />
  )
}

interface Entry {
  id: string
  title: string
  /** it is what is set now */
  on: boolean
}
interface Props {
  label: string
  page: readonly Entry[]
  own: readonly Entry[]
  testId: string
  canKeep: boolean
  onChoose: (id: string, own: boolean) => void
  onKeep: (title: string) => void
  onRemove: (id: string) => void
}

function Presets({ label, page, own, testId, canKeep, onChoose, onKeep, onRemove }: Props) {
  const t = usePanelText(libraryWords).presets
  const id = useId()
  const [name, setName] = useState<string | null>(null)
  const mine = own.find((one) => one.on)
  const ofPage = page.find((one) => one.on)
  const value = mine ? `own ${mine.id}` : ofPage ? `page ${ofPage.id}` : ''
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.row}>
        <select
          id={id}
          value={value}
          data-testid={testId}
          onChange={(event) => {
            const [where, which] = event.target.value.split(' ')
            if (which !== undefined) onChoose(which, where === 'own')
          }}
        >
          <option value="">{t.choose}</option>
          <optgroup label={t.page}>
            {page.map((one) => (
              <option key={one.id} value={`page ${one.id}`}>
                {one.title}
              </option>
            ))}
          </optgroup>
          {own.length > 0 && (
            <optgroup label={t.own}>
              {own.map((one) => (
                <option key={one.id} value={`own ${one.id}`}>
                  {one.title}
                </option>
              ))}
            </optgroup>
          )}
        </select>
        {mine ? (
          <Button
            variant="quiet"
            icon="trash"
            label={t.remove}
            data-testid={`${testId}-remove`}
            onClick={() => onRemove(mine.id)}
          />
        ) : (
          <Button
            variant="quiet"
            icon="plus"
            label={t.keep}
            disabled={!canKeep}
            aria-expanded={name !== null}
            data-testid={`${testId}-keep`}
            onClick={() => setName(name === null ? '' : null)}
          />
        )}
      </div>
      {name !== null && (
        <form
          className={styles.row}
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() === '') return
            onKeep(name.trim())
            setName(null)
          }}
        >
          <input
            type="text"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader just asked to keep it
            autoFocus
            dir="auto"
            maxLength={200}
            value={name}
            placeholder={t.name}
            aria-label={t.name}
            data-testid={`${testId}-name`}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={name.trim() === ''}>
            {t.done}
          </Button>
        </form>
      )}
    </div>
  )
}
