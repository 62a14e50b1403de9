// A teacher's lesson file: JSON as docs/lessons-format.md says. It is data and nothing else; what is wrong with it is
// named by field, line and column.

import { checkLesson } from './check.ts'
import { inside, parseJson, withinString, type Places } from './json.ts'
import { again, invalid, LessonError } from './problem.ts'
import { lessonShape, textShape } from './shape.ts'
import type { Both, Lesson, LessonText } from './types.ts'

export const LESSON_FORMAT = 'glassbox-lesson'
export const LESSON_VERSION = 1
/** bytes of a file; the longest built-in lesson has a twentieth of it */
export const LARGEST_LESSON = 512 * 1024

export interface LessonFile {
  readonly lesson: Lesson
  readonly text: Both<LessonText>
}

/**
 * @param file the text of the file
 * @param taken ids of other lessons, in whose place this one would never be opened
 * @param adapters those that there are, by name; null: nobody knows
 * @throws LESSON_INVALID
 */
export function readLesson(
  file: string,
  taken: readonly string[] = [],
  adapters: readonly string[] | null = null,
): LessonFile {
  const size = new TextEncoder().encode(file).length
  if (size > LARGEST_LESSON) throw invalid('size', { found: size, need: LARGEST_LESSON })
  const { value, places } = parseJson(file)
  try {
    const read = lessonFile(value)
    const { id } = read.lesson
    if (taken.includes(id)) throw invalid('taken', { path: 'lesson.id', found: id })
    if (adapters) checkAdapters(read.lesson, adapters)
    return read
  } catch (error) {
    throw placed(error, file, places)
  }
}

function lessonFile(value: unknown): LessonFile {
  const fields =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null
  if (!fields) throw invalid('field', { path: '', need: 'object' })
  for (const [field, need] of [
    ['format', LESSON_FORMAT],
    ['version', LESSON_VERSION],
  ] as const) {
    const found = fields.get(field)
    if (found !== need) throw invalid('field', { path: field, need, found: JSON.stringify(found) ?? 'nothing' })
  }
  const unknown = [...fields.keys()].find((field) => !['format', 'version', 'lesson', 'text'].includes(field))
  if (unknown !== undefined) throw invalid('unknownField', { path: unknown, found: unknown })
  const lesson = lessonShape(fields.get('lesson'), 'lesson')
  const text = textShape(fields.get('text'), 'text')
  checkLesson(lesson, text)
  return { lesson, text }
}

/** Every adapter that a run names is there. */
function checkAdapters({ steps }: Lesson, known: readonly string[]): void {
  for (const [i, { runs }] of steps.entries()) {
    for (const [run, { adapters = {} }] of Object.entries(runs)) {
      const path = `${inside(`lesson.steps[${i}].runs`, run)}.adapters`
      const absent = Object.keys(adapters).find((name) => !known.includes(name))
      if (absent !== undefined) {
        throw invalid('adapter', { path: inside(path, absent), found: absent, need: known.join(', ') || 'nothing' })
      }
    }
  }
}

/** The place in the file: of the field, or inside its text where the error knows where. */
function placed(error: unknown, file: string, places: Places): unknown {
  if (!(error instanceof LessonError)) return error
  const { at, facts } = error
  const path = String(facts['path'] ?? '')
  const from = nearest(path, places)
  const offset = at && file[from] === '"' ? withinString(file, from, at.offset) : from
  return again(error, path, { text: file, offset })
}

/** Where this field stands; of one that is missing, where what it is missing in does. */
function nearest(path: string, places: Places): number {
  for (let at = path; ; at = at.replace(/(?:\.?[^.[\]]+|\[\d+\])$/, '')) {
    const found = places.get(at)
    if (found !== undefined || at === '') return found ?? 0
  }
}

/** The file of a lesson, to be changed and read again. */
export const writeLesson = ({ lesson, text }: LessonFile): string =>
  JSON.stringify({ format: LESSON_FORMAT, version: LESSON_VERSION, lesson, text }, null, 2)
