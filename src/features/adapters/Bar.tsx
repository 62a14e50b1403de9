// The line above a chat, and above every look inside, that says which adapters change the model, and how strong; unfolded
// it lets them be changed there.

import { useId, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { useChat } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Name } from '../../ui/Name.tsx'
import styles from './Bar.module.css'
import { rowsOf } from './rows.ts'
import { Strength } from './Strength.tsx'
import { useNames } from './useNames.ts'

export default function Bar() {
  const t = usePanelText(adapterWords)
  const format = useFormats()
  const id = useId()
  const live = useAdapters((s) => s.live)
  const stored = useNames()
  const writing = useChat((s) => s.status !== 'idle')
  const [open, setOpen] = useState(false)
  const { on } = rowsOf(stored, live)
  if (on.length === 0) return null
  return (
    <div className={styles.place}>
      <section className={styles.bar} aria-label={t.bar.title} data-testid="adapter-bar">
        <div className={styles.head}>
          <a href="#/adapters" className={styles.link} title={t.bar.panel} data-testid="adapter-bar-link">
            <Icon name="adapters" size={16} />
            {t.bar.title}
          </a>
          <ul className={styles.list}>
            {on.map(({ id: key, name, live: one }) => (
              <li key={key} data-on={one!.scale !== 0}>
                <span>
                  <Name>{name}</Name>
                </span>{' '}
                <output>{one!.scale === 0 ? t.offWord : format.number(one!.scale, 4)}</output>
              </li>
            ))}
          </ul>
          <Button
            variant="quiet"
            icon="sliders"
            aria-expanded={open}
            aria-controls={`${id}-body`}
            data-testid="adapter-bar-change"
            onClick={() => setOpen(!open)}
          >
            {open ? t.bar.fold : t.bar.change}
          </Button>
        </div>
        {open && (
          <div id={`${id}-body`} className={styles.body}>
            {on.map(({ id: key, name, live: one }) => (
              <div key={key} className={styles.row}>
                {on.length > 1 && (
                  <span className={styles.name}>
                    <Name>{name}</Name>
                  </span>
                )}
                <Strength adapter={one!} name={name} />
              </div>
            ))}
            <p role="status" className={writing ? styles.note : 'visually-hidden'}>
              {writing ? t.waits : ''}
            </p>
          </div>
        )}
      </section>
    </div>
  )
}
