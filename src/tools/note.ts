// A note to itself: what the model wants to find again, also where it does not see the whole talk any more. Notes are kept
// with the talk they belong to, and nowhere else.

import type { Tool } from './tool.ts'

/** Notes of one talk; the oldest make place. */
export const mostNotes = 20

export const note: Tool = {
  name: 'note',
  description: 'Keeps a short note for later, and gives all notes so far.',
  parameters: {
    type: 'object',
    properties: { text: { type: 'string', description: 'what to remember', maxLength: 500 } },
    required: ['text'],
    additionalProperties: false,
  },
  words: {
    en: { title: 'Note', about: 'Lets the model keep a note of its own in this chat; it changes nothing else.' },
    zh: { title: '便笺', about: '让模型在当前对话里给自己记一条便笺，不会改动别的任何东西。' },
  },
  run({ text }, { notes }) {
    const said = String(text).trim()
    if (said === '') throw new Error('the note is empty')
    notes.push(said)
    notes.splice(0, Math.max(0, notes.length - mostNotes))
    return JSON.stringify({ notes })
  },
}
