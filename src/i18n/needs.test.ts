// Every form in which the engine says what a value must be, or why a template was stopped, has its Chinese.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { samplingRanges } from '../engine/sampler/params.ts'
import { needZh } from './needs.zh.ts'

/** The forms as they stand in the sources, with 7 for what is put in at run time. */
function forms(file: string, pattern: RegExp): string[] {
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, ...texts]) =>
    texts
      .find((text) => text !== undefined)!
      .replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '7')
      .replaceAll("\\'", "'"),
  )
}
const jinja = readdirSync('src/engine/chat/jinja').map((name) => `src/engine/chat/jinja/${name}`)

test.each([
  ['sampling ranges', Object.values(samplingRanges).map(({ need }) => need)],
  [
    'options',
    forms(
      'src/engine/options.ts',
      /(?:need(?:: | = )|oneOf\('\w+', \[.*?\], |(?:list(?:<\w+>)?|refuse)\(\s*(?:verb, )?(?:'\w+'|name),\s*(?:max\w+,\s*)?)(?:'([^']+)'|`([^`]+)`)/g,
    ),
  ],
  [
    'questions about a run',
    forms('src/engine/glass/door.ts', /refuse\(\s*(?:name|n|unknown|'request'),\s*(?:from > to \? )?['`]([^'`]+)['`]/g),
  ],
  ['an answer', forms('src/engine/generate.ts', /need = `([^`]+)`|refuse\(verb, name, '([^']+)'/g)],
  [
    "an answer's form",
    forms('src/engine/constrain/schema.ts', /refuseValue\(at, [^']*'(?:\w+|\$ref)?'?,? ?['`]([^'`]+)['`]\)/g),
  ],
  [
    'a prompt',
    ['prompt', 'plain-data', 'tool-choice'].flatMap((name) =>
      forms(
        `src/engine/${name}.ts`,
        /(?:need = |refuse\((?:verb|'generate'), [^,]+, )(?:'([^']+)'|`([^`]+)`|"([^"]+)"),?/g,
      ),
    ),
  ],
  [
    'what has no place in a prompt',
    ['the format "7"', "the model's chat template", 'a model that completes text'].map(
      (who) => `left out: ${who} has no place for it`,
    ),
  ],
  ['the rules of config.json', forms('src/engine/formats/config.ts', /^ {2}\['[\w ]+', ['`](.+?)['`], \S/gm)],
  [
    'what families ask of a config',
    ['rope', 'config', 'lower', 'families/window', 'families/mistral', 'families/llama'].flatMap((name) =>
      forms(`src/engine/model/${name}.ts`, /invalid\([^'`]*?(?:['`][^'`]*['`])?[^'`]*?, ['`]([^`]+?)['`], /g),
    ),
  ],
  [
    "adapters' configs",
    readdirSync('src/engine/adapters')
      .filter((name) => !name.includes('.test.'))
      .flatMap((name) =>
        forms(
          `src/engine/adapters/${name}`,
          /(?:refuse\((?:\w+|'\w+'), (?:low === undefined \? 'a number' : )?|need = )(?:'([^']+)'|`([^`]+)`)|\brefuse\('([^']+)'/g,
        ),
      ),
  ],
  [
    'training',
    readdirSync('src/engine/train')
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) =>
        forms(
          `src/engine/train/${name}`,
          /(?:need = |(?:misfit|wrong)\((?:\w+|'\w+'), |refuse\((?:(?:verb|'train'), '\w+', )?|need: )(?:'([^']+)'|`((?:a (?!\$)|left out)[^`]+)`|"([^"]+)")/g,
        ),
      ),
  ],
  [
    'stopped templates',
    [...jinja, 'src/engine/chat/sandbox.ts'].flatMap((file) => forms(file, /throw limit\(['`]([^'`]+)['`]/g)),
  ],
])('%s', (_, found) => {
  expect(found.length).toBeGreaterThan(1)
  for (const need of found) {
    expect(needZh(need) ?? `none for: ${need}`).toMatch(
      /\p{Script=Han}|^(AbortSignal|"nf4" 或 "keep"|"i8"、"nf4" 或 "keep"|true 或 false)$/u,
    )
  }
})

test('numbers stay, an unknown form is left alone', () => {
  expect(needZh('a number from 0.01 to 100, 1 is off')).toBe('0.01 到 100 的数，1 表示关闭')
  expect(needZh('"i8", "nf4" or "keep"')).toBe('"i8"、"nf4" 或 "keep"')
  expect(needZh('as the moon is')).toBeNull()
})
