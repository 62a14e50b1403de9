// A server in the place of a model here, in three steps that each are the reader's own: let it through, ask it, use it.

import { useEffect, useId } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { remoteWords } from '../../i18n/panels/remote.ts'
import { useModels } from '../../store/index.ts'
import { useRemote } from '../../store/remote/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import add from './AddModel.module.css'

export default function Remote() {
  const t = usePanelText(remoteWords)
  const explain = useExplain()
  const id = useId()
  const { address, open, models, model, hasKey, keepKey, busy, error, ...act } = useRemote()
  const { start } = act
  useEffect(() => void start(), [start])
  const using = useModels((s) => s.active?.remote !== undefined)
  const blank = address.trim() === ''
  return (
    <div className={add.way} data-testid="remote" data-open={open === undefined ? 'unknown' : (open ?? 'none')}>
      <h3>{t.title}</h3>
      <p>{t.lead}</p>
      <form
        className={add.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy && !blank) void (open === undefined ? act.connect() : act.allow())
        }}
      >
        <label htmlFor={`${id}-address`}>{t.address}</label>
        <input
          id={`${id}-address`}
          type="text"
          inputMode="url"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          placeholder="http://127.0.0.1:8080"
          value={address}
          data-testid="remote-address"
          aria-describedby={`${id}-hint`}
          onChange={(event) => act.setAddress(event.target.value)}
        />
        {open !== undefined && (
          <Button type="submit" disabled={busy || blank} data-testid="remote-allow">
            {t.allow}
          </Button>
        )}
      </form>
      <p id={`${id}-hint`}>
        {t.addressHint} {open !== undefined && t.allowHint}
      </p>
      <p data-testid="remote-policy">{open === undefined ? t.noWorker : open === null ? t.shut : t.open(open)}</p>
      {open !== null && (
        <>
          <div className={add.form}>
            <label htmlFor={`${id}-key`}>{t.key}</label>
            <input
              id={`${id}-key`}
              type="password"
              autoComplete="off"
              placeholder={hasKey ? t.hasKey : ''}
              data-testid="remote-key"
              onChange={(event) => act.setKey(event.target.value)}
            />
            <Button disabled={busy || blank} data-testid="remote-connect" onClick={() => void act.connect()}>
              {busy ? t.connecting : t.connect}
            </Button>
          </div>
          <p>{t.keyHint}</p>
          <p>
            <label>
              <input
                type="checkbox"
                checked={keepKey}
                data-testid="remote-keep-key"
                onChange={(event) => act.setKeepKey(event.target.checked)}
              />{' '}
              {t.keepKey}
            </label>
          </p>
          {models && (
            <form
              className={add.form}
              onSubmit={(event) => {
                event.preventDefault()
                if (!busy && model.trim() !== '') void act.use()
              }}
            >
              <label htmlFor={`${id}-model`}>{t.model}</label>
              {models.length > 0 ? (
                <select
                  id={`${id}-model`}
                  value={model}
                  data-testid="remote-model"
                  onChange={(event) => act.setModel(event.target.value)}
                >
                  {models.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              ) : (
                <input
                  id={`${id}-model`}
                  type="text"
                  value={model}
                  aria-describedby={`${id}-none`}
                  data-testid="remote-model"
                  onChange={(event) => act.setModel(event.target.value)}
                />
              )}
              <Button
                type="submit"
                variant="primary"
                disabled={busy || model.trim() === '' || using}
                data-testid="remote-use"
              >
                {t.use}
              </Button>
            </form>
          )}
          {models?.length === 0 && <p id={`${id}-none`}>{t.none}</p>}
        </>
      )}
      {open && (
        <p>
          <Button variant="quiet" disabled={busy} data-testid="remote-close" onClick={() => void act.close()}>
            {t.close}
          </Button>
        </p>
      )}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
    </div>
  )
}
