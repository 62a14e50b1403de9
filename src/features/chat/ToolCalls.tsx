// The tools that an answer calls: name and arguments as the model wrote them, as text. Nothing here runs anything.

import { kindWords } from '../../i18n/panels/kinds.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { Message } from '../../store/index.ts'
import { argumentsOf } from './tool-arguments.ts'
import styles from './ToolCalls.module.css'

export default function ToolCalls({ calls }: { calls: NonNullable<Message['calls']> }) {
  const t = usePanelText(kindWords).calls
  return (
    <ul className={styles.calls} data-testid="tool-calls">
      {calls.map(({ name, args }, i) => {
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
          </li>
        )
      })}
      <li className={styles.note}>{t.note}</li>
    </ul>
  )
}
