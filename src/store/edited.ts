// How many edits change the model now. Apart from inspect.ts, so that the chat can tell without loading what looks inside.

import { create } from 'zustand'

export const useEdited = create<{ edits: number }>()(() => ({ edits: 0 }))
