// A page of its own for one panel of a recorded run: whose run it is, the panel, the two languages, light and dark.

import { useEffect, useMemo, type ComponentType } from 'react'
import { Panel as AttentionPanel } from '../features/attention/Panel.tsx'
import { Panel as LensPanel } from '../features/lens/Panel.tsx'
import { Panel as ProbabilitiesPanel } from '../features/probabilities/Panel.tsx'
import { LanguageProvider, useExplain, useFormats, useT } from '../i18n/index.tsx'
import { glass as glassWords } from '../i18n/panels/glass.ts'
import { usePanelText } from '../i18n/panels/index.ts'
import { player as words } from '../i18n/panels/player.ts'
import { recordings } from '../i18n/panels/recordings.ts'
import { useInspect } from '../store/inspect.ts'
import { themeNames } from '../store/saved-page/slot.ts'
import { Boundary } from '../ui/Boundary.tsx'
import { Button } from '../ui/Button.tsx'
import { Empty } from '../ui/Empty.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { FigureAbout } from '../ui/Figure.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Notice } from '../ui/Notice.tsx'
import { maxTrace } from './embed.ts'
import styles from './Player.module.css'
import { usePlayer, type Playing } from './state.ts'

const panels: Record<Playing['panel'], ComponentType> = {
  attention: AttentionPanel,
  lens: LensPanel,
  probabilities: ProbabilitiesPanel,
}
const themeIcons: Record<Playing['theme'], IconName> = {
  system: 'auto',
  light: 'sun',
  dark: 'moon',
  projector: 'screen',
}

export function Player() {
  const { lang, theme } = usePlayer()
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  }, [lang])
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
  return (
    <LanguageProvider lang={lang}>
      <div className={styles.player} data-testid="player">
        <Head />
        <main>
          <Shown />
        </main>
      </div>
    </LanguageProvider>
  )
}

/** The model that ran, with what was put on it. */
function useModel(): string {
  const info = useInspect((s) => s.info)
  const said = usePlayer((s) => s.model)
  const names = (info?.adapters ?? []).map(({ name, scale }) => (scale === 1 ? name : `${name} × ${scale}`))
  return said ?? (info ? [info.model, ...names].join(' + ') : '')
}

function Head() {
  const t = useT(),
    w = usePanelText(words),
    r = usePanelText(recordings)
  const model = useModel()
  const { lang, theme, stage, panel, part } = usePlayer()
  const count = useInspect((s) => s.tokens.length)
  const nextTheme = themeNames[(themeNames.indexOf(theme) + 1) % themeNames.length]!
  return (
    <header className={styles.head}>
      <Icon name="logo" size={22} />
      {/* the file's name for itself, not the panel's heading */}
      <p className={styles.about} data-testid="about">
        {stage === 'open' && count > 0 && r.now(model, count)} {part && w.part[panel](part.kept, part.of)}
      </p>
      <div className={styles.tools}>
        <Button
          variant="quiet"
          data-testid="lang-toggle"
          aria-label={`中EN ${t.app.switchLanguage}`}
          title={t.app.switchLanguage}
          onClick={() => usePlayer.setState({ lang: lang === 'zh' ? 'en' : 'zh' })}
        >
          {lang === 'zh' ? 'EN' : '中'}
        </Button>
        <Button
          variant="quiet"
          icon={themeIcons[theme]}
          label={t.app.theme(t.app.themes[theme])}
          data-testid="theme-toggle"
          onClick={() => usePlayer.setState({ theme: nextTheme })}
        />
      </div>
    </header>
  )
}

function Shown() {
  const w = usePanelText(words),
    t = useT(),
    g = usePanelText(glassWords)
  const explain = useExplain(),
    format = useFormats()
  const { stage, panel, error } = usePlayer()
  const model = useModel()
  const open = useInspect((s) => s.open)
  const ready = useInspect((s) => s.state === 'ready' && s.tokens.length > 0)
  const edits = useInspect((s) => s.edits.length)
  useEffect(() => open(), [open])
  const about = useMemo(() => ({ model, changed: edits > 0 ? g.edits.active(edits) : null }), [model, edits, g])
  if (stage === 'failed' && error !== null) {
    if (typeof error === 'object' && 'code' in error) {
      return <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.app.details} />
    }
    const said =
      error === 'unreachable'
        ? w.unreachable
        : error === 'tooBig'
          ? w.tooBig(format.bytes(maxTrace))
          : w.unknownText(error.unknown)
    return (
      <Notice
        tone="bad"
        title={error === 'unreachable' || error === 'tooBig' ? g.wait.failed : w.unknown}
        testId="failed"
      >
        <p>{said}</p>
      </Notice>
    )
  }
  if (stage === 'nothing') {
    return (
      <Empty title={w.nothing} testId="nothing">
        <p>{w.nothingText}</p>
      </Empty>
    )
  }
  if (stage !== 'open' || !ready) {
    return <Empty title={stage === 'waiting' ? w.waiting : w.opening} busy testId="opening" />
  }
  const Panel = panels[panel]
  return (
    <FigureAbout value={about}>
      <Boundary
        fallback={(problem) => (
          <Notice tone="bad" title={w.broken}>
            <p>
              <code>{problem.message}</code>
            </p>
          </Notice>
        )}
      >
        <Panel />
      </Boundary>
    </FigureAbout>
  )
}
