// The form that an answer was held to, and whether it is a whole text of it.

import { formWords } from '../../i18n/panels/form.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { Message } from '../../store/index.ts'
import styles from './Turn.module.css'

export default function FormNote({ form, fits }: { form: NonNullable<Message['form']>; fits: boolean | undefined }) {
  const t = usePanelText(formWords)
  return (
    <p className={styles.ending} data-testid="answer-form" data-fits={fits}>
      {t.held(t.beside[form])}
      {fits !== undefined && ` · ${fits ? t.fits : t.cut}`}
    </p>
  )
}
