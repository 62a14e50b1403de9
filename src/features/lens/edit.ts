// What the keys and buttons of the lens do to the model: keep a residual, put it elsewhere, add an edit and change its
// strength.

import { toData } from '../../store/client.ts'
import { useInspect, type Edit } from '../../store/inspect.ts'
import { short } from '../../ui/tokens.ts'
import { fits, residualAt, useKept } from './kept.ts'
import { candidateView, type Run } from './run.ts'
import { patchEdit } from './steer.ts'

export const editableNow = (): boolean => {
  const { info, editing, writing } = useInspect.getState()
  return info?.source === 'live' && !editing && !writing
}

/** Does it, and says what went wrong; the next attempt forgets it. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  const { set } = useKept.getState()
  set({ problem: null })
  try {
    await work()
  } catch (error) {
    set({ problem: toData(error) })
  }
}

/** Keeps the residual of the selected cell. */
export async function keepHere({ info, tokens, views, position, layer }: Run): Promise<void> {
  const { glass, edits } = useInspect.getState()
  if (!glass || position < info.kept) return
  const values = Array.from(await residualAt(glass, { layer, position }))
  const context = views
    .slice(Math.max(0, position - 3), position + 1)
    .map((v) => v.label)
    .join(' ')
  const next = tokens[position + 1]?.top[0]
  useKept
    .getState()
    .set({
      residual: {
        layer,
        position,
        model: info.model,
        context,
        said: next ? candidateView(next.id, next.text).label : '',
        edited: edits.length > 0,
        values,
      },
    })
}

/** Puts the kept residual at the selected cell. */
export async function putHere({ info, position, layer, layerName }: Run): Promise<void> {
  const { residual } = useKept.getState()
  if (!residual || !fits(residual, info) || !editableNow()) return
  await addEditAt(
    position,
    patchEdit(
      { layer, position },
      residual.values,
      `${layerName(residual.layer)} ${short(residual.said || residual.context, 16)}`,
    ),
  )
}

export async function addEditAt(position: number, edit: Edit): Promise<void> {
  const { edits, tokens, setEdits, watch } = useInspect.getState()
  // inside the question nobody waits for the next word: whichever token of the run moved most is told
  watch(tokens[position + 1]?.generated === false ? null : position + 1)
  await setEdits([...edits, edit])
}

const labelOf = (edit: Edit | undefined): string | undefined => (edit?.kind === 'direction' ? edit.label : undefined)
/** The direction last added, and how it is made with another strength. */
let made: { label: string | undefined; count: number; make: (strength: number) => Edit } | null = null

export async function addStrength(position: number, strength: number, make: (strength: number) => Edit): Promise<void> {
  const edit = make(strength)
  made = { label: labelOf(edit), count: useInspect.getState().edits.length + 1, make }
  await addEditAt(position, edit)
}

/** Gives the direction last added another strength, while it is still the last edit. */
export function changeStrength(strength: number): void {
  const { edits, setEdits } = useInspect.getState()
  if (!made || edits.length !== made.count || labelOf(edits.at(-1)) !== made.label || !editableNow()) return
  const next = made.make(strength)
  if (labelOf(next) === made.label) return
  made.label = labelOf(next)
  void setEdits([...edits.slice(0, -1), next])
}
