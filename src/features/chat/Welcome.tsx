// The empty chat: what can be seen of a model here, and something to start with. What it says of other models than the
// one that comes with the page is loaded with them.

import { lazy, Suspense } from 'react'
import { useFormats, useLang, useT } from '../../i18n/index.tsx'
import { useModels } from '../../store/index.ts'
import { openLesson } from '../../store/lessons/open.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useExamples } from './examples.ts'
import { StarterList } from './Starters.tsx'
import styles from './Welcome.module.css'

const KindWelcome = lazy(async () => ({ default: (await import('./KindWelcome.tsx')).KindWelcome }))

export function Welcome() {
  const t = useT()
  const info = useModels((s) => s.active?.info)
  // before the first model is here, it is the embedded one that is coming
  const entry = useModels((s) =>
    s.catalog.find((item) =>
      s.active
        ? item.id === s.active.id
        : item.group === 'embedded' && (!s.started || s.jobs[item.id]?.state === 'running'),
    ),
  )
  const format = useFormats()
  const embedded = entry?.group === 'embedded'
  const examples = useExamples(embedded, useLang())
  if (info && !embedded) {
    return (
      <section className={styles.welcome}>
        <Icon name="logo" size={44} />
        <Suspense>
          <KindWelcome info={info} entry={entry} />
        </Suspense>
      </section>
    )
  }
  return (
    <section className={styles.welcome}>
      <Icon name="logo" size={44} />
      <h2>{embedded ? t.welcome.storyteller : t.welcome.title}</h2>
      {embedded && <p>{t.welcome.storytellerText}</p>}
      <ul className={styles.see}>
        {(['attention', 'probabilities', 'lens', 'inside'] as const).map((panel) => (
          <li key={panel}>
            <a href={`#/${panel}`}>
              <Icon name={panel} size={22} />
              <span>{t.welcome.see[panel]}</span>
            </a>
          </li>
        ))}
      </ul>
      <div className={styles.lesson}>
        <Button variant="primary" icon="lessons" data-testid="first-lesson" onClick={() => openLesson('l01')}>
          {t.welcome.lesson}
        </Button>
        <a href="#/lessons" data-testid="all-lessons">
          {t.welcome.lessons}
        </a>
        <small>{t.welcome.lessonHint}</small>
      </div>
      <StarterList title={t.welcome.startStory} starters={embedded ? examples.slice(0, 4) : []} named />
      <p className={styles.private}>{t.welcome.private}</p>
      {info && (
        <p className={styles.facts}>
          {t.welcome.facts(format.number(info.parameters), info.layers, info.vocab, format.bytes(info.bytes.weights))}
          {info.device && ` · ${t.app.device[info.device.kind](info.device.threads ?? 1)}`}
        </p>
      )}
      {info?.adapter?.kind === 'software' && <p className={styles.soft}>{t.welcome.software}</p>}
    </section>
  )
}
