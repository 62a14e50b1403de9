// The empty chat with a model other than the one that came with the page: what it is, what can be seen of it, and what
// its own description says to try; without one, texts for what it does.

import { useFormats, useLang, useT } from '../../i18n/index.tsx'
import { kindWords } from '../../i18n/panels/kinds.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useModels, type CatalogEntry, type ModelInfo } from '../../store/index.ts'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { Name } from '../../ui/Name.tsx'
import { kindOf } from './kind.ts'
import { StarterList } from './Starters.tsx'
import styles from './Welcome.module.css'

type See = keyof (typeof kindWords)['en']['see']
/** Where what a model is made of is looked at, with the views that every model has. */
const seen: readonly { id: See; icon: IconName; panel: string; needs?: ModelInfo['parts'][number] }[] = [
  { id: 'source', icon: 'attention', panel: 'attention', needs: 'source' },
  { id: 'attention', icon: 'attention', panel: 'attention', needs: 'attention' },
  { id: 'experts', icon: 'inside', panel: 'inside', needs: 'experts' },
  { id: 'state', icon: 'inside', panel: 'inside', needs: 'state' },
  { id: 'probabilities', icon: 'probabilities', panel: 'probabilities' },
  { id: 'lens', icon: 'lens', panel: 'lens' },
  { id: 'inside', icon: 'inside', panel: 'inside' },
]
/** One link to a view: the first thing there is to see in it. */
export const viewsOf = (parts: ModelInfo['parts']): typeof seen =>
  seen
    .filter(({ needs }) => needs === undefined || parts.includes(needs))
    // a recurrent layer leaves no sum that could be read before it is complete
    .filter(({ id }) => id !== 'lens' || !parts.includes('state'))
    .filter(({ panel }, i, all) => all.findIndex((one) => one.panel === panel) === i)

export function KindWelcome({ info, entry }: { info: ModelInfo; entry: CatalogEntry | undefined }) {
  const t = useT()
  const lang = useLang()
  const format = useFormats()
  const words = usePanelText(kindWords)
  const name = useModels((s) => s.active?.name ?? info.name)
  const kind = kindOf(info)
  const about = entry?.words?.about[lang]
  const tries = entry?.words?.tries[lang].map((text) => ({ title: '', text }))
  return (
    <>
      <h2>{kind === 'chat' && !about ? t.welcome.title : <Name>{name}</Name>}</h2>
      {about !== undefined && <p>{about}</p>}
      <p>{words[kind].text}</p>
      <ul className={styles.see}>
        {viewsOf(info.parts).map(({ id, icon, panel }) => (
          <li key={id}>
            <a href={`#/${panel}`} data-testid={`see-${id}`}>
              <Icon name={icon} size={22} />
              <span>{words.see[id]}</span>
            </a>
          </li>
        ))}
      </ul>
      <StarterList title={words.start} starters={(tries ?? words[kind].starters).map((one) => ({ ...one, lang }))} />
      <p className={styles.private}>{t.welcome.private}</p>
      <p className={styles.facts}>
        {words.facts(
          format.number(info.parameters),
          info.layers,
          format.number(info.vocab),
          format.bytes(info.bytes.weights),
        )}
        {info.device && ` · ${t.app.device[info.device.kind](info.device.threads ?? 1)}`}
      </p>
      {info.adapter?.kind === 'software' && <p className={styles.soft}>{t.welcome.software}</p>}
    </>
  )
}
