// The empty chat: what can be seen of a model here, and something to start with.

import { useFormats, useLang, useT, type Lang } from '../../i18n/index.tsx'
import { useChat, useModels } from '../../store/index.ts'
import { Icon } from '../../ui/icons.tsx'
import { useExamples } from './examples.ts'
import styles from './Welcome.module.css'

export function Welcome() {
  const t = useT()
  const active = useModels((s) => s.active)
  // before the first model is here, it is the embedded one that is coming
  const entry = useModels((s) =>
    s.catalog.find((item) =>
      s.active
        ? item.id === s.active.id
        : item.group === 'embedded' && (!s.started || s.jobs[item.id]?.state === 'running'),
    ),
  )
  const info = active?.info
  const format = useFormats()
  const embedded = entry?.group === 'embedded'
  return (
    <section className={styles.welcome}>
      <Icon name="logo" size={44} />
      <h2>{embedded ? t.welcome.storyteller : t.welcome.title}</h2>
      <p>{embedded ? t.welcome.storytellerText : t.welcome.text}</p>
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
      <Starters embedded={embedded} tries={entry?.words?.tries} />
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

/** tries: what a small model's own description says to try */
function Starters({ embedded, tries }: { embedded: boolean; tries?: Record<Lang, string[]> | undefined }) {
  const t = useT()
  const lang = useLang()
  const examples = useExamples(embedded, lang)
  const send = useChat((s) => s.send)
  const ready = useModels((s) => s.active?.state === 'ready')
  const shown = tries
    ? tries[lang].map((text) => ({ title: text, text: '', lang }))
    : embedded
      ? examples.slice(0, 4)
      : t.welcome.starters.map((starter) => ({ ...starter, lang }))
  if (shown.length === 0) return null
  return (
    <div className={styles.starters}>
      <h3>{embedded ? t.welcome.startStory : t.welcome.startAsk}</h3>
      <ul>
        {shown.map((example) => (
          <li key={example.title}>
            <button
              type="button"
              lang={example.lang}
              disabled={!ready}
              data-testid="starter"
              onClick={() => void send(example.text || example.title, embedded ? example.title : undefined)}
            >
              <strong>{example.title}</strong>
              {example.text !== '' && <span>{example.text}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
