// Whatever stands in the browser's storage (an older or newer visit, another program, a hand): the page starts and
// works.

import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { checkLoad } from '../engine/options.ts'
import { checkSampling } from '../engine/sampler/params.ts'
import { readSettings } from './settings-read.ts'
import type { SettingsState } from './settings.ts'

const held = new Map<string, string>()
const storage = {
  getItem: (key: string) => held.get(key) ?? null,
  setItem: (key: string, value: string) => void held.set(key, value),
  removeItem: (key: string) => void held.delete(key),
}
beforeEach(() => {
  held.clear()
  vi.stubGlobal('localStorage', storage)
  vi.stubGlobal('sessionStorage', storage)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const stored = (state: unknown, version: unknown = 1): string => JSON.stringify({ state, version })

/** A fresh page on what is held. */
async function page() {
  vi.resetModules()
  const [{ useSettings, optionsFor }, { useDraft }, { stuckChat }, { ownFor }] = await Promise.all([
    import('./settings.ts'),
    import('./draft.ts'),
    import('./opening.ts'),
    import('./sampling.ts'),
  ])
  return { useSettings, optionsFor, useDraft, stuckChat, ownFor }
}

/** Everything that the page does with its settings when it starts. */
function usable(state: SettingsState, fresh: SettingsState): void {
  expect(Object.keys(state).sort()).toEqual(Object.keys(fresh).sort())
  for (const [key, value] of Object.entries(fresh)) {
    expect(typeof state[key as keyof SettingsState], key).toBe(typeof value)
  }
  expect(['zh', 'en']).toContain(state.lang)
  expect(['system', 'light', 'dark', 'projector']).toContain(state.theme)
  expect(new URL(state.hubHost).protocol).toMatch(/^https?:$/)
  checkLoad({ ...state.load })
  for (const context of Object.values(state.longer)) checkLoad({ context })
  for (const own of Object.values(state.own)) {
    checkSampling(Object.fromEntries(Object.entries(own).filter(([name]) => name in checkSampling({}))))
  }
}

it.each<[string, unknown]>([
  ['a language nobody has', { lang: 'fr' }],
  ['a number for it', { lang: 5 }],
  ['a prototype for it', { lang: '__proto__' }],
  ['an object for the theme', { theme: {} }],
  ['null for longer contexts', { longer: null }],
  ['wild longer contexts', { longer: { a: 'x', b: -1, c: 1e99 } }],
  ['a number for the system text', { system: 5 }],
  ['a list for it', { system: ['a'] }],
  ['wild load options', { load: { context: 'x', linear: 5, gpu: {}, signal: 1, cpu: 'yes' } }],
  ['no load options', { load: null }],
  ['texts for switches', { hints: 'x', singleKeys: null }],
  ['a host that is a script', { hubHost: 'javascript:alert(1)' }],
  ['a number for it', { hubHost: 5 }],
  ['a host in the clear', { hubHost: 'http://evil.example' }],
  ['functions', { setLang: null, setOwn: 5, reset: 'x', setLonger: {} }],
  ['wild parameters', { own: { '*': { temperature: 'x', topK: -1, seed: 1.5, stop: [5] }, a: 5 } }],
  ['older wild parameters', { params: { temperature: 'x', stop: 5 } }],
  ['a list', [1, 2]],
  ['nothing', null],
  ['a text', 'x'],
])('settings with %s: the field has its default, the page works', async (_, state) => {
  const fresh = (await page()).useSettings.getInitialState()
  held.set('glassbox.settings', stored(state))
  const { useSettings, optionsFor } = await page()
  usable(useSettings.getState(), fresh)
  const plain = (s: SettingsState): unknown => JSON.parse(JSON.stringify({ ...s, own: 0, longer: 0 }))
  expect(plain(useSettings.getState())).toEqual(plain(fresh))
  checkLoad(optionsFor('constructor', useSettings.getState().load))
  useSettings.getState().setLang('zh')
  useSettings.getState().setLonger('m', 9)
  expect(useSettings.getState()).toMatchObject({ lang: 'zh', longer: { m: 9 } })
})

it('keeps what is sound beside what is not, of any version', async () => {
  const sound = {
    lang: 'zh',
    theme: 'dark',
    system: 'Be brief.',
    load: { context: 64 },
    packing: { a: { linear: 'i8' } },
    longer: { a: 4096 },
    hubHost: 'http://localhost:8000',
    hints: false,
    singleKeys: false,
    own: { m: { temperature: 0 } },
  }
  for (const version of [1, 99, 'x']) {
    held.set(
      'glassbox.settings',
      stored(
        {
          ...sound,
          // one choice for every model, of floats alone: it must not pack a file's own codes anew
          load: { ...sound.load, chunk: -1, linear: 'nf4', embedding: 'keep' },
          packing: { ...sound.packing, b: { linear: 'q4' }, c: 'nf4' },
          longer: { ...sound.longer, b: 'x' },
          colour: 'red',
        },
        version,
      ),
    )
    const { useSettings } = await page()
    expect(useSettings.getState(), String(version)).toMatchObject(sound)
    expect(Object.keys(useSettings.getState().load)).toEqual(['context'])
    const { optionsFor } = await import('./settings.ts')
    expect(optionsFor('a', useSettings.getState().load)).toMatchObject({ context: 4096, linear: 'i8' })
    expect(optionsFor('b', useSettings.getState().load)).toEqual({ context: 64, withinTraining: true })
    expect(useSettings.getState().longer).toEqual({ a: 4096 })
    expect('colour' in useSettings.getState()).toBe(false)
  }
})

it('whatever JSON it is, every field is sound', async () => {
  const { useSettings } = await page()
  const fresh = useSettings.getInitialState()
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(
      fc.constantFrom('context', 'chunk', 'cpu', 'linear', 'temperature', 'stop', '*', 'm', '__proto__'),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...Object.keys(fresh), 'params', '__proto__', 'toString'), value),
      ),
      (found) => {
        usable({ ...fresh, ...readSettings(JSON.parse(JSON.stringify(found))) }, fresh)
      },
    ),
    { numRuns: 500 },
  )
})

it('whatever text stands under any key, the stores start', async () => {
  const keys = ['glassbox.settings', 'glassbox.draft', 'glassbox.chat.opening', 'glassbox.colours']
  const fresh = (await page()).useSettings.getInitialState()
  for (const text of [
    '{',
    'null',
    '5',
    '[]',
    '"x"',
    '%E0%A4%A x',
    '% 1',
    '%zz 0',
    ' ',
    stored({ lang: 5 }),
    '{"text":5,"edits":[1]}',
    '{"text":"a","edits":{"__proto__":1,"b":{}}}',
  ]) {
    held.clear()
    for (const key of keys) held.set(key, text)
    const { useSettings, useDraft, stuckChat } = await page()
    usable(useSettings.getState(), fresh)
    expect(typeof useDraft.getState().text).toBe('string')
    expect(Object.values(useDraft.getState().edits).every((edit) => typeof edit === 'string')).toBe(true)
    expect(() => stuckChat(), text).not.toThrow()
  }
})

it('settings from before there was a choice of devices keep what they said of the processor', () => {
  expect(readSettings({ load: { cpu: true, context: 64 } })).toEqual({ load: { device: 'cpu', context: 64 } })
  expect(readSettings({ load: { cpu: false } })).toEqual({ load: {} })
  expect(readSettings({ load: { cpu: true, device: 'gpu' } })).toEqual({ load: { device: 'gpu' } })
})
