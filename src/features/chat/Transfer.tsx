// Chats to a file and out of one: all of them, in three shapes.

import { useRef, useState } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { toData } from '../../store/client.ts'
import { useHeads, useHistory } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { save as saveFile } from '../../ui/export.ts'
import { Name } from '../../ui/Name.tsx'
import styles from './History.module.css'

interface Said {
  text: string
  refused: readonly { title: string; why: string }[]
}
const named = 8

export function Transfer() {
  const t = useT()
  const words = usePanelText(chatWords).files
  const explain = useExplain()
  const { exportJson, exportMarkdown, exportMessages, importFile } = useHistory()
  const { markdown } = usePanelText(chatWords)
  const empty = useHeads((s) => s.all.length === 0)
  const picker = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState<Said>({ text: '', refused: [] })
  const told = (error: unknown): void => {
    const { title, text, todo } = explain(toData(error))
    setSaid({ text: [title, text, todo].filter(Boolean).join(' · '), refused: [] })
  }
  const read = async (file: File | undefined) => {
    if (!file) return
    try {
      const { added, refused } = await importFile(file)
      setSaid({ text: t.chat.imported(added), refused })
    } catch (error) {
      told(error)
    }
  }
  return (
    <div className={styles.transfer}>
      <Button
        variant="quiet"
        icon="download"
        disabled={empty}
        data-testid="export-chats"
        onClick={() =>
          void exportJson().then((text) => saveFile('glassbox-chats.json', text, 'application/json'), told)
        }
      >
        {t.chat.export}
      </Button>
      <Button
        variant="quiet"
        icon="download"
        disabled={empty}
        data-testid="export-markdown"
        onClick={() =>
          void exportMarkdown(undefined, markdown).then(
            (text) => saveFile('glassbox-chats.md', text, 'text/markdown'),
            told,
          )
        }
      >
        {words.allMarkdown}
      </Button>
      <Button
        variant="quiet"
        icon="download"
        disabled={empty}
        data-testid="export-messages"
        onClick={() =>
          void exportMessages().then((text) => saveFile('glassbox-chats.jsonl', text, 'application/jsonl'), told)
        }
      >
        {words.allMessages}
      </Button>
      <Button variant="quiet" icon="file" onClick={() => picker.current?.click()}>
        {t.chat.import}
      </Button>
      <input
        ref={picker}
        type="file"
        accept="application/json,.json,.jsonl"
        hidden
        aria-label={t.chat.import}
        data-testid="import-chats"
        onChange={(event) => {
          void read(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <div role="status">
        <p>{said.text}</p>
        {said.refused.length > 0 && (
          <>
            <p>{words.refused(said.refused.length)}</p>
            <ul data-testid="refused">
              {said.refused.slice(0, named).map(({ title, why }, i) => (
                <li key={i}>
                  <Name>{title || words.untitled}</Name>: <code>{why}</code>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}
