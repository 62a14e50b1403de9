// Every kind of step by itself: how often it runs, how long one takes, and its part of the whole.

import type { CSSProperties } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { bench as words } from '../../i18n/panels/bench.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { KernelTime } from '../../store/index.ts'
import styles from './Panel.module.css'

export function Kernels({ rows, times }: { rows: number; times: readonly KernelTime[] }) {
  const t = usePanelText(words)
  const format = useFormats()
  const title = t.kernels(t.rows(rows))
  const all = (one: KernelTime): number => one.count * one.microseconds
  const total = times.reduce((sum, one) => sum + all(one), 0)
  return (
    <>
      <h3>{title}</h3>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={title}>
        <table className={styles.kernels} data-testid={`bench-kernels-${rows}`}>
          <thead>
            <tr>
              <th scope="col">{t.step}</th>
              <th scope="col">{t.shape}</th>
              <th scope="col">{t.count}</th>
              <th scope="col">{t.each}</th>
              <th scope="col">{t.sum}</th>
            </tr>
          </thead>
          <tbody>
            {[...times]
              .sort((a, b) => all(b) - all(a))
              .map((one, i) => (
                <tr key={i}>
                  <th scope="row">
                    <code>{one.op}</code>
                  </th>
                  <td>{one.shape ? `${one.shape.join(' × ')} ${one.format}` : '–'}</td>
                  <td>{one.count}</td>
                  <td>{t.microseconds(format.short(one.microseconds))}</td>
                  <td style={{ '--part': total ? all(one) / total : 0 } as CSSProperties}>
                    {t.ms(format.short(all(one) / 1000))}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
