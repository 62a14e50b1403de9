// One model: what it is, where it stands, what can be done with it.

import { useEffect, useState } from 'react'
import { useFormats, useLang, useT } from '../../i18n/index.tsx'
import { catalogWords } from '../../i18n/panels/catalog.ts'
import { ofPace } from '../../i18n/notices.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { modelWords } from '../../i18n/panels/models.ts'
import { useNoticeText } from '../../i18n/useNoticeText.ts'
import { useLacking } from './useLacking.ts'
import { useSettings, type StoredModel } from '../../store/index.ts'
import { NoticeList } from '../../ui/NoticeList.tsx'
import { CardActions } from './CardActions.tsx'
import styles from './Card.module.css'
import { JobState } from './JobState.tsx'
import { noRoom, Plan } from './Plan.tsx'
import type { Row } from './rows.ts'
import { Name } from '../../ui/Name.tsx'

export function ModelCard({ row }: { row: Row }) {
  const t = useT()
  const listed = usePanelText(listedWords)
  const format = useFormats()
  const words = usePanelText(modelWords)
  const noticeText = useNoticeText()
  const { entry, stored, active } = row
  const lacking = useLacking(entry?.features)
  const full = noRoom(active, row.id) !== null
  const [open, setOpen] = useState(full)
  useEffect(() => {
    if (full) setOpen(true)
  }, [full])
  const notices = (active?.info?.notices ?? []).filter(({ quiet }) => !quiet)
  const bytes = stored?.bytes ?? entry?.bytes ?? null
  const lang = useLang()
  const about = entry
    ? (entry.about ?? entry.words?.about[lang] ?? (catalogWords[lang].about as Record<string, string>)[entry.key])
    : stored && !stored.damaged
      ? listed.addedOn(format.when(stored.addedAt))
      : undefined
  const count = active?.info?.parameters ?? readCount(entry?.parameters ?? '')
  const facts = [
    count > 0 && listed.parameters(format.compact(count)),
    bytes !== null &&
      (entry?.approximate && !stored ? listed.about(format.bytes(bytes)) : words.files(format.bytes(bytes))),
    entry?.licence,
    ...listFacts(row, words, format),
  ].filter((fact): fact is string => typeof fact === 'string' && fact !== '')
  return (
    <article
      className={styles.card}
      data-testid={`model-card-${row.id}`}
      data-state={stateOf(row)}
      data-active={active !== null}
    >
      <div className={styles.head}>
        <div className={styles.what}>
          <h3>
            <Name>{row.name}</Name>
            {active?.state === 'ready' && <span className={styles.badge}>{listed.state.loaded}</span>}
          </h3>
          {about !== undefined && <p>{about}</p>}
          {stored?.origin.kind === 'place' && <p>{words.onDisk}</p>}
          {entry?.words && (
            <p data-testid="tries">
              {words.tries} <q lang={lang}>{entry.words.tries[lang].join(' · ')}</q>
            </p>
          )}
          <p className={styles.facts}>
            {facts.map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </p>
          {lacking.length > 0 && <p data-testid="lacks">{words.lacks(lacking.join(', '))}</p>}
          {active?.info?.hasChatTemplate === false && active.info.does.includes('generate') && (
            <p data-testid="no-template">{active.info.chats ? listed.noTemplate : words.completes}</p>
          )}
        </div>
        <CardActions row={row} details={stored?.complete ? { open, toggle: () => setOpen(!open) } : null} />
      </div>
      <JobState row={row} />
      {stored?.complete && stored.unproven && <Unproven files={stored.files} />}
      {!open && (
        <NoticeList
          title={t.models.notices}
          items={notices.filter(({ code }) => !ofPace.has(code)).map(noticeText)}
          testId="model-notices"
        />
      )}
      {entry?.gated && !stored && <Gated repo={entry.origin.kind === 'hub' ? entry.origin.repo : ''} />}
      {open && stored?.complete && <Plan target={row.id} />}
    </article>
  )
}

/** What a list of the reader's says of a model beside its size. */
function listFacts({ entry }: Row, words: (typeof modelWords)['en'], format: ReturnType<typeof useFormats>): string[] {
  const { quant, context, memory, origin } = entry ?? {}
  const files = origin && 'files' in origin ? origin.files : undefined
  return [
    ...(quant === undefined ? [] : [quant]),
    ...(context === undefined ? [] : [words.context(format.number(context))]),
    ...(memory === undefined ? [] : [words.memory(format.bytes(memory))]),
    ...(entry?.key === 'own' && files ? [words.promised(files.length)] : []),
  ]
}

/** "135 M", "1.24 B" as the catalog writes it → a number; 0 when it says nothing. */
function readCount(text: string): number {
  const [, digits, unit] = /^([\d.]+) ?([MB])$/.exec(text) ?? []
  return digits === undefined ? 0 : Number(digits) * (unit === 'B' ? 1e9 : 1e6)
}

function stateOf({ stored, job, active }: Row): string {
  if (active?.state === 'ready') return 'loaded'
  if (active?.state === 'loading') return 'loading'
  if (job?.state === 'running') return job.kind === 'remove' ? 'removing' : 'downloading'
  return stored?.complete ? 'stored' : stored ? 'partial' : 'absent'
}

/** Bytes from a plain address: nobody promised what they must be, so what came can be compared by hand. */
function Unproven({ files }: { files: StoredModel['files'] }) {
  const listed = usePanelText(listedWords)
  return (
    <details className={styles.gated} data-testid="unproven">
      <summary>{listed.unproven}</summary>
      <p>{listed.unprovenHint}</p>
      <div className={styles.hashes}>
        {files.map(({ name, sha256 }) => (
          <p key={name}>
            {name}
            <code>{`SHA-256 ${sha256 ?? '–'}`}</code>
          </p>
        ))}
      </div>
    </details>
  )
}

function Gated({ repo }: { repo: string }) {
  const listed = usePanelText(listedWords)
  const host = useSettings((s) => s.hubHost)
  return (
    <p className={styles.gated}>
      {listed.gated}{' '}
      {repo !== '' && (
        <a href={`${host}/${repo}`} target="_blank" rel="noopener noreferrer" title={`${host}/${repo}`}>
          {repo}
        </a>
      )}
    </p>
  )
}
