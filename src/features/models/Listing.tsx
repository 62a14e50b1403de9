// What an address offers: files and sizes, licence, a choice among .gguf files. Nothing is downloaded yet.

import { useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { useModels, type ModelListing, type ModelOrigin } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './AddModel.module.css'

interface Props {
  listing: ModelListing
  onChoose: (origin: ModelOrigin) => void
  onDone: () => void
}

export function Listing({ listing, onChoose, onDone }: Props) {
  const t = useT()
  const listed = usePanelText(listedWords)
  const format = useFormats()
  const download = useModels((s) => s.download)
  const { name, origin, files, bytes, choices, licence, gated } = listing
  const needsChoice = files.length === 0 && choices.length > 0
  return (
    <div className={styles.listing} data-testid="listing">
      <h4>{name}</h4>
      <p className={styles.facts}>
        {[
          bytes === null ? listed.sizeUnknown : format.bytes(bytes),
          licence ?? listed.licenceUnknown,
          files.length > 0 && listed.files(files.length),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {gated && <p>{listed.gated}</p>}
      {choices.length > 0 && (
        <>
          <p>{needsChoice ? listed.chooseFile : listed.orChooseFile}</p>
          <ul className={styles.choices}>
            {choices.map(({ file, bytes: size }) => (
              <li key={file}>
                <button
                  type="button"
                  aria-pressed={origin.kind === 'hub' && origin.file === file}
                  disabled={origin.kind !== 'hub'}
                  onClick={() => {
                    if (origin.kind === 'hub') onChoose({ ...origin, file })
                  }}
                >
                  <span>{file}</span>
                  <output>{size === null ? '' : format.bytes(size)}</output>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={styles.buttons}>
        {!needsChoice && !gated && (
          <Button
            variant="primary"
            icon="download"
            data-testid="download-listing"
            onClick={() => {
              onDone()
              void download(listing)
            }}
          >
            {listed.download}
          </Button>
        )}
        <Button variant="quiet" onClick={onDone}>
          {t.app.cancel}
        </Button>
      </div>
    </div>
  )
}
