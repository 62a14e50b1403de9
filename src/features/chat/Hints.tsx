// Under the newest answer, until it is put away for good: what can be seen of how it came about. Every line is a real
// way there, to the token it names.

import { useMemo } from 'react'
import { hintWords as words } from '../../i18n/panels/hints.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { promptOf, tokensOf, useModels, useSettings, type Message } from '../../store/index.ts'
import { readsOnly } from '../../store/able.ts'
import { Button } from '../../ui/Button.tsx'
import type { IconName } from '../../ui/icons.tsx'
import { useColoring } from './coloring.ts'
import { hintWords } from './hints.ts'
import styles from './Hints.module.css'

export function Hints({ message }: { message: Message }) {
  const t = usePanelText(words)
  const { hints, setHints } = useSettings()
  const open = useColoring((s) => s.set)
  const events = tokensOf(message.id)
  const parts = useModels((s) => s.active?.info?.parts)
  // nothing can be seen of it while a model is loaded that only reads
  const silent = useModels((s) => readsOnly(s.active?.info))
  // the run is complete: it does not grow any more under this id without its count
  // oxlint-disable-next-line react/exhaustive-deps -- message.tokens stands for the list, which grows in place
  const chosenWords = useMemo(() => hintWords(events, promptOf(message.id)), [events, message.id, message.tokens])
  const chosen = chosenWords.open === null ? undefined : events[chosenWords.open]
  if (!hints || silent || !chosen) return null
  const found = chosenWords.source === null ? undefined : events[chosenWords.source]
  const word = chosen.text.trim(),
    subject = found ?? chosen
  const has = (part: 'attention' | 'experts' | 'state'): boolean => parts?.includes(part) ?? part === 'attention'
  const ways: { icon: IconName; text: string; id: string; href?: string; onClick?: () => void }[] = [
    {
      id: 'other',
      icon: 'probabilities',
      text: t.other(word),
      onClick: () => open({ open: { messageId: message.id, index: chosenWords.open!, locked: true } }),
    },
    ...(has('attention')
      ? [
          {
            id: 'why',
            icon: 'attention' as const,
            text: found ? t.source(found.text.trim()) : t.looked(word),
            href: `#/attention?p=${subject.position - 1}&why=${subject.position}`,
          },
        ]
      : []),
    // a recurrent layer leaves no sum that could be read before it is complete
    ...(has('state')
      ? []
      : [
          {
            id: 'lens',
            icon: 'lens' as const,
            text: t.layers(subject.text.trim()),
            href: `#/lens?p=${subject.position - 1}`,
          },
        ]),
    {
      id: 'inside',
      icon: 'inside',
      text: has('experts') ? t.experts(subject.text.trim()) : has('state') ? t.state(subject.text.trim()) : t.inside,
      href: `#/inside?p=${subject.position - 1}`,
    },
  ]
  return (
    <aside className={styles.hints} aria-label={t.title} data-testid="hints">
      <header>
        <h3>{t.title}</h3>
        <Button
          variant="quiet"
          icon="close"
          label={t.dismiss}
          data-testid="hints-dismiss"
          onClick={(event) => {
            event.currentTarget
              .closest('article')
              ?.querySelector<HTMLElement>('[data-testid="answer-keys"], footer button')
              ?.focus()
            setHints(false)
          }}
        />
      </header>
      <ul>
        {ways.map(({ id, icon, text, href, onClick }) => (
          <li key={id}>
            <Button
              variant="plain"
              icon={icon}
              className={styles.way}
              data-testid={`hint-${id}`}
              onClick={
                onClick ??
                (() => {
                  location.hash = href!
                })
              }
            >
              <span>{text}</span>
            </Button>
          </li>
        ))}
      </ul>
      <p>{t.words}</p>
    </aside>
  )
}
