// Texts to start a chat with; pressing one asks it.

import { useChat, useModels } from '../../store/index.ts'
import { writes } from '../../store/able.ts'
import type { Example } from './examples.ts'
import styles from './Welcome.module.css'

/** @param named the chat is called by the title, not by the text */
export function StarterList({
  title,
  starters,
  named = false,
}: {
  title: string
  starters: readonly Example[]
  named?: boolean
}) {
  const send = useChat((s) => s.send)
  const ready = useModels(writes)
  if (starters.length === 0) return null
  return (
    <div className={styles.starters}>
      <h3>{title}</h3>
      <ul>
        {starters.map((one) => (
          <li key={one.title + one.text}>
            <button
              type="button"
              lang={one.lang}
              disabled={!ready}
              data-testid="starter"
              onClick={() => void send(one.text, named ? one.title : undefined)}
            >
              <strong>{one.title || one.text}</strong>
              {one.title !== '' && <span>{one.text}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
