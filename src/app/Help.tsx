// What can be looked at, and all keys of the page. Loaded when asked for.

import { useT } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { keys as words } from '../i18n/panels/keys.ts'
import { useSettings } from '../store/index.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { keymap, type KeyScope, type PerKey } from '../ui/keys.ts'
import styles from './Help.module.css'
import { keyOf } from './panel-key.ts'
import { panels } from './panels.ts'

export default function Help({ onClose }: { onClose: () => void }) {
  const t = usePanelText(words)
  const { nav } = useT()
  const { singleKeys, setSingleKeys } = useSettings()
  // a key without a word is a type error here
  const meanings: { [S in KeyScope]: PerKey<S, string> } = t.keys
  const titles: Record<KeyScope, string> = {
    page: t.all,
    within: t.within,
    chat: nav.chat,
    attention: nav.attention,
    probabilities: nav.probabilities,
    lens: nav.lens,
    inside: nav.inside,
  }
  const name = (key: string): string => (key === '1–0' ? `1–${keyOf(panels.length - 1) ?? 0}` : (t.names[key] ?? key))
  return (
    <Dialog title={t.title} closeLabel={t.close} onClose={onClose} wide testId="help-dialog">
      <Looks onClose={onClose} />
      <h3 className={styles.keysTitle}>{t.keysTitle}</h3>
      <p>{t.note}</p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={singleKeys}
            data-testid="single-keys"
            onChange={(event) => setSingleKeys(event.target.checked)}
          />{' '}
          {t.single}
        </label>
      </p>
      <div className={styles.scopes}>
        {(Object.keys(keymap) as KeyScope[]).map((scope) => (
          <section key={scope} aria-labelledby={`keys-${scope}`}>
            <h4 id={`keys-${scope}`}>{titles[scope]}</h4>
            <dl className={styles.list}>
              {keymap[scope].map((key) => (
                <div key={key}>
                  <dt>
                    <kbd>{name(key)}</kbd>
                  </dt>
                  <dd>{(meanings[scope] as Record<string, string>)[key]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

/** Where to look, the pages that have no tab, and the hints under answers if they were put away. */
function Looks({ onClose }: { onClose: () => void }) {
  const t = usePanelText(words).looks
  const { nav } = useT()
  const { hints, setHints } = useSettings()
  const list = (ids: readonly (keyof typeof nav & keyof typeof t)[]) => (
    <dl className={styles.list}>
      {ids.map((panel) => (
        <div key={panel}>
          <dt>
            <a href={`#/${panel}`} onClick={onClose}>
              {nav[panel]}
            </a>
          </dt>
          <dd>{t[panel]}</dd>
        </div>
      ))}
    </dl>
  )
  return (
    <section className={styles.looks} aria-labelledby="help-looks">
      <h3 id="help-looks">{t.title}</h3>
      <p>{t.words}</p>
      {list(['attention', 'probabilities', 'lens', 'inside', 'tokenizer', 'adapters'])}
      <h4>{t.more}</h4>
      {list(['compare', 'complete', 'documents', 'agent', 'teach', 'evaluate', 'storage'])}
      <div className={styles.again}>
        {hints ? (
          <span>{t.on}</span>
        ) : (
          <Button data-testid="hints-again" onClick={() => setHints(true)}>
            {t.again}
          </Button>
        )}
      </div>
    </section>
  )
}
