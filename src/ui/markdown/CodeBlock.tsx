// A code block with its language and a copy button. Text only, no highlighting.

import { useState } from 'react'
import { Button } from '../Button.tsx'
import styles from './Markdown.module.css'

export function CodeBlock({
  code,
  lang,
  copy,
  copied,
  src,
}: {
  code: string
  lang: string
  copy: string
  copied: string
  src?: string | undefined
}) {
  const [done, setDone] = useState(false)
  const onCopy = () => {
    void navigator.clipboard.writeText(code).then(
      () => {
        setDone(true)
        setTimeout(() => setDone(false), 1500)
      },
      () => setDone(false),
    )
  }
  return (
    <figure className={styles.code}>
      <figcaption>
        <span>{lang}</span>
        <Button variant="quiet" icon={done ? 'check' : 'copy'} label={done ? copied : copy} onClick={onCopy} />
      </figcaption>
      <pre tabIndex={0}>
        <code data-src={src}>{code}</code>
      </pre>
    </figure>
  )
}
