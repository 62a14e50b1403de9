// Tokens with a bias change every answer: they show without opening the settings.

import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import styles from './Panel.module.css'

export default function BanCount({ count }: { count: number }) {
  const t = usePanelText(tokenWords).bans
  return (
    <span className={styles.bans} title={t.title} data-testid="ban-count">
      ± {count}
    </span>
  )
}
