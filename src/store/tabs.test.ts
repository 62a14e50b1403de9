// Two tabs on one disk: two instances of the store, each with its own client, that hear each other as tabs do.
import { beforeEach, expect, test, vi } from 'vitest'
import { fakeClient, tokens, type Fake } from './testing.ts'

interface Tab {
  chat: (typeof import('./chat.ts'))['useChat']
  history: (typeof import('./history.ts'))['useHistory']
  branches: (typeof import('./branches.ts'))['useBranches']
  fake: Fake
}
let one: Tab, two: Tab

async function tab(disk?: Fake): Promise<Tab> {
  vi.resetModules()
  const { useChat: chat } = await import('./chat.ts')
  const { useHistory: history } = await import('./history.ts')
  const { useBranches: branches } = await import('./branches.ts')
  const fake = fakeClient()
  if (disk) fake.client.chats = disk.client.chats
  const { setClient } = await import('./client.ts')
  setClient(fake.client)
  await history.getState().start()
  return { chat, history, branches, fake }
}
const texts = ({ chat }: Tab) => chat.getState().messages.map((m) => m.content)
const onDisk = () => [...one.fake.chats.get(one.chat.getState().id)!.turns.values()].map((t) => t['content'])

beforeEach(async () => {
  one = await tab()
  await one.chat.getState().send('first')
  two = await tab(one.fake)
})

test('what one writes the other shows and goes on from, in both orders', async () => {
  expect(texts(two)).toEqual(['first', 'w0 w1 w2 '])
  await one.chat.getState().send('by one')
  await expect.poll(() => texts(two)).toEqual(['first', 'w0 w1 w2 ', 'by one', 'w0 w1 w2 '])
  await two.chat.getState().send('by two')
  await expect.poll(() => texts(one).slice(-2)).toEqual(['by two', 'w0 w1 w2 '])
  expect(onDisk()).toHaveLength(6)
})

test('both at one moment: both are kept, as versions beside each other', async () => {
  await Promise.all([one.chat.getState().send('by one'), two.chat.getState().send('by two')])
  await expect.poll(() => [one, two].map(({ chat }) => chat.getState().turns.length)).toEqual([6, 6])
  expect(onDisk()).toEqual(expect.arrayContaining(['first', 'by one', 'by two']))
  expect([texts(one)[2], texts(two)[2]].sort()).toEqual(['by one', 'by two'])
})

test('one writes while the other edits, renames, and puts a version away', async () => {
  one.fake.answer = (_, { signal }) => tokens(1e6, signal)
  const writing = one.chat.getState().send('by one')
  await expect.poll(() => one.chat.getState().messages.at(-1)!.tokens).toBeGreaterThan(3)
  const [question, answer] = two.chat.getState().messages
  await two.chat.getState().editAndResend(question!.id, 'changed')
  await two.history.getState().rename(two.chat.getState().id, 'my title')
  await two.branches.getState().remove(two.chat.getState().messages[0]!.id)
  one.chat.getState().stop()
  await writing
  await expect.poll(() => one.chat.getState().title).toBe('my title')
  expect(onDisk()).toHaveLength(6)
  expect(onDisk()).toEqual(expect.arrayContaining(['first', 'changed', 'by one']))
  expect(texts(one).slice(0, 3)).toEqual(['first', answer!.content, 'by one'])
  await expect.poll(() => two.chat.getState().turns.length).toBe(6)
})

test('deleted there while it is written here: it ends in the trash whole, and comes back with the next message', async () => {
  one.fake.answer = (_, { signal }) => tokens(1e6, signal)
  const writing = one.chat.getState().send('by one')
  const { id } = one.chat.getState()
  await expect.poll(() => one.chat.getState().messages.at(-1)!.tokens).toBeGreaterThan(3)
  await two.history.getState().remove([id])
  await expect.poll(() => one.chat.getState().deletedAt).not.toBeNull()
  one.chat.getState().stop()
  await writing
  expect(one.fake.chats.get(id)!.head.deletedAt).toBeDefined()
  expect(onDisk().at(-1)).toContain('w3 ')
  one.fake.answer = (_, { signal }) => tokens(1, signal)
  await one.chat.getState().send('go on')
  expect(one.fake.chats.get(id)!.head.deletedAt).toBeUndefined()
  // emptied for good there: what is on screen here is written again, whole, with the next message
  await two.history.getState().remove([id])
  await two.history.getState().purge('trash')
  expect(one.fake.chats.has(id)).toBe(false)
  await one.chat.getState().send('still here')
  expect(onDisk()).toHaveLength(8)
})
