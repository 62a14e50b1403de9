// A list of the reader's own: a JSON file that adds models to those that can be downloaded.

import { useId, useRef, useState } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { ownCatalogWords } from '../../i18n/panels/own-catalog.ts'
import { useOwnCatalog } from '../../store/own-catalog.ts'
import { Button } from '../../ui/Button.tsx'
import { Name } from '../../ui/Name.tsx'
import { Notice } from '../../ui/Notice.tsx'
import add from './AddModel.module.css'

export default function OwnCatalog() {
  const t = usePanelText(ownCatalogWords)
  const id = useId()
  const file = useRef<HTMLInputElement>(null)
  const [address, setAddress] = useState('')
  const { entries, problem, added, busy, addFile, fetch: get, remove } = useOwnCatalog()
  return (
    <div className={add.way} data-testid="own-catalog">
      <h3>{t.title}</h3>
      <p>{t.hint}</p>
      <input
        ref={file}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label={t.pick}
        data-testid="catalog-file"
        onChange={(event) => {
          const chosen = event.target.files?.[0]
          event.target.value = ''
          if (chosen) void addFile(chosen)
        }}
      />
      <Button icon="file" onClick={() => file.current?.click()}>
        {t.pick}
      </Button>
      <form
        className={add.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (address.trim() !== '') void get(address.trim())
        }}
      >
        <label htmlFor={`${id}-address`}>{t.address}</label>
        <input
          id={`${id}-address`}
          type="url"
          spellCheck={false}
          autoComplete="off"
          value={address}
          data-testid="catalog-address"
          onChange={(event) => setAddress(event.target.value)}
        />
        <Button type="submit" disabled={busy || address.trim() === ''} data-testid="catalog-fetch">
          {t.fetch}
        </Button>
      </form>
      <p role="status">{added === null ? '' : t.added(added)}</p>
      {problem && (
        <Notice tone="bad" title={t.refused} testId="catalog-problem">
          <p>
            {problem.line !== null && t.at(problem.line, problem.column!, problem.field)}
            <bdi>{t.why[problem.why](problem.found)}</bdi>
          </p>
        </Notice>
      )}
      {entries.length > 0 && (
        <>
          <h4>{t.yours}</h4>
          <ul>
            {entries.map((one) => (
              <li key={one.id}>
                <Name>{one.title}</Name>
                <Button variant="quiet" icon="trash" label={t.remove(one.title)} onClick={() => remove(one.id)} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
