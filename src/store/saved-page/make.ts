// "Save as a page": the player (player.html, built beside this page and kept for offline) with what one panel shows of the
// run on screen. The file opens from a disk, without a network or a GPU, and calls nobody.

import { useInspect } from '../inspect.ts'
import { fillPage, type Show } from './slot.ts'

/** Largest page made: it goes by mail, and onto a stick. */
export const maxPage = 1_500_000

/**
 * @param title of the file's window @param onProgress from 0 to 1
 * @returns the page, and what of the run is in it
 * @throws EngineError where the run cannot be recorded, or nothing of it fits; Error where the player cannot be read
 */
export async function savePage(
  title: string,
  show: Pick<Show, 'panel' | 'lang' | 'theme' | 'model'>,
  onProgress?: (fraction: number) => void,
): Promise<{ page: Blob } & Pick<Show, 'kept' | 'of'>> {
  const answer = await fetch(new URL('player.html', document.baseURI))
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`)
  const template = await answer.text()
  const { glass, version, writing, selection, tokens } = useInspect.getState()
  if (!glass || writing) throw new Error('Nothing to save: no finished run is open.')
  const place = { layer: selection.layer, position: selection.position ?? tokens.length - 1 }
  const filled = (run: Uint8Array, kept: number, of: number): Blob =>
    new Blob([fillPage(template, title, { ...show, ...place, head: selection.head, kept, of }, run)], {
      type: 'text/html',
    })
  const { sliceRun } = await import('../../worker/recording.ts')
  // three bytes are four letters
  const maxBytes = Math.floor(((maxPage - filled(new Uint8Array(), 0, 0).size) * 3) / 4) - 64
  const { bytes, kept, of } = await sliceRun(glass, { panel: show.panel, ...place, maxBytes }, onProgress)
  if (useInspect.getState().version !== version) throw new Error('The run changed while it was saved. Save it again.')
  return { page: filled(bytes, kept, of), kept, of }
}
