// Below a panel that shows a run: take it along as a page of its own.

import { useState } from 'react'
import { useExplain, useFormats, useLang, useT } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { player as words } from '../i18n/panels/player.ts'
import { useSettings, type ErrorData } from '../store/index.ts'
import { useInspect } from '../store/inspect.ts'
import { savePage } from '../store/saved-page/make.ts'
import { panelNames } from '../store/saved-page/slot.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { save } from '../ui/export.ts'
import { Notice } from '../ui/Notice.tsx'
import { plainName } from '../ui/plain-name.ts'
import { useRoute } from './route.ts'
import { useModelOf } from './useStrength.ts'

/** Offered where a page of this panel can be made. */
export function SavePage() {
  const t = useT(),
    w = usePanelText(words)
  const lang = useLang(),
    format = useFormats(),
    explain = useExplain()
  const theme = useSettings((s) => s.theme)
  const { info, writing, editing } = useInspect()
  const modelOf = useModelOf()
  const route = useRoute()
  const [state, setState] = useState<{ fraction: number } | { size: number } | { failed: string } | ErrorData | null>(
    null,
  )
  const panel = panelNames.find((name) => name === route)
  if (!info || !panel) return null
  const fraction = state && 'fraction' in state ? state.fraction : null
  const take = async (): Promise<void> => {
    setState({ fraction: 0 })
    try {
      const model = plainName(modelOf(info))
      const made = await savePage(`${t.nav[panel]} · ${model} · ${t.app.name}`, { panel, lang, theme, model }, (done) =>
        setState({ fraction: done }),
      )
      save(`${info.model}-${panel}.html`, made.page)
      setState({ size: made.page.size })
    } catch (error) {
      setState('code' in (error as object) ? (error as ErrorData) : { failed: (error as Error).message })
    }
  }
  return (
    <>
      <Button
        variant="quiet"
        icon="download"
        title={w.saveHint}
        disabled={writing || editing || fraction !== null}
        onClick={() => void take()}
        data-testid="save-page"
      >
        {fraction === null ? w.save : w.saving(format.percent(fraction))}
      </Button>
      {state && 'size' in state && (
        <span role="status" data-testid="page-saved">
          {w.saved(format.bytes(state.size))}
        </span>
      )}
      {state && 'failed' in state && (
        <Notice tone="bad" title={w.failed}>
          <p>{state.failed}</p>
        </Notice>
      )}
      {state && 'code' in state && (
        <ErrorNote {...explain(state)} code={state.code} message={state.message} details={t.app.details} />
      )}
    </>
  )
}
