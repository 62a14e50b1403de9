// An answer as Markdown, its reasoning folded away above it. Places in the drawn text stay those of the whole answer.

import { useMemo } from 'react'
import { useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { Message } from '../../store/index.ts'
import Markdown from '../../ui/markdown/Markdown.tsx'
import { only, thinkingIn } from './thinking.ts'
import styles from './Turn.module.css'

export function AnswerText({ message, streaming }: { message: Message; streaming: boolean }) {
  const t = useT()
  const words = usePanelText(chatWords).thinking
  const texts = useMemo(
    () => ({ copy: t.chat.copyCode, copied: t.chat.copied, image: t.chat.image, link: t.chat.link }),
    [t],
  )
  const { content } = message
  if (message.plain) {
    return (
      <p className={styles.plain} dir="auto">
        <span data-src={`0-${content.length}`}>{content}</span>
      </p>
    )
  }
  const found = thinkingIn(content, message.thinks === true, streaming)
  if (!found) return <Markdown text={content} streaming={streaming} texts={texts} places />
  const { from, to, answerFrom, unfinished } = found
  const now = unfinished && streaming
  const reasoned = content.slice(from, to).trim() !== ''
  return (
    <>
      {(reasoned || now) && (
        <details className={styles.thinking} data-testid="thinking" data-now={now}>
          <summary>{now ? words.now : unfinished ? words.cut : words.done}</summary>
          <Markdown text={only(content, from, to)} streaming={now} texts={texts} places />
        </details>
      )}
      {answerFrom < content.length && (
        <Markdown text={only(content, answerFrom, content.length)} streaming={streaming} texts={texts} places />
      )}
    </>
  )
}
