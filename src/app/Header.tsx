// The header: product, tabs, the model at work, language and theme.

import { useEffect, useRef } from 'react'
import { loadLanguage, useT } from '../i18n/index.tsx'
import { useSettings, type Theme } from '../store/index.ts'
import { Button } from '../ui/Button.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import styles from './Header.module.css'
import { ModelChip } from './ModelChip.tsx'
import { keyOf } from './panel-key.ts'
import { panels } from './panels.ts'

const themes: Theme[] = ['system', 'light', 'dark', 'projector']
const themeIcons: Record<Theme, IconName> = { system: 'auto', light: 'sun', dark: 'moon', projector: 'screen' }

export function Header({ current, onShare, onHelp }: { current: string; onShare: () => void; onHelp: () => void }) {
  const t = useT()
  const { lang, setLang, theme, setTheme } = useSettings()
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length]!
  const switchLanguage = async () => {
    const next = lang === 'zh' ? 'en' : 'zh'
    await loadLanguage(next)
    setLang(next)
  }
  const nav = useRef<HTMLElement>(null)
  const tabs = panels.filter(({ under }) => under === undefined)
  const tab = panels.find(({ id }) => id === current)?.under ?? current
  // on a phone the tabs are a strip that scrolls
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <header className={styles.header}>
      <a href="#/chat" className={styles.brand} aria-label={t.app.name}>
        <Icon name="logo" size={24} />
        <span>{t.app.name}</span>
      </a>
      <nav ref={nav} className={styles.nav} aria-label={t.app.panels}>
        {tabs.map(({ id, title, icon }, i) => (
          <a
            key={id}
            href={`#/${id}`}
            aria-keyshortcuts={keyOf(i)}
            data-testid={`nav-${id}`}
            aria-current={id === tab ? 'page' : undefined}
          >
            <Icon name={icon} size={16} />
            {t.nav[title]}
          </a>
        ))}
      </nav>
      <div className={styles.model}>
        <ModelChip />
      </div>
      <div className={styles.tools}>
        <Button variant="quiet" icon="share" label={t.app.share} data-testid="share" onClick={onShare} />
        <Button
          variant="quiet"
          icon="help"
          label={t.app.keys}
          aria-keyshortcuts="?"
          data-testid="help"
          className={styles.help}
          onClick={onHelp}
        />
        <Button
          variant="quiet"
          data-testid="lang-toggle"
          aria-label={`中EN ${t.app.switchLanguage}`}
          title={t.app.switchLanguage}
          className={styles.lang}
          onClick={() => void switchLanguage()}
        >
          <span lang="zh-CN" data-on={lang === 'zh'}>
            中
          </span>
          <i aria-hidden="true">/</i>
          <span lang="en" data-on={lang === 'en'}>
            EN
          </span>
        </Button>
        <Button
          variant="quiet"
          icon={themeIcons[theme]}
          label={t.app.theme(t.app.themes[theme])}
          data-testid="theme-toggle"
          data-theme-choice={theme}
          onClick={() => setTheme(nextTheme)}
        />
      </div>
    </header>
  )
}
