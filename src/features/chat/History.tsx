// Past chats: the list, what it is sorted by, the trash, and what could not be read.

import { useState } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { inTrash, inUse, unreadable, useChat, useHeads, useHistory, type ChatHead } from '../../store/index.ts'
import { pinnedFirst, tagsOf } from '../../store/heads.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { save as saveFile } from '../../ui/export.ts'
import styles from './History.module.css'
import { Name } from '../../ui/Name.tsx'
import { fileName, Row } from './HistoryRow.tsx'
import { Search } from './Search.tsx'
import { Transfer } from './Transfer.tsx'

/** @param searched counts how often the search was asked for by key */
export function History({ onOpen, searched }: { onOpen: () => void; searched: number }) {
  const t = useT()
  const words = usePanelText(chatWords)
  const { open, remove } = useHistory()
  const all = useHeads((s) => s.all)
  const id = useChat((s) => s.id)
  const busy = useChat((s) => s.status !== 'idle')
  const chats = pinnedFirst(inUse(all))
  const [tag, setTag] = useState<string | null>(null)
  const shown = tag === null ? chats : chats.filter(({ tags }) => tags?.includes(tag))
  const [searching, setSearching] = useState(false)
  return (
    <div className={styles.history}>
      {chats.length > 0 && <Search asked={searched} onOpen={onOpen} onSearch={setSearching} />}
      {chats.length === 0 && <p className={styles.empty}>{t.chat.noHistory}</p>}
      {!searching && <TagFilter chats={chats} tag={tag} onTag={setTag} />}
      <ul hidden={searching}>
        {shown.map((chat) => (
          <Row
            key={chat.id}
            chat={chat}
            current={chat.id === id}
            busy={busy}
            onOpen={() => {
              onOpen()
              void open(chat.id)
            }}
          />
        ))}
      </ul>
      <Transfer />
      {chats.length > 0 && (
        <Confirm
          label={t.chat.removeAll}
          question={words.removeAllAsk(chats.length)}
          yes={t.app.remove}
          no={t.app.keep}
          testId="remove-all"
          onConfirm={() => void remove('all')}
        />
      )}
      <Trash chats={inTrash(all)} />
      <Unreadable chats={unreadable(all)} />
    </div>
  )
}

/** Nothing where no chat bears a tag. */
function TagFilter({
  chats,
  tag,
  onTag,
}: {
  chats: readonly ChatHead[]
  tag: string | null
  onTag: (tag: string | null) => void
}) {
  const words = usePanelText(chatWords).sorting
  const removeTag = useHistory((s) => s.removeTag)
  const all = tagsOf(chats)
  if (all.length === 0 && tag === null) return null
  return (
    <div className={styles.filter} role="group" aria-label={words.filter} data-testid="tag-filter">
      <Button variant="quiet" aria-pressed={tag === null} onClick={() => onTag(null)}>
        {words.all}
      </Button>
      {all.map(([one, count]) => (
        <Button key={one} variant="quiet" aria-pressed={tag === one} onClick={() => onTag(one)}>
          <Name>{words.named(one, count)}</Name>
        </Button>
      ))}
      {tag !== null &&
        (all.some(([one]) => one === tag) ? (
          <Button
            variant="quiet"
            icon="trash"
            label={words.removeTag(tag)}
            data-testid="remove-tag"
            onClick={() => {
              onTag(null)
              void removeTag(tag)
            }}
          />
        ) : (
          <p>{words.none}</p>
        ))}
    </div>
  )
}

function Trash({ chats }: { chats: readonly ChatHead[] }) {
  const t = useT()
  const words = usePanelText(chatWords).trash
  const format = useFormats()
  const { restore, purge } = useHistory()
  if (chats.length === 0) return null
  return (
    <details className={styles.more} data-testid="trash">
      <summary>{words.title(chats.length)}</summary>
      <p>{words.hint}</p>
      <ul>
        {chats.map((chat) => (
          <li key={chat.id} className={styles.row} data-testid="trashed">
            <div className={styles.open}>
              <strong>
                <Name>{chat.title || t.chat.untitled}</Name>
              </strong>
              <span>{words.deleted(format.when(chat.deletedAt ?? 0))}</span>
            </div>
            <div className={styles.rowActions}>
              <Button
                variant="quiet"
                icon="undo"
                label={words.restore}
                data-testid="restore-chat"
                onClick={() => void restore([chat.id])}
              />
              <Confirm
                iconOnly
                label={words.remove}
                question={words.removeAsk}
                yes={t.app.remove}
                no={t.app.keep}
                testId="purge-chat"
                onConfirm={() => void purge([chat.id])}
              />
            </div>
          </li>
        ))}
      </ul>
      <Confirm
        label={words.empty}
        question={words.emptyAsk(chats.length)}
        yes={t.app.remove}
        no={t.app.keep}
        testId="empty-trash"
        onConfirm={() => void purge('trash')}
      />
    </details>
  )
}

function Unreadable({ chats }: { chats: readonly ChatHead[] }) {
  const t = useT()
  const words = usePanelText(chatWords)
  const { exportJson, purge } = useHistory()
  if (chats.length === 0) return null
  return (
    <details className={styles.more} open data-testid="unreadable">
      <summary>{words.unreadable.title(chats.length)}</summary>
      <p>{words.unreadable.hint}</p>
      <ul>
        {chats.map((chat) => (
          <li key={chat.id} className={styles.row}>
            <div className={styles.open}>
              <strong>
                <Name>{chat.title || t.chat.untitled}</Name>
              </strong>
            </div>
            <div className={styles.rowActions}>
              <Button
                variant="quiet"
                icon="download"
                label={words.unreadable.save}
                onClick={() =>
                  void exportJson([chat.id]).then((text) =>
                    saveFile(`${fileName(chat.title)}.json`, text, 'application/json'),
                  )
                }
              />
              <Confirm
                iconOnly
                label={words.trash.remove}
                question={words.trash.removeAsk}
                yes={t.app.remove}
                no={t.app.keep}
                onConfirm={() => void purge([chat.id])}
              />
            </div>
          </li>
        ))}
      </ul>
    </details>
  )
}
