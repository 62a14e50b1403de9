// A recipe that came with a link, before anything of it is used; and the link of one's own.

import { useEffect, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useTeach } from '../../store/teach/index.ts'
import { recipeIn } from '../../store/teach/recipe.ts'
import { useRoad } from '../../store/teach/road.ts'
import { Button } from '../../ui/Button.tsx'
import { Notice } from '../../ui/Notice.tsx'
import styles from './Panel.module.css'

export function Offered() {
  const t = usePanelText(teachWords).recipe
  const format = useFormats()
  const { started, phase, offered, offer, take } = useTeach()
  useEffect(() => {
    const look = (): void => {
      const data = recipeIn(location.hash)
      if (data === null) return
      location.replace('#/teach') // a reload does not offer it once more
      void offer(data)
    }
    look()
    addEventListener('hashchange', look)
    return () => removeEventListener('hashchange', look)
  }, [offer])
  if (!offered || !started) return null
  const use = (): void => {
    take(true)
    useRoad.getState().set({ way: 'rows' }) // its pairs are to be said
  }
  const { name, rows, steps, lr, rank, seed, model } = offered
  return (
    <Notice
      tone="info"
      testId="teach-offered"
      title={t.offered(name)}
      actions={
        <>
          <Button variant="primary" disabled={phase !== 'idle'} onClick={use} data-testid="teach-use">
            {t.use}
          </Button>
          <Button variant="quiet" onClick={() => take(false)}>
            {t.leave}
          </Button>
        </>
      }
    >
      <p>
        {t.holds(format.number(rows.length), format.number(steps), format.number(lr, 4), format.number(rank), seed)}{' '}
        {model !== '' && t.madeWith(model)}
      </p>
      <p>{t.replaces}</p>
    </Notice>
  )
}

export function ShareRecipe() {
  const t = usePanelText(teachWords).recipe
  const link = useTeach((s) => s.link)
  /** null: not asked for; '': too long */
  const [made, setMade] = useState<string | null>(null)
  const [isCopied, setCopied] = useState(false)
  const share = async (): Promise<void> => {
    const address = await link()
    setMade(address ?? '')
    const board = navigator.clipboard as Clipboard | undefined // none without a secure page
    setCopied(
      address !== null &&
        ((await board?.writeText(address).then(
          () => true,
          () => false,
        )) ??
          false),
    )
  }
  return (
    <>
      <Button variant="quiet" icon="share" onClick={() => void share()} data-testid="teach-share">
        {t.share}
      </Button>
      {made !== null && made !== '' && (
        <label className={styles.link}>
          {isCopied ? t.copied : t.link}
          <input readOnly value={made} data-testid="teach-link" onFocus={({ target }) => target.select()} />
        </label>
      )}
      {made === '' && (
        <p role="status" className={styles.note}>
          {t.long}
        </p>
      )}
    </>
  )
}
