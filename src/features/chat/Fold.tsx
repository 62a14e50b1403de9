// A long text is folded to its beginning, with a button for the rest.

import { useState, type ReactNode } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { Button } from '../../ui/Button.tsx'
import { usePrinting } from '../../ui/usePrinting.ts'
import styles from './Turn.module.css'

const longest = 3000,
  maxLines = 40
const isLong = (text: string): boolean => text.length > longest || text.split('\n', maxLines + 1).length > maxLines

interface Props {
  text: string
  /** it is not folded now, e.g. while it grows */ open?: boolean
  children: (folded: boolean) => ReactNode
}

export function Fold({ text, open = false, children }: Props) {
  const t = usePanelText(chatWords).fold
  const format = useFormats()
  const [shown, setShown] = useState(open)
  if (open && !shown) setShown(true)
  const printing = usePrinting()
  if (!isLong(text) || open || printing) return children(false)
  return (
    <>
      <div className={shown ? undefined : styles.folded} data-testid="folded" data-folded={!shown}>
        {children(!shown)}
      </div>
      <Button variant="quiet" aria-expanded={shown} data-testid="fold" onClick={() => setShown(!shown)}>
        {shown ? t.less : t.more(format.number(text.length))}
      </Button>
    </>
  )
}

/** The beginning of a text, for those places that would draw all of it before it is cut. */
export const beginningOf = (text: string): string => text.split('\n', maxLines).join('\n').slice(0, longest)
