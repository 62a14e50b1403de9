import { beforeEach, expect, test } from 'vitest'
import { useBranches } from './branches.ts'
import { useChat } from './chat.ts'
import { setClient } from './client.ts'
import { inUse, pinnedFirst, readHeads, tagsOf, useHeads } from './heads.ts'
import { useHistory } from './history.ts'
import { stopped } from './running.ts'
import { useSettings } from './settings.ts'
import { fakeClient, type Fake } from './testing.ts'
import { useUndo } from './undo.ts'

let fake: Fake
const chat = () => useChat.getState()
const past = () => useHistory.getState()
const heads = () => useHeads.getState().all
const undo = () => useUndo.getState()
beforeEach(async () => {
  await stopped()
  fake = fakeClient()
  setClient(fake.client)
  useSettings.getState().reset()
  useHeads.setState({ all: [] })
  useUndo.setState({ all: [] })
  chat().newChat()
})
const asked = async (...texts: string[]): Promise<string[]> => {
  const ids: string[] = []
  for (const text of texts) {
    chat().newChat()
    await chat().send(text)
    ids.push(chat().id)
  }
  return ids
}

test('a pinned chat stands first, stays so while it is written on, and over files', async () => {
  const [one, two] = await asked('one', 'two')
  await past().pin(one!, true)
  expect(pinnedFirst(heads()).map(({ title }) => title)).toEqual(['one', 'two'])
  const { updatedAt } = heads().find(({ id }) => id === one)!
  expect(fake.chats.get(one!)!.head).toMatchObject({ pinned: true, updatedAt })
  await past().setTags(two!, ['b', ' a  c ', 'b', ''])
  await past().setTags(one!, ['b'])
  expect(tagsOf(inUse(heads()))).toEqual([
    ['a c', 1],
    ['b', 2],
  ])
  // writing on, here and in the list of another tab
  await past().open(one!)
  await chat().send('more')
  expect(heads().find(({ id }) => id === one)).toMatchObject({ pinned: true, tags: ['b'], messages: 4 })
  expect(await readHeads()).toMatchObject([
    { id: one, pinned: true },
    { id: two, tags: ['b', 'a c'] },
  ])
  const file = await past().exportJson()
  await past().purge('trash')
  fake.chats.clear()
  expect(await past().importFile(new Blob([file]))).toEqual({ added: 2, refused: [] })
  expect(heads().find(({ id }) => id === one)).toMatchObject({ pinned: true, tags: ['b'] })
  await past().pin(one!, false)
  expect(fake.chats.get(one!)!.head).not.toHaveProperty('pinned')
})

test('tags that were removed come back, off one chat and off all', async () => {
  const [one, two] = await asked('one', 'two')
  await past().setTags(one!, ['x', 'y'])
  await past().setTags(two!, ['x'])
  expect(undo().all).toEqual([])
  await past().setTags(one!, ['y'])
  await past().removeTag('x')
  expect(tagsOf(heads())).toEqual([['y', 1]])
  expect(fake.chats.get(two!)!.head).not.toHaveProperty('tags')
  expect(undo().all.map(({ title }) => title)).toEqual(['x', 'x'])
  await undo().take()
  expect(heads().find(({ id }) => id === two)!.tags).toEqual(['x'])
  await undo().take()
  expect(heads().find(({ id }) => id === one)!.tags).toEqual(['x', 'y'])
  expect(undo().all).toEqual([])
})

test('deletions are taken back one after the other, the last first; what came back otherwise is not offered', async () => {
  const [one, two] = await asked('one', 'two')
  await past().remove([one!])
  await past().remove([two!])
  expect(undo().all).toHaveLength(2)
  await past().restore([two!])
  expect(undo().all.map(({ title }) => title)).toEqual(['one'])
  await undo().take()
  expect(inUse(heads())).toHaveLength(2)
  await past().remove([one!])
  await past().purge('trash')
  expect(undo().all).toEqual([])
})

test('a message goes with what followed it, stays gone over a reload, and comes back', async () => {
  await asked('one')
  await chat().send('two')
  const { id } = chat()
  const [first, answer, second] = chat().messages
  await useBranches.getState().remove(second!.id)
  expect(chat().messages.map(({ content }) => content)).toEqual(['one', 'w0 w1 w2 '])
  expect(fake.chats.get(id)!.turns.get(second!.id)).toHaveProperty('removed')
  // the very first one: the chat is empty, and on disk all the same
  await useBranches.getState().remove(first!.id)
  expect(chat()).toMatchObject({ messages: [], id })
  expect(chat().turns).toHaveLength(4)
  chat().newChat()
  await past().open(id)
  expect(chat().messages).toEqual([])
  // from another chat the undo leads back to this one
  chat().newChat()
  await undo().take()
  expect(chat()).toMatchObject({ id })
  expect(chat().messages.map((message) => message.id)).toEqual([first!.id, answer!.id])
  await undo().take()
  expect(chat().messages.map(({ content }) => content)).toEqual(['one', 'w0 w1 w2 ', 'two', 'w0 w1 w2 '])
  expect(fake.chats.get(id)!.turns.get(second!.id)).not.toHaveProperty('removed')
})

test('all chats as Markdown, and as lines of messages that are read back', async () => {
  await asked('one', 'two')
  const lines = await past().exportMessages()
  expect(lines.trim().split('\n')).toHaveLength(2)
  expect(lines).toContain('{"role":"user","content":"one"}')
  expect(await past().importFile(new Blob([lines]))).toMatchObject({ added: 2 })
  const words = { system: 's', you: 'you', model: 'm', others: 'o', stopped: 'x' }
  const text = await past().exportMarkdown(undefined, {
    ...words,
    tool: String,
    edited: String,
    adapted: String,
    version: String,
  })
  expect(text.match(/^# /gm)).toHaveLength(4)
})
