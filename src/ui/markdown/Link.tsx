// A link of untrusted text. The host it leads to stands beside it before the click; text that names another
// host does not link at all until the real address was shown.

import { useState, type ReactNode } from 'react'
import { plainName } from '../plain-name.ts'
import { isAddress, misleads, safeUrl, shownHost } from './links.ts'
import styles from './Markdown.module.css'

export interface LinkTexts {
  otherAddress: (host: string) => string
}

const Anchor = ({ href, children }: { href: string; children: ReactNode }) => (
  <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
    {children}
  </a>
)

/** @param text what `children` says, without its form */
export function Link({
  url,
  text,
  children: given,
  texts,
}: {
  url: string
  text: string
  children: ReactNode
  texts: LinkTexts
}) {
  const [asked, setAsked] = useState(false)
  const href = safeUrl(url)
  // by itself: what turns the reading direction in it is shown as its number, and moves nothing that stands beside it
  const plain = plainName(text)
  const children = <bdi>{plain === text ? given : plain}</bdi>
  if (href === null) {
    return (
      <bdi>
        {children}
        {url !== '' && <span className={styles.refused}> ({plainName(url)})</span>}
      </bdi>
    )
  }
  if (misleads(text, href)) {
    return (
      <bdi>
        <button type="button" className={styles.doubtful} aria-expanded={asked} onClick={() => setAsked(!asked)}>
          {children}
        </button>
        <span className={styles.host}> → {shownHost(href)}</span>
        {asked && (
          <span className={styles.warned} role="alert">
            {' '}
            {texts.otherAddress(shownHost(href))} <Anchor href={href}>{href}</Anchor>
          </span>
        )}
      </bdi>
    )
  }
  if (isAddress(text, href)) return <Anchor href={href}>{children}</Anchor>
  return (
    <bdi>
      <Anchor href={href}>
        {children}
        <span className={styles.host}>
          {' '}
          ({shownHost(href)})<span className={styles.full}> {href}</span>
        </span>
      </Anchor>
    </bdi>
  )
}
