// Where a comparison finds the model of an adapter.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, goldens } from './golden-files.mjs'

const byText = (a, b) => (a < b ? -1 : 1)
/** Writes files under a new folder. */
function folder(files) {
  const root = mkdtempSync(path.join(tmpdir(), 'golden-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  return root
}
const names = (root, at, how) => [...filesOf(path.join(root, at), how).keys()].toSorted(byText)
const model = (at) => ({ [`${at}/config.json`]: '{}', [`${at}/model.safetensors`]: '' })
const adapter = (at, config = {}) => ({
  [`${at}/adapter_config.json`]: JSON.stringify(config),
  [`${at}/adapter_model.safetensors`]: '',
  [`${at}/golden.json`]: '{}',
})
const together = ['adapter/adapter_config.json', 'adapter/adapter_model.safetensors', 'config.json', 'golden.json']
  .concat('model.safetensors')
  .toSorted(byText)

test('the only model beside an adapter is its own', () => {
  const root = folder({ ...model('base'), ...adapter('lora'), ...adapter('dora') })
  expect(goldens(root).map((dir) => path.basename(dir))).toEqual(['dora', 'lora'])
  expect(names(root, 'lora')).toEqual(together)
})
test('of several the one that the config names, whatever stands before it', () => {
  const root = folder({
    ...model('one'),
    'two/m.gguf': '',
    'two/golden.json': '{}',
    ...adapter('lora', { base_model_name_or_path: 'people/two' }),
  })
  expect(names(root, 'lora')).toEqual([...together.slice(0, 2), 'golden.json', 'm.gguf'])
})
test('of several none that nobody names, but that of the option', () => {
  const root = folder({ ...model('one'), ...model('two'), ...adapter('lora') })
  expect(() => names(root, 'lora')).toThrow('--base')
  expect(names(root, 'lora', { base: path.join(root, 'two') })).toEqual(together)
})
test('a model with adapters in folders of their own is whole, and one with a GGUF beside its golden.json', () => {
  const root = folder({ ...model('both'), 'both/golden.json': '{}', 'both/adapter/adapter_config.json': '{}' })
  expect(names(root, 'both')).toEqual([
    'adapter/adapter_config.json',
    'config.json',
    'golden.json',
    'model.safetensors',
  ])
  const alone = folder({ 'gguf/golden.json': '{}', 'gguf/a.gguf': '' })
  expect(names(alone, 'gguf')).toEqual(['a.gguf', 'golden.json'])
})
