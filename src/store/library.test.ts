import { beforeEach, expect, test } from 'vitest'
import { useLibrary } from './library.ts'
import { useUndo } from './undo.ts'

const library = () => useLibrary.getState()
beforeEach(() => {
  useLibrary.setState({ prompts: [], systems: [], samplings: [] })
  useUndo.setState({ all: [] })
})

test('entries are kept, changed in place, and come back where they stood', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((title) => library().keep('systems', { title, text: `${title}!` }))
  library().keep('systems', { id: b!, title: 'B', text: 'B!' })
  expect(library().systems.map(({ title }) => title)).toEqual(['a', 'B', 'c'])
  library().remove('systems', b!)
  library().remove('systems', a!)
  library().remove('systems', 'nobody')
  expect(library().systems.map(({ id }) => id)).toEqual([c])
  await useUndo.getState().take()
  await useUndo.getState().take()
  expect(library().systems.map(({ title }) => title)).toEqual(['a', 'B', 'c'])
})

test('a file holds all of it, adds nothing twice, and what is not as it must be is left out', () => {
  const banned = [{ id: 4, text: ' no', model: 'm', bias: 3 }]
  library().keep('prompts', { title: 'p', text: '{{x}}', example: '{{a}} {{b}}', examples: [['1', '2']] })
  library().keep('systems', { title: 's', text: 'be brief' })
  library().keep('samplings', { title: 'exact', params: { temperature: 0, stop: ['\n'] }, banned })
  const file = library().toFile()
  const before = JSON.stringify(library())
  expect(library().takeFile(file)).toEqual({ added: 0, refused: 0 })
  expect(JSON.stringify(library())).toBe(before)
  useLibrary.setState({ prompts: [], systems: [], samplings: [] })
  expect(library().takeFile(file)).toEqual({ added: 3, refused: 0 })
  expect(library().prompts[0]).toMatchObject({ text: '{{x}}', examples: [['1', '2']] })
  expect(library().samplings[0]).toMatchObject({ params: { temperature: 0, stop: ['\n'] }, banned })
  const odd = { glassbox: 'library', version: 1, prompts: [{ id: 'x', title: 'y' }, 7], systems: 'none' }
  expect(library().takeFile(JSON.stringify(odd))).toMatchObject({ added: 0 })
  expect(library().takeFile('{"glassbox":"chats"}')).toBeNull()
  expect(library().takeFile('nonsense')).toBeNull()
  const polluted =
    '{"glassbox":"library","version":1,"systems":[{"id":"i","title":"t","text":"x","__proto__":{"evil":1}}]}'
  library().takeFile(polluted)
  expect(({} as { evil?: number }).evil).toBeUndefined()
})
