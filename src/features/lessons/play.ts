// A lesson being played: which step, how far it is, what was bet, what came out. The page prepares; the learner's hand
// does the deciding act; the number is computed then. Nothing goes on by itself.

import { create } from 'zustand'
import { formats } from '../../i18n/format.ts'
import { toData } from '../../store/client.ts'
import { useModels, type ErrorData } from '../../store/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { isAsStrong, setStrengths } from '../../store/lessons/adapters.ts'
import { keepBet, openLesson, useLesson } from '../../store/lessons/open.ts'
import { useNotes, type Shown } from '../../store/lessons/notes.ts'
import { giveBack, liveId, loadFor } from '../../store/lessons/load.ts'
import { titleOf } from '../../store/lessons/parts.ts'
import { goTo, measured, recordingBack, shown, stand, standRecorded } from '../../store/lessons/stage.ts'
import { showIn } from '../../store/lessons/typed.ts'
import { chatBack, writeRun } from '../../store/lessons/write.ts'
import { wishFor } from '../../store/lessons/wish.ts'
import { deedsOf, type Deed } from '../../lessons/fill.ts'
import type { Host } from '../../lessons/measure/host.ts'
import { inLanguage } from '../../lessons/measure/measure.ts'
import { deeds } from '../../lessons/panels.ts'
import type { Act, Cast, Language, Lesson, Step } from '../../lessons/types.ts'
import type { OpenLesson } from './data/index.ts'
import { loadLesson } from './load.ts'
import { headOf, measureStep, prepareRun, promptOf, type Context, type Outcome, type PreparedRun } from './engine.ts'
import { covers } from './covers.ts'

/**
 * model: it is loaded. story: the learner's own words are asked for. bet: nothing was chosen yet. preparing: the page sets
 * the panel up. act: the learner's turn. measuring, settled: the number. end: the takeaway.
 */
export type Phase =
  | 'opening'
  | 'absent'
  | 'model'
  | 'story'
  | 'bet'
  | 'preparing'
  | 'act'
  | 'measuring'
  | 'settled'
  | 'end'
  | 'failed'

export interface Settled extends Outcome {
  /** null: not sure; absent: nothing was asked */
  bet?: string | null
  model: string
  device: 'gpu' | 'cpu' | 'reference' | null
  own: boolean
}

export interface Play {
  id: string | null
  open: OpenLesson | null
  lang: Language
  /** steps.length: the end */
  step: number
  phase: Phase
  /** index in the step's acts */
  act: number
  bet: string | null | undefined
  /** words that the learner put in; null: those of the lesson */
  own: Cast | null
  /** the lesson is done once more with them, in every step */
  free: boolean
  /** by step id */
  done: Readonly<Record<string, Settled>>
  /** how often the learner changed something since it is their turn */
  tries: number
  /** some of what is to be changed is, and nothing else */
  part: boolean
  error: ErrorData | null
}

export const usePlay = create<Play>()(() => ({
  id: null,
  open: null,
  lang: 'en',
  step: 0,
  phase: 'opening',
  act: 0,
  bet: undefined,
  own: null,
  free: false,
  done: {},
  tries: 0,
  part: false,
  error: null,
}))
const { getState: get, setState: set } = usePlay

/** Whatever was on its way for an earlier turn is stopped, or dropped when it comes. */
let turn = 0
let now = new AbortController()
function newTurn(): number {
  now.abort()
  now = new AbortController()
  return ++turn
}
/** The latest use of the model; it is as it was before when this has ended. */
let using: Promise<unknown> = Promise.resolve()
const asideFor = <T>(model: string, work: (host: Host, signal: AbortSignal) => Promise<T>): Promise<T> => {
  const { signal } = now
  const panels = async () => (await deedsHere()).onPanels()
  const done = measured(model, (host) => work({ ...host, panels }, signal))
  using = done.catch(() => undefined)
  return done
}
/** Loaded for lessons that have something done on those panels. */
const deedsHere = () => import('../../store/lessons/deeds.ts')
let usedPanels = false
const failed = (error: unknown): void => set({ phase: 'failed', error: toData(error) })
/** Runs `work`, which goes on only while `here()`; a failure is told in the lesson. */
async function doing(work: (here: () => boolean) => Promise<void>): Promise<void> {
  const mine = newTurn()
  const here = (): boolean => mine === turn
  try {
    await work(here)
  } catch (error) {
    if (here()) failed(error)
  }
}

export const stepOf = ({ open, step }: Pick<Play, 'open' | 'step'>): Step | null => open?.lesson.steps[step] ?? null
/** The words of the story: the learner's own, or the lesson's first. */
export const castOf = (play: Pick<Play, 'open' | 'lang' | 'own' | 'free' | 'step'>): Cast => {
  const first = play.open?.lesson.casts[play.lang][0] ?? {}
  return ownWords(play) ? { ...first, ...play.own } : first
}
/** Is the step told with the learner's own words? */
const ownWords = (play: Pick<Play, 'open' | 'own' | 'free' | 'step'>): boolean =>
  play.own !== null && (play.free || stepOf(play)?.own === true)
const context = (): Context => {
  const state = get()
  return { ...state.open!, lang: state.lang, step: stepOf(state)!, cast: castOf(state) }
}
/** A run of the step, made ready beside what is on screen. */
const prepared = (run: string): Promise<PreparedRun> => {
  const asked = context()
  return asideFor(asked.lesson.model, (host, signal) => prepareRun(host, asked, run, signal))
}

/** Opens a lesson at a step, in a language; what was bet in it before is forgotten here, not on disk. */
export const begin = (id: string, step: number, lang: Language): Promise<void> =>
  doing(async (here) => {
    const same = get().id === id && get().lang === lang
    set({ id, lang, phase: 'opening', error: null, ...(!same && { open: null, done: {}, own: null, free: false }) })
    const open = await loadLesson(id)
    if (!here()) return
    if (!open) return set({ phase: 'absent' })
    set({ open })
    await enter(Math.min(step, open.lesson.steps.length), here)
  })

/** Goes to a step; one that was settled shows what came out. */
export const goToStep = (step: number): Promise<void> => doing((here) => enter(step, here))

async function enter(index: number, here: () => boolean): Promise<void> {
  const { open, id, done, own } = get()
  if (!open || id === null) return
  const { lesson } = open
  const step = lesson.steps[index]
  openLesson(id, index)
  set({ step: index, act: 0, bet: undefined, tries: 0, error: null })
  void useNotes.getState().reach(id, Math.min(index, lesson.steps.length - 1), !step)
  if (!step) return set({ phase: 'end' })
  set({ phase: 'model' })
  const problem = await loadFor(lesson.model, adaptersIn(lesson))
  if (!here()) return
  if (problem === 'absent') return set({ phase: 'failed', error: null })
  if (problem) return set({ phase: 'failed', error: problem })
  const before = done[step.id]
  if (before) {
    set({ phase: 'preparing', bet: before.bet })
    await pageActs(step.act, here)
    if (here()) set({ phase: 'settled' })
  } else if (step.own && !own) set({ phase: 'story' })
  else if (step.options) {
    const placed = keptBet(step)
    if (placed !== undefined) return bet(placed, here)
    set({ phase: 'bet' })
    showPanel(step)
  } else await play(0, here)
}

/** The adapters that runs of the lesson's own model name: put on once, for all steps. */
const adaptersIn = ({ model, steps }: Lesson): string[] => {
  const runs = steps.flatMap((step) => Object.values(step.runs)).filter((run) => (run.model ?? model) === model)
  return [...new Set(runs.flatMap(({ adapters = {} }) => Object.keys(adapters)))]
}

/** The panel that the step is about is opened before the bet: empty, or as the step before left it. */
function showPanel(step: Step): void {
  const { open } = get()
  const panel = step.act.find((act) => act.kind === 'open')?.panel ?? open!.lesson.panel
  if (!location.hash.startsWith(`#/${panel}`)) location.hash = `#/${panel}`
}

/** Asks for the learner's own words; at the lesson's end for all of it once more. */
export const askStory = (): void => set({ phase: 'story' })

/** The learner's own words for the story. */
export const tell = (own: Cast): Promise<void> =>
  doing(async (here) => {
    const step = stepOf(get())
    if (!step) {
      set({ own, free: true, done: {} })
      return enter(0, here)
    }
    set({ own, done: Object.fromEntries(Object.entries(get().done).filter(([id]) => id !== step.id)) })
    if (step.options) set({ phase: 'bet', bet: undefined })
    else await play(0, here)
  })

/** @param option null: not sure */
export const place = (option: string | null): Promise<void> => doing((here) => bet(option, here))

async function bet(option: string | null, here: () => boolean): Promise<void> {
  const { lang } = get()
  // words of the learner's own are gone after a reload, and the bet was on them
  if (!ownWords(get())) keepBet({ option, lang })
  set({ bet: option })
  await play(0, here)
}

/** The bet that was placed in this step before a reload; undefined: none. */
function keptBet({ options = [] }: Step): string | null | undefined {
  const { lang } = get()
  const { bet: kept } = useLesson.getState()
  if (!kept || kept.lang !== lang || ownWords(get())) return undefined
  return kept.option === null || options.some(({ id }) => id === kept.option) ? kept.option : undefined
}

/** Does what the page has to do, from an act on, until it is the learner's turn or the number is due. */
async function play(from: number, here: () => boolean): Promise<void> {
  const acts = stepOf(get())!.act
  const hand = acts.findIndex((act, i) => i >= from && !isPages(act))
  const end = hand < 0 ? acts.length : hand
  if (from < end) {
    set({ phase: 'preparing' })
    await pageActs(acts.slice(from, end), here)
    if (!here()) return
  }
  if (hand < 0) return settle(here)
  const deed = deedOf(get(), hand)
  if (deed) {
    usedPanels = true
    await (await deedsHere()).prepareDeed(deed)
    if (!here()) return
  }
  set({ act: hand, phase: 'act', tries: 0, part: false })
}

const isPages = (act: Act): boolean =>
  act.kind === 'load' || act.kind === 'open' || (act.kind === 'do' && deeds[act.what].by === 'page')

/** The act of this number, in words. */
export function deedOf(play: Pick<Play, 'open' | 'lang' | 'own' | 'free' | 'step'>, act: number): Deed | null {
  const step = stepOf(play)
  const which = step?.act.filter((one, i) => one.kind === 'do' && i < act).length
  return step?.act[act]?.kind === 'do'
    ? (deedsOf(play.open!.lesson, step, play.lang, castOf(play))[which!] ?? null)
    : null
}

async function pageActs(acts: readonly Act[], here: () => boolean): Promise<void> {
  let at: PreparedRun | null = null
  for (const act of acts) {
    if (!here()) return
    if (act.kind === 'load') {
      at = await prepared(act.run)
      if (!here()) return
      await setStrengths(strengthsIn(act))
      if (!here()) return
      const problem = await (at.trace === undefined ? stand(at) : standRecorded(at.trace))
      if (problem) return void (here() && set({ phase: 'failed', error: problem }))
    } else if (act.kind === 'open') await openPanel(act, at, here)
    else if (act.kind === 'do' && isPages(act)) {
      usedPanels = true
      await (await deedsHere()).doDeed(deedOf(get(), stepOf(get())!.act.indexOf(act))!)
    }
  }
}

async function openPanel(act: Act & { kind: 'open' }, at: PreparedRun | null, here: () => boolean): Promise<void> {
  const { panel, layer, head, query, key, view } = act
  goTo({ panel })
  if (at) showIn(panel, at.text)
  // only panels that look inside a run have places
  if (at && (query !== undefined || key !== undefined || layer !== undefined || head !== undefined)) {
    await shown(at.ids)
  }
  if (!here()) return
  // what is changed in the middle of the text is changed for the token to come
  const changes = stepOf(get())?.act.some(({ kind }) => kind === 'edit')
  const writes = useInspect.getState().info?.predicts !== 'own'
  goTo({
    panel,
    ...(changes && at && writes && { watched: at.ids.length }),
    ...(layer !== undefined && { layer }),
    ...(head !== undefined && { head: inLanguage(head, get().lang) }),
    ...(query !== undefined && at && { position: at.places.get(inLanguage(query, get().lang))! }),
    ...(key !== undefined && at && { key: at.places.get(key)! }),
    ...(view !== undefined && { view }),
  })
}

// ---- the learner's turn ----------------------------------------------------------

export const handAct = ({ open, step, act, phase }: Play): Act | null =>
  phase === 'act' ? (stepOf({ open, step })?.act[act] ?? null) : null

/** The learner's hand did it: what is next. */
export const acted = (): Promise<void> => doing((here) => play(get().act + 1, here))

/** The page does it instead. */
export const doForMe = (): Promise<void> =>
  doing(async (here) => {
    const act = handAct(get())
    if (!act) return
    if (act.kind === 'edit') {
      set({ phase: 'preparing' })
      const { edits } = await prepared(act.run)
      if (!here()) return
      const outcome = await useInspect.getState().setEdits(edits)
      const { error } = useInspect.getState()
      if (!here()) return
      if (!outcome) {
        if (error) return failed(error)
        return set({ phase: 'act' })
      }
    } else if (act.kind === 'adapt') {
      await setStrengths(strengthsIn(act))
      return // what watches the model goes on
    } else if (act.kind === 'do') {
      await (await deedsHere()).doDeed(deedOf(get(), get().act)!)
      return // and so does what watches the panels
    } else if (act.kind === 'undo') await useInspect.getState().setEdits([])
    else if (act.kind === 'write' || act.kind === 'pick') {
      const asked = context()
      set({ phase: 'preparing' })
      const ready = await prepared(act.run)
      if (!here()) return
      const spec = asked.step.runs[act.run]!
      const problem = await writeRun({
        ...ready,
        title: headOf(asked, asked.lang, asked.cast).title,
        turns: promptOf(asked, act.run).messages,
        write: spec.write ?? 1,
        sampling: spec.sampling ?? {},
      })
      if (problem) return void (here() && set({ phase: 'failed', error: problem }))
    }
    if (here()) await play(get().act + 1, here)
  })

const strengthsIn = ({ run }: { run: string }): Readonly<Record<string, number>> =>
  stepOf(get())?.runs[run]?.adapters ?? {}

/** Edits in force now, held against what is waited for. */
let wanted: { key: string; edits: PreparedRun['edits'] } | null = null

/** Watches the model's edits and adapters while it is the learner's turn to change them. @returns the unsubscribe */
export function watchHand(): () => void {
  const look = async (): Promise<void> => {
    const state = get()
    const act = handAct(state)
    const { edits, editing } = useInspect.getState()
    if (!act || editing) return
    if (act.kind === 'undo' && edits.length === 0) return acted()
    if (act.kind !== 'edit' || edits.length === 0) return
    const key = `${state.id} ${state.step} ${state.act} ${state.lang} ${turn}`
    if (wanted?.key !== key) {
      const { edits: needed } = await prepared(act.run)
      wanted = { key, edits: needed }
    }
    if (wanted.key !== `${get().id} ${get().step} ${get().act} ${get().lang} ${turn}`) return
    const { edits: now, info } = useInspect.getState()
    const covered = info ? covers(now, wanted.edits, info) : 'other'
    set({ part: covered === 'part' })
    if (covered === 'all') await acted()
  }
  const edits = useInspect.subscribe((s, old) => {
    if (s.edits === old.edits && s.editing === old.editing) return
    if (s.edits !== old.edits && get().phase === 'act') set({ tries: get().tries + 1, part: s.edits.length === 0 })
    const mine = turn
    void look().catch((error: unknown) => mine === turn && failed(error))
  })
  const strengths = useModels.subscribe(({ active }, old) => {
    const act = handAct(get())
    if (active?.info === old.active?.info || act?.kind !== 'adapt') return
    if (isAsStrong(active?.info ?? null, strengthsIn(act))) void acted()
  })
  return () => {
    edits()
    strengths()
  }
}

// ---- the number ------------------------------------------------------------------

async function settle(here: () => boolean): Promise<void> {
  set({ phase: 'measuring' })
  const asked = context()
  const format = formats(asked.lang).number
  const outcome = await asideFor(asked.lesson.model, (host, signal) => measureStep(host, asked, format, signal))
  if (!here()) return
  const { id, bet, lang } = get()
  const { active, stored } = useModels.getState()
  const { step } = asked
  const others = [
    ...new Set(
      Object.values(step.runs).flatMap(({ model, trace }) => (outcome.recorded !== null && trace ? [] : (model ?? []))),
    ),
  ].filter((one) => one !== asked.lesson.model)
  if (others.length > 0) {
    // another model stood in this one's place: what the panels showed is set up once more
    await pageActs(step.act, here)
    if (!here()) return
  }
  const own = asked.lesson.model
  const nameOf = async (id: string): Promise<string> =>
    id === own && active ? active.name : (stored.find((one) => one.id === liveId(id))?.name ?? (await titleOf(id)))
  const names = [
    ...(outcome.computed ? await Promise.all((outcome.models.length > 0 ? outcome.models : [own]).map(nameOf)) : []),
    ...(outcome.recorded === null ? [] : [outcome.recorded]),
  ]
  if (!here()) return
  const settled: Settled = {
    ...outcome,
    ...(step.options && { bet: bet ?? null }),
    model: names.join(' · '), // a name may have a comma of its own
    device: outcome.computed ? (active?.info?.device?.kind ?? null) : null,
    own: ownWords(get()),
  }
  keepBet(null)
  set((s) => ({ phase: 'settled', done: { ...s.done, [step.id]: settled } }))
  if (!step.options) return
  void useNotes
    .getState()
    .addBet({
      lesson: id!,
      step: step.id,
      option: bet ?? null,
      expected: step.options.find(({ right }) => right)?.id ?? null,
      holds: outcome.holds,
      shown: outcome.shown.map(({ what, value }): Shown => ({ what, value })),
      model: settled.model,
      device: settled.device ?? '',
      lang,
      own: settled.own,
      at: Date.now(),
    })
}

/** The step from its beginning: the bet is open again. */
export const redo = (): Promise<void> => {
  const { step, done, open } = get()
  const id = open?.lesson.steps[step]?.id
  set({ done: Object.fromEntries(Object.entries(done).filter(([key]) => key !== id)) })
  return goToStep(step)
}

/** What failed is tried again. */
export const again = (): Promise<void> => {
  const { id, step, lang, open } = get()
  return id !== null && !open ? begin(id, step, lang) : goToStep(step)
}

/** Puts the lesson away: what it computes is stopped, the model is as before, edits of the lesson's text are undone. */
export function leave(): void {
  newTurn()
  wishFor(null)
  openLesson(null)
  set({ id: null, open: null, phase: 'opening', done: {}, own: null, free: false, bet: undefined })
  void (async () => {
    await using
    recordingBack()
    if (useInspect.getState().edits.length > 0) await useInspect.getState().setEdits([])
    if (usedPanels) await (await deedsHere()).giveBackPanels()
    usedPanels = false
    giveBack()
    chatBack()
  })()
}
