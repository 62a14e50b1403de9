// All words of the glossary, to be looked through and searched in both languages.

import { useId, useState } from 'react'
import { useLang } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useGlossary } from './glossary.ts'
import styles from './Panel.module.css'

export function Glossary() {
  const t = usePanelText(lessonWords).glossary
  const glossary = useGlossary()
  const lang = useLang()
  const id = useId()
  const [query, setQuery] = useState('')
  if (!glossary) return null
  const [own, other] = lang === 'zh' ? [glossary.zh, glossary.en] : [glossary.en, glossary.zh]
  const wanted = query.trim().toLowerCase()
  const names = ({ term, also = [] }: { term: string; also?: readonly string[] }): string[] => [term, ...also]
  const found = Object.keys(own).filter(
    (key) =>
      wanted === '' ||
      [...names(own[key]!), ...names(other[key]!), own[key]!.text].some((name) => name.toLowerCase().includes(wanted)),
  )
  return (
    <details className={styles.glossary} data-testid="glossary">
      <summary>
        <h2>{t.title}</h2> <span>{t.count(Object.keys(own).length)}</span>
      </summary>
      <p>
        <label htmlFor={id}>{t.find}</label>{' '}
        <input
          id={id}
          type="text"
          value={query}
          data-testid="glossary-find"
          spellCheck={false}
          onChange={(event) => setQuery(event.target.value)}
        />
      </p>
      {found.length === 0 && <p role="status">{t.none}</p>}
      <dl>
        {found.map((key) => (
          <div key={key} data-testid="glossary-term">
            <dt>
              {own[key]!.term} <span lang={lang === 'zh' ? 'en' : 'zh-CN'}>{other[key]!.term}</span>
            </dt>
            <dd>{own[key]!.text}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
