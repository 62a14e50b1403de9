// Before a link is opened that needs a model from elsewhere: what is in it, which model, how big and from where.

import { useState } from 'react'
import { useExplain, useFormats } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { share as words } from '../i18n/panels/share.ts'
import { toData } from '../store/client.ts'
import { useChat, useModels, useSettings, type ErrorData, type ModelListing } from '../store/index.ts'
import type { Place } from '../store/share/model.ts'
import type { SharedRun } from '../store/share/run.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { FactList } from '../ui/FactList.tsx'
import { Notice } from '../ui/Notice.tsx'
import styles from './Share.module.css'
import { useStrength } from './useStrength.ts'
import { plainName } from '../ui/plain-name.ts'

interface Props {
  run: SharedRun
  place: Place
  onGo: (listing: ModelListing | null) => void
  onLeave: () => void
}

export function AskLink({ run, place, onGo, onLeave }: Props) {
  const t = usePanelText(words)
  const format = useFormats()
  const explain = useExplain()
  const shown = useStrength()
  const busy = useChat((s) => s.status !== 'idle')
  const lookup = useModels((s) => s.lookup)
  const hubHost = useSettings((s) => s.hubHost)
  const [listing, setListing] = useState<ModelListing | null>(null)
  const [looking, setLooking] = useState(false)
  const [error, setError] = useState<ErrorData | null>(null)
  const { turns, answer, edits } = run
  const model = { ...run.model, name: plainName(run.model.name) }
  const away = place.at === 'away' ? place : null
  const bytes = listing ? listing.bytes : (away?.entry?.bytes ?? (place.at === 'beside' ? place.entry.bytes : null))
  const host = away?.origin.kind === 'url' ? new URL(away.origin.url).host : new URL(hubHost).host
  const look = async (): Promise<void> => {
    setLooking(true)
    setError(null)
    try {
      setListing(await lookup(away!.origin))
    } catch (problem) {
      setError(toData(problem))
    } finally {
      setLooking(false)
    }
  }
  const gated = listing?.gated ?? away?.entry?.gated ?? false
  const choose = listing !== null && listing.files.length === 0
  const size = bytes === null ? t.open.unknown : t.open.must(format.bytes(bytes))
  return (
    <Dialog
      title={t.open.title}
      closeLabel={t.close}
      onClose={onLeave}
      testId="link-dialog"
      actions={
        <>
          {(place.at === 'loaded' || place.at === 'stored' || place.at === 'beside') && (
            <Button variant="primary" data-testid="link-open" onClick={() => onGo(null)}>
              {place.at === 'loaded' ? t.open.go : t.open.goAndLoad(model.name)}
            </Button>
          )}
          {away &&
            !gated &&
            !choose &&
            ((listing ?? away.entry) ? (
              <Button variant="primary" icon="download" data-testid="link-get" onClick={() => onGo(listing)}>
                {t.open.get(bytes === null ? '' : format.bytes(bytes))}
              </Button>
            ) : (
              <Button variant="primary" data-testid="link-look" disabled={looking} onClick={() => void look()}>
                {looking ? t.open.looking : t.open.look(host)}
              </Button>
            ))}
          <Button data-testid="link-leave" onClick={onLeave}>
            {t.open.leave}
          </Button>
        </>
      }
    >
      <p>{t.open.lead}</p>
      <FactList
        facts={[
          {
            name: t.open.model,
            value: model.name,
            note:
              place.at === 'file' || place.at === 'elsewhere'
                ? undefined
                : away || (place.at === 'beside' && place.entry.group === 'local')
                  ? size
                  : t.open.here,
          },
          ...(away
            ? [
                {
                  name: away.origin.kind === 'url' ? t.open.address : t.open.repo,
                  value:
                    away.origin.kind === 'url'
                      ? away.origin.url
                      : away.origin.kind === 'hub'
                        ? [away.origin.repo, away.origin.file].filter(Boolean).join('/')
                        : '',
                },
              ]
            : []),
          ...(run.adapters.length > 0
            ? [{ name: t.open.adapters, value: run.adapters.map((one) => shown(one, true)).join(', ') }]
            : []),
          { name: t.open.contains, value: t.open.contents(turns.length, answer?.ids.length ?? 0, edits.length) },
        ]}
      />
      {turns[0] && (
        <div>
          <p>{t.open.says}</p>
          <blockquote className={styles.quote}>{turns[0].text.slice(0, 600)}</blockquote>
        </div>
      )}
      {place.at === 'file' && (
        <Notice tone="info">
          <p>{t.open.file(model.name)}</p>
        </Notice>
      )}
      {place.at === 'elsewhere' && (
        <Notice tone="info">
          <p>{t.open.local(model.name)}</p>
        </Notice>
      )}
      {gated && (
        <Notice tone="info">
          <p>{t.open.gated}</p>
        </Notice>
      )}
      {choose && (
        <Notice tone="info">
          <p>{t.open.choose}</p>
        </Notice>
      )}
      {busy && (
        <Notice tone="warn">
          <p>{t.open.busy}</p>
        </Notice>
      )}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
    </Dialog>
  )
}
