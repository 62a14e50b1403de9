// A run as a file, and one that was saved: for a class, without a model.

import { useRef } from 'react'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAgent } from '../../store/agent/index.ts'
import { Button } from '../../ui/Button.tsx'
import { save as saveFile } from '../../ui/export.ts'
import styles from './Panel.module.css'
import { useFree } from './useFree.ts'

export function Files() {
  const t = usePanelText(agentWords)
  const { run, save, open } = useAgent()
  const free = useFree()
  const input = useRef<HTMLInputElement>(null)
  return (
    <div className={styles.actions}>
      {run && (
        <Button
          variant="quiet"
          icon="download"
          disabled={!free}
          data-testid="agent-save"
          onClick={() => {
            const file = save()
            if (file) saveFile('run.agent.json', file)
          }}
        >
          {t.save}
        </Button>
      )}
      <Button variant="quiet" icon="file" disabled={!free} onClick={() => input.current?.click()}>
        {t.openFile}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json"
        hidden
        aria-label={t.openFile}
        data-testid="agent-file"
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) void open(file)
        }}
      />
    </div>
  )
}
