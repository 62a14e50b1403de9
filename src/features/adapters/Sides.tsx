// How strong every adapter is on each side: A without any, B as set now, unless the reader says otherwise.

import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { both, strengthsOf, useSideBySide, type Which } from '../../store/side-by-side.ts'
import { Button } from '../../ui/Button.tsx'
import { Name } from '../../ui/Name.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { rowsOf } from './rows.ts'
import styles from './SideBySide.module.css'
import { StrengthField } from './Strength.tsx'

export function Sides() {
  const t = usePanelText(adapterWords).ab
  const { stored, live } = useAdapters()
  const { chosen, choose, resetChosen } = useSideBySide()
  const now = Object.fromEntries(live.map(({ name, scale }) => [name, scale]))
  const strengths: Record<Which, Readonly<Record<string, number>>> = {
    a: strengthsOf('a', chosen, now),
    b: strengthsOf('b', chosen, now),
  }
  const touched = both.some((side) => Object.keys(chosen[side]).length > 0)
  const { on } = rowsOf(stored, live)
  return (
    <div className={styles.sides}>
      <table>
        <caption className="visually-hidden">{t.strengths}</caption>
        <thead>
          <tr>
            <th scope="col">{t.adapter}</th>
            {both.map((side) => (
              <th key={side} scope="col">
                {t.side[side]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {on.map(({ id, name, live: one }) => (
            <tr key={id}>
              <th scope="row">
                <Name>{name}</Name>
              </th>
              {both.map((side) => {
                const label = (side === 'a' ? t.inA : t.inB)(plainName(name))
                const value = strengths[side][id]!
                return (
                  <td key={side}>
                    {one!.before === undefined ? (
                      <StrengthField
                        label={label}
                        value={value}
                        testId={`ab-strength-${side}`}
                        onChange={(strength) => choose(side, id, strength)}
                      />
                    ) : (
                      <input
                        type="checkbox"
                        aria-label={label}
                        checked={value !== 0}
                        data-testid={`ab-strength-${side}`}
                        onChange={(event) => choose(side, id, event.target.checked ? 1 : 0)}
                      />
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {touched && (
        <Button variant="quiet" icon="undo" data-testid="ab-reset" onClick={resetChosen}>
          {t.reset}
        </Button>
      )}
    </div>
  )
}
