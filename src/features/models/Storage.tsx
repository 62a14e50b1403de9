// What this page keeps on the disk: how much, how much is left, and whether the browser promises to keep it.

import { useFormats } from '../../i18n/index.tsx'
import { useModels } from '../../store/index.ts'
import { deviceWords } from '../../i18n/panels/device.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { roomWords } from '../../i18n/panels/room.ts'
import { Button } from '../../ui/Button.tsx'
import { FactList } from '../../ui/FactList.tsx'
import styles from './Side.module.css'

export function Storage() {
  const room = usePanelText(roomWords)
  const words = usePanelText(deviceWords)
  const format = useFormats()
  const storage = useModels((s) => s.storage)
  const persist = useModels((s) => s.persist)
  if (!storage) return null
  return (
    <section className={styles.section} aria-labelledby="storage-title">
      <h2 id="storage-title">{room.title}</h2>
      <FactList
        facts={[
          { name: room.models, value: format.bytes(storage.models) },
          ...(storage.adapters > 0 ? [{ name: room.adapters, value: format.bytes(storage.adapters) }] : []),
          { name: room.used, value: format.bytes(storage.usage) },
          { name: room.free, value: format.bytes(Math.max(0, storage.quota - storage.usage)), note: room.freeHint },
          { name: room.persisted, value: storage.persisted ? words.yes : words.no },
        ]}
      />
      {!storage.persisted && (
        <>
          <p>{room.persistHint}</p>
          <Button data-testid="persist" onClick={() => void persist()}>
            {room.persist}
          </Button>
        </>
      )}
      <p>
        <a href="#/storage" data-testid="to-storage">
          {room.more}
        </a>
      </p>
    </section>
  )
}
