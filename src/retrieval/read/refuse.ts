// Why a file is not read as a document, by name; the page has the sentence for each (i18n/errors-documents.ts).

import { EngineError } from '../../engine/errors.ts'

/** bytes of a file; characters of its text; bytes of a packed part, and by how much it may be packed; seconds of reading */
export const limits = { file: 50e6, text: 5e6, part: 50e6, ratio: 100, parts: 5000, seconds: 20 } as const

export type Why =
  | 'large'
  | 'long'
  | 'empty'
  | 'binary'
  | 'encoding'
  | 'kind'
  | 'pdf'
  | 'pictures'
  | 'unnamed'
  | 'tables'
  | 'old'
  | 'damaged'
  | 'locked'
  | 'packed'
  | 'entities'
  | 'slow'

const because: Record<Why, string> = {
  large: `it has more than ${limits.file / 1e6} MB`,
  long: `its text has more than ${limits.text / 1e6} million characters`,
  empty: 'there is no text in it',
  binary: 'it holds bytes that no text has',
  encoding: 'its text is neither UTF-8 nor UTF-16, nor Chinese in GBK: save it as UTF-8',
  kind: 'only text, Markdown, HTML, DOCX and PDF are read here',
  pdf: 'PDF is read in the page only',
  pictures: 'its pages are pictures, and hold no text',
  unnamed: 'its letters are drawn, but it does not say which they are',
  tables: 'it names letters by a table that could not be loaded',
  old: 'it is in an older format of Word, or has a password: save it as DOCX without one',
  damaged: 'its parts are not where it says they are',
  locked: 'it has a password',
  packed: 'it unpacks to far more than it brings',
  entities: 'it defines words of its own (DOCTYPE), which no document of Word does',
  slow: `reading it takes more than ${limits.seconds} seconds on this machine`,
}

export const refuse = (file: string, why: Why): EngineError =>
  new EngineError('DOCUMENT_REFUSED', `Cannot read "${file}": ${because[why]}. Nothing was stored.`, { file, why })

/**
 * How long reading may take, from now on. Called often, it looks at the clock now and then.
 * @throws DOCUMENT_REFUSED once the time is over
 */
export function timeFor(file: string, clock: () => number = () => performance.now()): () => void {
  const over = clock() + limits.seconds * 1000
  let calls = 0
  return () => {
    if (++calls % 1000 === 0 && clock() > over) throw refuse(file, 'slow')
  }
}
