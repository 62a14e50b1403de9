// On every screen while a server answers: that text leaves the device, and to where.

import { usePanelText } from '../../i18n/panels/index.ts'
import { remoteWords } from '../../i18n/panels/remote.ts'
import { useModels } from '../../store/index.ts'
import { leaveRemote, useRemote } from '../../store/remote/index.ts'
import { stopAnswer } from '../../store/running.ts'
import { Button } from '../../ui/Button.tsx'
import { Notice } from '../../ui/Notice.tsx'
import styles from './Remote.module.css'

export default function Strip() {
  const t = usePanelText(remoteWords)
  const server = useModels((s) => s.active?.remote)
  const without = useRemote((s) => s.without)
  if (!server) return null
  return (
    <div className={styles.strip}>
      <Notice
        tone="warn"
        testId="remote-strip"
        actions={
          <Button
            data-testid="remote-stop"
            onClick={() => {
              stopAnswer()
              leaveRemote()
            }}
          >
            {t.stop}
          </Button>
        }
      >
        <p>{(server.base.startsWith('http:') ? t.stripHere : t.strip)(server.base)}</p>
        {without.length > 0 && <p data-testid="remote-without">{t.without(without.join(', '))}</p>}
      </Notice>
    </div>
  )
}
