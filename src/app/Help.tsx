// All keys of the page. Loaded when asked for.

import { useT } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { keys as words } from '../i18n/panels/keys.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { keymap, type KeyScope, type PerKey } from '../ui/keys.ts'
import styles from './Help.module.css'
import { panels } from './panels.ts'

export default function Help({ onClose }: { onClose: () => void }) {
  const t = usePanelText(words)
  const { nav } = useT()
  // a key without a word is a type error here
  const meanings: { [S in KeyScope]: PerKey<S, string> } = t.keys
  const titles: Record<KeyScope, string> = { page: t.all, within: t.within, chat: nav.chat, attention: nav.attention, probabilities: nav.probabilities, lens: nav.lens, inside: nav.inside }
  const name = (key: string): string => (key === '1–9' ? `1–${panels.length}` : t.names[key] ?? key)
  return (
    <Dialog title={t.title} closeLabel={t.close} onClose={onClose} wide testId="help-dialog">
      <p>{t.note}</p>
      <div className={styles.scopes}>
        {(Object.keys(keymap) as KeyScope[]).map((scope) => (
          <section key={scope} aria-labelledby={`keys-${scope}`}>
            <h3 id={`keys-${scope}`}>{titles[scope]}</h3>
            <dl className={styles.list}>
              {keymap[scope].map((key) => (
                <div key={key}><dt><kbd>{name(key)}</kbd></dt><dd>{(meanings[scope] as Record<string, string>)[key]}</dd></div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
