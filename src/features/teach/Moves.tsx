// How far the adapter moves each matrix of the model's, as a share of the matrix itself: layers down, modules across.

import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import type { Moved } from '../../store/teach/index.ts'
import styles from './Film.module.css'

const short = (name: string): string => name.slice(name.lastIndexOf('.') + 1).replace(/_proj$/, '')

/** @param most of all pictures: the darkest */
export function Moves({ moved, most }: { moved: readonly Moved[]; most: number }) {
  const t = usePanelText(teachWords).film
  const format = useFormats()
  if (moved.length === 0) return null
  const layers = [...new Set(moved.map(({ layer }) => layer))]
  const names = [...new Set(moved.map(({ name }) => name))]
  const of = new Map(moved.map((one) => [`${one.layer} ${one.name}`, one]))
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t.moves}>
      <table className={styles.moves} data-testid="teach-moves">
        <caption>{t.moves}</caption>
        <thead>
          <tr>
            <th scope="col">{t.layer}</th>
            {names.map((name) => (
              <th scope="col" key={name} title={name}>
                {short(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {layers.map((layer) => (
            <tr key={layer}>
              <th scope="row">{layer}</th>
              {names.map((name) => {
                const one = of.get(`${layer} ${name}`)
                const share = one && one.base > 0 ? one.delta / one.base : null
                return (
                  <td key={name} style={{ '--share': share === null ? 0 : share / most } as React.CSSProperties}>
                    {share === null ? '' : format.share(share)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
