// The tools that an answer calls: name and arguments as the model wrote them, as text, and the reader's word on the call that
// waits. What then runs is the store's (calls.ts).

import { kindWords } from '../../i18n/panels/kinds.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { pendingCall, toolsOn, useCalls } from '../../store/calls.ts'
import { useChat, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { argumentsOf } from './tool-arguments.ts'
import styles from './ToolCalls.module.css'

export default function ToolCalls({ message: { id, calls } }: { message: Message }) {
  const t = usePanelText(kindWords).calls
  const pending = useChat((s) => pendingCall(s.messages, id))
  return (
    <ul className={styles.calls} data-testid="tool-calls">
      {calls?.map(({ name, args }, i) => {
        const rows = argumentsOf(args)
        return (
          <li key={i}>
            <h3>
              <bdi>{t.title(name)}</bdi>
            </h3>
            {rows === null ? (
              <pre>{args}</pre>
            ) : rows.length === 0 ? (
              <p>{t.none}</p>
            ) : (
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t.argument}</th>
                    <th scope="col">{t.value}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map(({ key, value }) => (
                    <tr key={key}>
                      <th scope="row">
                        <bdi>{key}</bdi>
                      </th>
                      <td>
                        <bdi>{value}</bdi>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {i === pending && <Decide messageId={id} name={name} />}
          </li>
        )
      })}
      {pending !== null && <li className={styles.note}>{t.note}</li>}
    </ul>
  )
}

/** What may become of the call that waits. */
function Decide({ messageId, name }: { messageId: string; name: string }) {
  const t = usePanelText(kindWords).calls
  const running = useCalls((s) => s.running === messageId)
  const decide = useCalls((s) => s.decide)
  const idle = useChat((s) => s.status === 'idle')
  const known = useChat((s) => toolsOn(s.params).includes(name))
  const button = (how: Parameters<typeof decide>[1], label: string, title?: string) => (
    <Button
      variant={how === 'once' ? 'primary' : 'quiet'}
      title={title}
      disabled={!idle}
      data-testid={`call-${how}`}
      onClick={() => void decide(messageId, how)}
    >
      {label}
    </Button>
  )
  return (
    <>
      {!known && <p data-testid="call-unknown">{t.unknown}</p>}
      <div className={styles.decide} role="group" aria-label={t.title(name)}>
        {button('once', known ? t.once : t.tell)}
        {known && button('chat', t.chat, t.chatHint)}
        {button('refuse', t.refuse)}
        {running && <span role="status">{t.running}</span>}
      </div>
    </>
  )
}
