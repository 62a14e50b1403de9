// What windows of a class see of the lesson (the question, what is to be done, what came out), and what only the
// presenter does: the answer, the belief behind each other option, what to say.

import { useEffect } from 'react'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { LessonOnShow } from '../../store/classroom/message.ts'
import { teach, usePresenting, type LessonNotes } from '../../store/classroom/presenting.ts'
import { stepOf, usePlay } from './play.ts'
import { notHere } from './Result.tsx'
import { useFill } from './useFill.ts'

export function useClass(): void {
  const t = usePanelText(lessonWords).player
  const play = usePlay()
  const fill = useFill()
  const presents = usePresenting((s) => s.room !== null)
  const { open, lang, phase } = play
  const text = open?.text[lang]
  const step = stepOf(play)
  const words = step ? text?.steps[step.id] : undefined
  const done = step ? play.done[step.id] : undefined

  let said: [LessonOnShow, LessonNotes] | null = null
  if (presents && open && text) {
    const label = (id: string): string => fill(words?.options?.[id]?.label ?? id)
    const options = step?.options ?? []
    const right = options.find((option) => option.right)?.id
    const say = fill(words?.say ?? text.takeaway)
    const claim = words?.claim === undefined ? null : fill(words.claim)
    said = [
      {
        title: fill(text.title),
        step: play.step + 1,
        of: open.lesson.steps.length,
        ask: fill(words?.ask ?? ''),
        options: options.map(({ id }) => label(id)),
        act: phase === 'act' ? fill(words?.act ?? '') : '',
        settled: !step
          ? { say, values: [] }
          : phase === 'settled' && done
            ? {
                say: done.holds ? say : notHere(t, done.missed, claim),
                values: done.shown.map((one) => ({ label: one.label, value: one.said })),
              }
            : null,
      },
      {
        answer: right === undefined ? null : label(right),
        replies: options.flatMap(({ id }) =>
          id === right ? [] : [{ option: label(id), reply: fill(words?.options?.[id]?.reply ?? '') }],
        ),
        say,
        minutes: open.lesson.minutes,
      },
    ]
  }
  const key = JSON.stringify(said)
  useEffect(() => {
    const [lesson, notes] = (JSON.parse(key) as typeof said) ?? [null, null]
    teach(lesson, notes)
  }, [key])
  useEffect(() => () => teach(null, null), [])
}
