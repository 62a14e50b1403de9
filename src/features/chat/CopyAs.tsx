// An answer, or the chat up to it, into the clipboard: as it reads, as Markdown, or as the ids of its tokens.

import { useState } from 'react'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { recall, useChat, useHistory, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { withoutThinking } from './thinking.ts'
import styles from './Turn.module.css'

const list = (ids: readonly number[]): string => `[${ids.join(', ')}]`

export default function CopyAs({ message }: { message: Message }) {
  const t = usePanelText(tokenWords).copyAs
  const { markdown } = usePanelText(chatWords)
  const chat = useChat((s) => s.id)
  const exportMarkdown = useHistory((s) => s.exportMarkdown)
  const [said, setSaid] = useState('')
  const { id, content, thinks } = message
  /** @param make null: there is nothing of that kind */
  const copy = (make: () => Promise<string | null>) => async (): Promise<void> => {
    try {
      const text = await make()
      if (text !== null) await navigator.clipboard.writeText(text)
      setSaid(text === null ? t.none : t.done)
    } catch {
      setSaid(t.refused)
    }
  }
  const run = async (): Promise<{ prompt: readonly number[]; answer: readonly number[] } | null> => {
    const known = await recall(id)
    return known && { prompt: known.prompt.ids, answer: known.events.map((event) => event.id) }
  }
  const shown = (): string | null =>
    document.querySelector<HTMLElement>(`[data-turn="${CSS.escape(id)}"] [data-testid="message-assistant"]`)
      ?.innerText ?? null
  const ways = {
    text: () => Promise.resolve(shown()),
    markdown: () => Promise.resolve(withoutThinking(content, thinks === true)),
    ids: async () => {
      const found = await run()
      return found && list(found.answer)
    },
    chatMarkdown: () => exportMarkdown(chat, markdown),
    chatIds: async () => {
      const found = await run()
      return found && list([...found.prompt, ...found.answer])
    },
  }
  return (
    <div className={styles.copyAs} role="group" aria-label={t.title} data-testid="copy-as">
      {(Object.keys(ways) as (keyof typeof ways)[]).map((way) => (
        <Button key={way} variant="quiet" data-testid={`copy-${way}`} onClick={() => void copy(ways[way])()}>
          {t[way]}
        </Button>
      ))}
      <span role="status">{said}</span>
    </div>
  )
}
