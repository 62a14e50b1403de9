// At an answer: which messages before it the model did not read, because they had no room in its memory.

import { contextWords } from '../../i18n/panels/context.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, type Message } from '../../store/index.ts'
import styles from './Turn.module.css'

export default function LeftOut({ message }: { message: Message }) {
  const t = usePanelText(contextWords)
  const first = useChat((s) => s.messages[message.left ?? 0])
  return (
    <p className={styles.ending} data-testid="left-out" data-left={message.left}>
      {t.leftOut(message.left ?? 0)}
      {first && (
        <>
          {' '}
          {t.leftFrom} <q dir="auto">{first.content.slice(0, 80)}</q>
        </>
      )}
    </p>
  )
}
