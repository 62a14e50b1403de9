// Where on the map one stands, from the whole model down to a number; each step leads back out.

import styles from './Map.module.css'
import { useRun } from './run.ts'
import { isEnd } from './outline.ts'
import { useOpName } from './words.ts'
import { useView } from './view.ts'
import { levels, type Level } from './world.ts'

export function Crumbs({ level, to }: { level: Level; to: (level: Level) => void }) {
  const { t, layer, part, box } = useRun()
  const { cell } = useView()
  const opName = useOpName()
  const names: Record<Level, string> = {
    model: t.map.model,
    block: isEnd(part) ? t.part[part] : `${t.layer(layer)} ${t.part[part]}`,
    op: opName(box),
    cell: cell ? `${t.vectors[cell.vector as keyof typeof t.vectors] ?? cell.vector} [${cell.index}]` : t.map.cell,
  }
  const now = levels.indexOf(level)
  return (
    <nav className={styles.crumbs} aria-label={t.map.crumbs}>
      {levels.map((l, i) => (
        <button
          key={l}
          type="button"
          aria-current={l === level ? 'location' : undefined}
          data-in={i <= now}
          data-testid={`crumb-${l}`}
          onClick={() => to(l)}
        >
          {names[l]}
        </button>
      ))}
    </nav>
  )
}
