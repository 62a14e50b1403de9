// One token as a chip: a button in strips, a plain word in sentences.

import type { CSSProperties } from 'react'
import type { TokenView } from './tokens.ts'
import styles from './TokenChip.module.css'

interface Props {
  view: TokenView
  special?: boolean
  generated?: boolean
  selected?: boolean
  /** background and the ink that reads on it */
  fill?: { background: string; color: string } | undefined
  /** under the text, e.g. a weight */
  note?: string | undefined
  position?: number
  title?: string | undefined
  /** in the tab order of its strip */
  tabbable?: boolean
}

const classOf = ({ view, special, generated, selected, fill }: Props): string =>
  [
    styles.chip,
    special && styles.special,
    view.partial && styles.partial,
    view.joinStart && styles.joinStart,
    view.joinEnd && styles.joinEnd,
    generated && styles.generated,
    selected && styles.selected,
    fill && styles.filled,
  ]
    .filter(Boolean)
    .join(' ')

const Text = ({ view }: { view: TokenView }) =>
  view.parts.length === 1 && !view.parts[0]!.space
    ? view.parts[0]!.text
    : view.parts.map((part, i) => (part.space ? <i key={i}>{part.text}</i> : part.text))

/** Inside a TokenStrip: events are the strip's. */
export function ChipButton(props: Props) {
  const { view, fill, note, position, title, selected, tabbable } = props
  return (
    <button
      type="button"
      className={classOf(props)}
      data-position={position}
      title={title}
      aria-pressed={selected}
      tabIndex={tabbable ? 0 : -1}
      style={fill as CSSProperties | undefined}
    >
      <Text view={view} />
      {note !== undefined && <small>{note}</small>}
    </button>
  )
}

/** In running text. */
export function TokenChip(props: Omit<Props, 'position' | 'tabbable'>) {
  return (
    <span
      className={`${classOf(props)} ${styles.inline}`}
      title={props.title}
      style={props.fill as CSSProperties | undefined}
    >
      <Text view={props.view} />
    </span>
  )
}
