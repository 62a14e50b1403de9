// Several answers to one question side by side, while they grow and until one is chosen: it becomes the answer, and the
// others stay as its versions.

import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useBranches } from '../../store/branches.ts'
import { useChat, type Message } from '../../store/index.ts'
import { useSeveral } from '../../store/several.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Several.module.css'
import { withoutThinking } from './thinking.ts'

export default function Several({ message }: { message: Message }) {
  const t = usePanelText(chatWords).several
  const { others, close } = useSeveral()
  const idle = useChat((s) => s.status === 'idle')
  const show = useBranches((s) => s.show)
  const all = [message, ...others]
  const choose = (id: string) => () => {
    close()
    if (id !== message.id) void show(id)
    document.querySelector<HTMLElement>('[data-testid="composer"]')?.focus({ preventScroll: true })
  }
  return (
    <section className={styles.several} aria-label={t.title(all.length)} data-testid="several">
      <ul>
        {all.map(({ id, content, state }, i) => (
          <li
            key={id}
            aria-label={t.named(i + 1, all.length)}
            aria-busy={state === 'streaming'}
            data-testid="one-answer"
          >
            <p dir="auto" className={styles.text}>
              {withoutThinking(content, message.thinks === true) || '…'}
            </p>
            <Button variant="quiet" icon="check" data-testid="choose-answer" disabled={!idle} onClick={choose(id)}>
              {t.choose}
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles.hint}>{t.hint}</p>
    </section>
  )
}
