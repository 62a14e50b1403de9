// A piece of work in named steps: which are done, which runs, how far it is.

import type { ReactNode } from 'react'
import { Progress } from './Progress.tsx'
import styles from './Phases.module.css'

interface Props {
  title: string
  steps: string[]
  at: number
  value: number
  total: number | null
  amount?: string
  action?: ReactNode
}

export function Phases({ title, steps, at, value, total, amount, action }: Props) {
  return (
    <section className={styles.phases} aria-label={title}>
      <div className={styles.head}>
        <strong>{title}</strong>
        {action}
      </div>
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          <li
            key={step}
            data-state={index < at ? 'done' : index === at ? 'now' : 'next'}
            aria-current={index === at ? 'step' : undefined}
          >
            {step}
          </li>
        ))}
      </ol>
      <Progress label={steps[at] ?? title} value={value} total={total} end={amount} />
    </section>
  )
}
