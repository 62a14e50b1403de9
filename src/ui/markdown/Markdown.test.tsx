import { renderToStaticMarkup } from 'react-dom/server'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import Markdown from './Markdown.tsx'

const texts = {
  copy: 'Copy',
  copied: 'Copied',
  image: 'image',
  link: { otherAddress: (host: string) => `leads to ${host}` },
}
const html = (text: string, streaming = false): string =>
  renderToStaticMarkup(<Markdown text={text} streaming={streaming} texts={texts} />)
/** every element and attribute the renderer may make */
const elements =
  /^(div|p|strong|em|del|code|pre|figure|figcaption|span|button|svg|path|blockquote|ol|ul|li|table|thead|tbody|tr|th|td|hr|br|a|sup|bdi)$/
const attributes =
  /^(class|dir|href|target|rel|title|start|type|aria-[a-z]+|role|tabindex|data-task|style|width|height|viewBox|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin|focusable|d)$/

/** Looks at every element and attribute; gives the HTML back. */
function check(text: string): string {
  const out = html(text)
  for (const [, tag, rest] of out.matchAll(/<\/?([a-z]+)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*\/?>/gi)) {
    expect(tag, text).toMatch(elements)
    for (const [, name, value] of (rest ?? '').matchAll(/([\w-]+)(?:="([^"]*)")?/g)) {
      expect(name, text).toMatch(attributes)
      if (name === 'href') expect(value, text).toMatch(/^https?:\/\//)
      if (name === 'style') expect(value, text).toMatch(/^text-align:(left|right|center)$/)
    }
  }
  return out
}

describe('hostile text', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '<iframe srcdoc="<script>1</script>">',
    '<style>*{}</style>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](java\nscript:1)',
    '[x](data:text/html,1)',
    '[x](vbscript:1)',
    '![x](https://evil.example/?d=secret)',
    '![x](javascript:1)',
    '![][r]\n\n[r]: https://evil.example/p.png',
    '<https://evil.example/>',
    '<javascript:alert(1)>',
    '[x][r]\n\n[r]: javascript:alert(1)',
    '[<img src=x onerror=1>](https://a.example)',
    '`<b>`',
    '```html\n<script>1</script>\n```',
    '# <b onclick=1>h</b>',
    '| <script> |\n|--|\n| <img src=x onerror=1> |',
    '[a](https://a.example "\\" onmouseover=\\"1")',
    '[^1]\n\n[^1]: <script>1</script>',
    '- [ ] <input autofocus onfocus=1>',
    '![x](https://evil.example/"onerror="1)',
    '<a href="javascript:1">x</a>',
    'www.evil.example/<script>',
    '</div></div><script>1</script>',
  ])('makes only harmless elements of %j', (text) => {
    expect(check(text)).toBeTypeOf('string')
  })

  it('never makes an element that loads something', () => {
    expect(() =>
      fc.assert(
        fc.property(
          fc.array(
            fc.constantFrom(
              '<img src=x>',
              '![',
              '](',
              'https://e.example/p.png',
              ')',
              '[',
              ']',
              '<',
              '>',
              '"',
              'javascript:',
              '`',
              '\n',
              '\n\n',
              '| ',
              '- ',
              '# ',
              '*',
              '~~',
              '&lt;',
              '\\',
              'a',
              '中',
            ),
          ),
          (parts) => void check(parts.join('')),
        ),
        { numRuns: 400 },
      ),
    ).not.toThrow()
  })
  it.each([
    '>'.repeat(5000),
    '> '.repeat(39),
    '- '.repeat(2000),
    `${'*'.repeat(400)}x${'*'.repeat(400)}`,
    '['.repeat(1000),
  ])('survives nesting %#', (text) => {
    expect(check(`${text} deep`)).toContain('deep')
  })
})

describe('plain use', () => {
  it('links say where they lead and open elsewhere', () => {
    expect(html('[home](https://example.org/a)')).toContain(
      '<a href="https://example.org/a" target="_blank" rel="noopener noreferrer nofollow" title="https://example.org/a"><bdi>home</bdi><span class="',
    )
    expect(html('[home](https://example.org/a)')).toContain('(example.org)')
    expect(html('https://example.org/a')).toContain(
      'title="https://example.org/a"><bdi>https://example.org/a</bdi></a>',
    )
  })
  it('text that names another host is no link before the real one was shown', () => {
    const out = html('[https://bank.example](https://evil.example)')
    expect(out).not.toContain('href')
    expect(out).toMatch(/https:\/\/bank\.example<\/bdi><\/button><span[^>]*> → evil\.example<\/span>/)
    expect(html('[\u202eelpmaxe.knab//:sptth\u202c](https://evil.example)')).toMatch(/<bdi>.*evil\.example.*<\/bdi>/)
  })
  it('a host that only looks like another has its own letters beside it', () => {
    for (const text of [
      '[аррӏе.com](https://xn--80ak6aa92e.com)',
      '[https:\\\\аррӏе.com](https://аррӏе.com)',
      '[аррӏе.com/login](https://аррӏе.com/login)',
      'https://аррӏе.com',
    ]) {
      expect(html(text), text).toMatch(/<span[^>]*>( →|) \(?xn--80ak6aa92e\.com/)
    }
  })
  it('what turns the reading direction in an address is shown as its number, beside the host', () => {
    const out = html('[https://a.example/\u202egpj.exe](https://a.example/\u202egpj.exe)')
    expect(out).not.toMatch(/[\u202a-\u202e]/)
    expect(out).toMatch(/<bdi>https:\/\/a\.example\/⟨U\+202E⟩gpj\.exe<\/bdi><span[^>]*> \(a\.example/)
  })
  it('shows refused addresses as text', () => {
    expect(html('[x](javascript:alert(1))')).toMatch(/x<\/bdi><span[^>]*> \(javascript:alert\(1\)\)<\/span>/)
  })
  it('images become links', () => {
    expect(html('![a cat](https://example.org/cat.png)')).toMatch(/<a [^>]*><bdi>image: a cat<\/bdi><span/)
  })
  it('bold next to Chinese punctuation', () => {
    expect(html('他说**“你好”**，走了')).toContain('<strong>“你好”</strong>')
  })
  it('numbered lists keep their start, tasks their state', () => {
    expect(html('3. a\n4. b')).toContain('<ol dir="auto" start="3">')
    expect(html('- [x] done')).toContain('☑')
  })
  it('renders the same when streamed as at once', () => {
    const text = '# A\n\npara **b**\n\n- x\n- y\n\n```js\n1\n```\n\nend'
    expect(html(text, true)).toBe(html(text, false))
  })
})
