// The frame of one op's card: its data, the words while it is on its way or missing, and the mark of the present step.

import { useEffect, useRef, type ReactNode } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import type { Answer } from '../../store/ask.ts'
import { Figure, type FigureFiles } from '../../ui/Figure.tsx'
import styles from './Cards.module.css'
import { useRun } from './run.ts'
import type { Op } from './outline.ts'
import { useView } from './view.ts'

export type CardFiles = Pick<FigureFiles, 'drawing' | 'array'> & { numbers: () => object }

interface Props<T> {
  op: Op
  title: string
  caption: string
  answer: Answer<T>
  /** what goes into files: the picture, the numbers of the JSON, the array of the .npy */
  files?: ((data: T) => CardFiles) | undefined
  /** name of the figure in tests and files, when an op has more than one */
  id?: string
  tools?: ReactNode
  children: (data: T) => ReactNode
}

export function Card<T>({ op, title, caption, answer, files, id = op, tools, children }: Props<T>) {
  const { info, t, common, position, layer, part, op: now } = useRun()
  const set = useView((s) => s.set)
  const explain = useExplain()
  const here = now === op
  const box = useRef<HTMLDivElement>(null)
  const { data, error, fresh } = answer
  const lost = position < info.kept
  const settled = fresh || error !== null || lost
  const key = `${part} ${op} ${layer} ${position}`
  useEffect(() => {
    if (here && settled) set({ shown: key })
  }, [here, settled, key, set])
  useEffect(() => {
    if (here && useView.getState().playing) box.current?.scrollIntoView({ block: 'nearest' })
  }, [here, key])
  const made = data && files?.(data)
  return (
    <div ref={box} className={styles.card} data-here={here} data-testid={`inside-${id}`} data-fresh={fresh}>
      <Figure
        title={title}
        words={common.figure}
        source={info.source}
        caption={caption}
        tools={tools}
        files={
          made
            ? {
                ...made,
                name: `inside-${id}-${layer}-${position}`,
                of: `L${layer} · ${common.strip.token(position)}`,
                numbers: () => ({ model: info.model, layer, position, ...made.numbers() }),
              }
            : undefined
        }
      >
        {lost ? (
          <p className={styles.note}>{t.lost}</p>
        ) : error ? (
          <p className={styles.note}>{info.source === 'recording' ? t.missing : explain(error).text}</p>
        ) : data ? (
          children(data)
        ) : (
          <p className={styles.note}>{t.wait}</p>
        )}
      </Figure>
    </div>
  )
}

/** Names and numbers, one under the other; the number as it is computed stands in data-value for tests and tools. */
export function Sums({ rows }: { rows: { name: ReactNode; value: ReactNode; exact?: number; testId?: string }[] }) {
  return (
    <dl className={styles.sums}>
      {rows.map((row, i) => (
        <div key={i}>
          <dt>{row.name}</dt>
          <dd data-testid={row.testId} data-value={row.exact}>
            {row.value}
          </dd>
        </div>
      ))}
    </dl>
  )
}
