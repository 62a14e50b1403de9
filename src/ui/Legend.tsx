// The bar that says which colour is which number.

import { css, type ColorScale } from './colors.ts'
import type { LegendFacts } from './framed.ts'
import styles from './Legend.module.css'

interface Props {
  scale: ColorScale
  label: string
  format: (value: number) => string
  /** for what is not there, e.g. above the diagonal */
  absent?: string | undefined
  absentFill?: string | undefined
}

const steps = 24

/** The same for a file (framed.ts). */
export const legendFacts = ({ scale, label, format, absent, absentFill }: Props): LegendFacts => ({
  label,
  min: format(scale.min),
  max: format(scale.max),
  stops: stopsOf(scale),
  absent,
  absentFill,
})

function stopsOf(scale: ColorScale): string[] {
  const stop = (t: number) => {
    const i = Math.round(t * 255) * 3
    return css([scale.lut[i]!, scale.lut[i + 1]!, scale.lut[i + 2]!])
  }
  // the bar is even in value: the curve is in the colours
  const walk = (t: number) => {
    const y = scale.curve === 'sqrt' ? Math.sqrt(t) : scale.curve === 'log' ? Math.log10(1 + 9 * t) : t
    return t > 0 ? (scale.floor ?? 0) + (1 - (scale.floor ?? 0)) * y : y
  }
  return Array.from({ length: steps + 1 }, (_, i) => stop(walk(i / steps)))
}

export function Legend(props: Props) {
  const { scale, label, format, absent } = props
  const gradient = `linear-gradient(to right, ${stopsOf(scale).join(', ')})`
  return (
    <span className={styles.legend} data-legend={JSON.stringify(legendFacts(props))}>
      <span className={styles.label}>{label}</span>
      <span className={styles.scale}>
        <span>{format(scale.min)}</span>
        <span className={styles.bar} style={{ background: gradient }} aria-hidden="true" />
        <span>{format(scale.max)}</span>
      </span>
      {absent !== undefined && (
        <>
          <span className={styles.absent} aria-hidden="true" />
          <span>{absent}</span>
        </>
      )}
    </span>
  )
}
