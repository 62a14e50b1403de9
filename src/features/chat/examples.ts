// Starter prompts: the embedded model brings its own (examples.json beside its weights);
// other models get a few general questions from the catalog of words.

import { useEffect, useState } from 'react'

export interface Example {
  lang: string
  title: string
  text: string
}

const isExample = (value: unknown): value is Example => {
  const example = value as Record<string, unknown> | null
  return (
    typeof example?.['lang'] === 'string' && typeof example['title'] === 'string' && typeof example['text'] === 'string'
  )
}

let cached: Promise<Example[]> | null = null
function read(): Promise<Example[]> {
  cached ??= fetch(new URL('models/storyteller/examples.json', document.baseURI))
    .then(async (answer) => (answer.ok ? ((await answer.json()) as unknown) : []))
    .then((list) => (Array.isArray(list) ? list.filter(isExample) : []))
    .catch(() => {
      cached = null
      return []
    })
  return cached
}

/** The embedded model's examples in this language first; [] while unknown or when there are none. */
export function useExamples(wanted: boolean, lang: string): Example[] {
  const [examples, setExamples] = useState<Example[]>([])
  useEffect(() => {
    let here = true
    if (wanted) {
      void read().then((list) => {
        if (here) setExamples(list)
      })
    }
    return () => {
      here = false
    }
  }, [wanted])
  const mine = (example: Example) => example.lang.startsWith(lang)
  return wanted ? [...examples.filter(mine), ...examples.filter((example) => !mine(example))] : []
}
