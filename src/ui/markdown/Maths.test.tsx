// Formulas: MathML of known elements only, the source where Temml cannot read it, and a bound on what one costs.
import { renderToStaticMarkup } from 'react-dom/server'
import temml from 'temml'
import { expect, it } from 'vitest'
import { formula } from './Maths.tsx'

type Temml = Parameters<typeof formula>[0]
const mathml = (tex: string, display = false): string | null => {
  const made = formula(temml as unknown as Temml, tex, display)
  return made === null ? null : renderToStaticMarkup(<>{made}</>)
}

it('keeps what emphasis used to eat', () => {
  const out = mathml('a_1^2 + b*c*d')!
  expect(out).toMatch(/^<math><mrow><msubsup><mi>a<\/mi><mn>1<\/mn><mn>2<\/mn><\/msubsup>/)
  expect(out.match(/<mo[^>]*>∗<\/mo>/g)).toHaveLength(2)
})
it.each([
  '\\frac{1}{\\sqrt{2}}',
  '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}',
  '\\begin{aligned}a&=b\\\\&=c\\end{aligned}',
  '\\begin{cases}x&y\\\\z&w\\end{cases}',
  '\\sum_{i=1}^n x_i',
  '\\text{若 } x',
  'P(x \\mid y)',
  '\\left\\{ x \\right\\}',
  '\\operatorname{softmax}(x)_i',
  '\\underbrace{a}_{b}',
  '\\boxed{x}',
  '\\mathbb{R}^d',
  '\\color{red}x',
  '\\xrightarrow{a}',
  "f'(x)",
  '\\overline{x}',
])('shows %s', (tex) => {
  for (const display of [false, true]) {
    const out = mathml(tex, display)
    expect(out).toContain('<math')
    for (const [, name] of out!.matchAll(/<\/?([a-z]+)/g)) expect(name).toMatch(/^m[a-z]+$|^semantics$/)
    expect(out).not.toMatch(/href|src|onclick|url\(/)
  }
})
it.each([
  '\\frac{1',
  '\\nosuch',
  '\\href{javascript:alert(1)}{x}',
  '\\includegraphics{https://evil.example/x.png}',
  '\\class{x}{y}',
  '\\id{a}{b}',
  '\\style{color:red}{x}',
  '\\data{a=b}{c}',
  '\\def\\a{\\a\\a}\\a',
  'x'.repeat(1001),
  `${'{'.repeat(60)}x${'}'.repeat(60)}`,
])('shows the source of %s', (tex) => {
  expect(mathml(tex)).toBe(null)
})
it.each([
  'x',
  '^',
  '_',
  "'",
  '{',
  '}',
  '\\sqrt',
  '\\left(',
  '\\text{',
  '\\begin{matrix}',
  '&',
  '\\\\',
  '\\over',
  '\\frac',
  '\\mathbf',
  '\\def\\a{\\a\\a}\\a',
  '\\hat',
  '\\not',
  '\\limits',
  '中',
  '\\color{red}',
  '\\kern1em',
  '#1',
  '~',
])('%j again and again costs little', (piece) => {
  const start = process.cpuUsage()
  for (const tail of ['', 'x', '}'.repeat(300)]) mathml(piece.repeat(Math.floor(600 / piece.length)) + tail)
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(600)
})
it.each(['\\text{a\u202eb\u2066c}', '\\mathrm{a\u202eb}', 'a\u202eb', '\\operatorname{a\u202e}'])(
  '%j turns no reading direction',
  (tex) => {
    expect(mathml(tex) ?? '').not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
  },
)
it.each([
  '\\raisebox{-200em}{x}',
  '\\smash{\\rule{200em}{200em}}',
  '\\kern200em x',
  '\\hspace{-900pt}x',
  '\\rule[-99in]{1em}{1em}',
  '\\begin{matrix}a\\\\[500em]b\\end{matrix}',
])('%s is drawn no further off than 20 em', (tex) => {
  for (const [, number, unit] of (mathml(tex) ?? '').matchAll(
    /(?:width|height|depth|voffset|space|spacing|size)="[^"]*?([\d.]+)([a-z]{2})/g,
  )) {
    expect(Number(number) * (unit === 'em' ? 1 : 0.1)).toBeLessThanOrEqual(20)
  }
})
