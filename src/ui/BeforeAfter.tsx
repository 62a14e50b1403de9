// One probability before and after a change of the model: two bars, one under the other.

import styles from './BeforeAfter.module.css'

interface Props {
  words: { before: string; after: string }
  before: { fraction: number; text: string }
  /** share null: it fell out of what was read, the text says below what */
  after: { fraction: number | null; text: string }
}

export function BeforeAfter({ words, before, after }: Props) {
  const bar = (run: 'a' | 'b', { fraction, text }: Props['after']) => (
    <dd>
      <span className={styles.track} aria-hidden="true">
        <span data-run={run} style={{ width: `${(fraction ?? 0) * 100}%` }} />
      </span>
      <output>{text}</output>
    </dd>
  )
  return (
    <dl className={styles.bars}>
      <div>
        <dt>{words.before}</dt>
        {bar('a', before)}
      </div>
      <div>
        <dt>{words.after}</dt>
        {bar('b', after)}
      </div>
    </dl>
  )
}
