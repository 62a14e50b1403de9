// A formula as MathML, which screen readers read and no font of ours is needed for. Temml, loaded with the first
// formula, gives a tree; only known elements and attributes of it become React elements, so there is no HTML string
// and nothing that loads or runs. What Temml cannot read is shown as it was written.

import { createElement, memo, useEffect, useState, type CSSProperties, type ReactNode } from 'react'
import { plainName } from '../plain-name.ts'
import { longestFormula } from './maths.ts'
import styles from './Markdown.module.css'

interface MathNode {
  type?: string
  text?: string
  attributes?: Record<string, unknown>
  style?: Record<string, unknown>
  children?: MathNode[]
}
interface Temml {
  __renderToMathMLTree(tex: string, options: object): MathNode
}

const elements = new Set([
  'math',
  'semantics',
  'mrow',
  'mi',
  'mo',
  'mn',
  'mtext',
  'mspace',
  'mfrac',
  'msqrt',
  'mroot',
  'msub',
  'msup',
  'msubsup',
  'munder',
  'mover',
  'munderover',
  'mmultiscripts',
  'mprescripts',
  'mtable',
  'mtr',
  'mtd',
  'mpadded',
  'mphantom',
  'mstyle',
  'menclose',
  'none',
])
const attributes = new Set([
  'display',
  'mathvariant',
  'stretchy',
  'fence',
  'separator',
  'symmetric',
  'largeop',
  'movablelimits',
  'accent',
  'accentunder',
  'lspace',
  'rspace',
  'minsize',
  'maxsize',
  'form',
  'width',
  'height',
  'depth',
  'voffset',
  'linethickness',
  'columnalign',
  'rowspacing',
  'columnspacing',
  'rowlines',
  'columnlines',
  'scriptlevel',
  'displaystyle',
  'dir',
  'notation',
  'rowspan',
  'columnspan',
])
const properties = new Set([
  'color',
  'backgroundColor',
  'textAlign',
  'padding',
  'paddingTop',
  'paddingBottom',
  'paddingLeft',
  'paddingRight',
  'border',
  'borderTop',
  'borderBottom',
  'borderLeft',
  'borderRight',
  'fontWeight',
  'fontStyle',
  'mathDepth',
  'mathShift',
  'width',
  'display',
  'verticalAlign',
])
/** Elements of one formula; a longer one is shown as its source. */
const max = 3000

/** Lengths that say where or how large something is drawn, in em at most: what is larger is as large as that. */
const lengths = new Set([
  'width',
  'height',
  'depth',
  'voffset',
  'lspace',
  'rspace',
  'minsize',
  'maxsize',
  'linethickness',
  'rowspacing',
  'columnspacing',
])
const largest = 20
const inEm: Record<string, number> = { em: 1, ex: 0.45, pt: 0.1, px: 0.0625, mm: 0.24, cm: 2.4, in: 6, pc: 1.2 }
const within = (value: string): string =>
  value.replace(/([+-]?\d*\.?\d+)([a-z]{2})/g, (all, number: string, unit: string) =>
    Math.abs(Number(number)) * (inEm[unit] ?? 1) > largest ? `${Math.sign(Number(number)) * largest}em` : all,
  )

/** @throws Error when the tree holds what we do not know, or too much */
function toReact(node: MathNode, key: number, count: { left: number }): ReactNode {
  if (--count.left < 0) throw new Error('too many elements')
  // what turns the reading direction would turn what stands beside it in the formula
  if (node.text !== undefined) return plainName(node.text)
  const inside = (): ReactNode[] => (node.children ?? []).map((child, i) => toReact(child, i, count))
  // Temml groups nodes in fragments without a type
  if (node.type === undefined) return inside()
  if (!elements.has(node.type)) throw new Error(`"${node.type}" is not shown`)
  const given = Object.entries(node.attributes ?? {})
    .filter(([name]) => attributes.has(name.toLowerCase()))
    .map(([name, value]) => [
      name.toLowerCase(),
      lengths.has(name.toLowerCase()) ? within(String(value)) : String(value),
    ])
  const style = Object.fromEntries(
    Object.entries(node.style ?? {}).filter(
      ([name, value]) => properties.has(name) && typeof value === 'string' && !/url|expression|var/i.test(value),
    ),
  ) as CSSProperties
  return createElement(
    node.type,
    { key, ...(Object.fromEntries(given) as object), ...(Object.keys(style).length > 0 && { style }) },
    ...inside(),
  )
}

const read = new Map<string, ReactNode>()
/** Braces open at once: what nests deeper costs Temml the square of it. */
const deepest = 40

function depthOf(tex: string): number {
  let depth = 0,
    max = 0
  for (const char of tex) {
    if (char === '{') max = Math.max(max, ++depth)
    else if (char === '}') depth--
  }
  return max
}

/** null where the formula cannot be shown as one */
export function formula(temml: Temml, tex: string, display: boolean): ReactNode {
  const name = `${display ? 'd' : 'i'}${tex}`
  const known = read.get(name)
  if (known !== undefined) return known
  let made: ReactNode = null
  try {
    if (tex.length <= longestFormula && depthOf(tex) <= deepest) {
      made = toReact(
        temml.__renderToMathMLTree(tex, {
          displayMode: display,
          throwOnError: true,
          trust: false,
          maxExpand: 100,
          maxSize: [20, 20],
        }),
        0,
        { left: max },
      )
    }
  } catch {
    /* shown as it was written */
  }
  if (read.size > 2000) read.clear()
  read.set(name, made)
  return made
}

let temml: Promise<Temml> | null = null
const loadTemml = (): Promise<Temml> => (temml ??= import('temml').then((found) => found.default as unknown as Temml))

/** Formulas that wait for their turn: a few at a time, so that a text full of them does not hold the page. */
const waiting: (() => void)[] = []
const slice = 10
function work(): void {
  const end = performance.now() + slice
  while (waiting.length > 0 && performance.now() < end) waiting.shift()!()
  if (waiting.length > 0) setTimeout(work)
}
function inTurn(job: () => void): void {
  waiting.push(job)
  if (waiting.length === 1) setTimeout(work)
}

export const Maths = memo(function Maths({ tex, source, display }: { tex: string; source: string; display: boolean }) {
  const known = read.get(`${display ? 'd' : 'i'}${tex}`)
  const [made, setMade] = useState<ReactNode>(known ?? null)
  useEffect(() => {
    if (known !== undefined) return
    let here = true
    void loadTemml().then(
      (found) =>
        inTurn(() => {
          if (here) setMade(formula(found, tex, display) ?? null)
        }),
      () => undefined,
    )
    return () => {
      here = false
    }
  }, [known, tex, display])
  const shown = known ?? made
  if (shown === null || shown === undefined) return <span className={styles.tex}>{source}</span>
  return (
    <span
      className={display ? styles.display : styles.maths}
      tabIndex={display ? 0 : undefined}
      role={display ? 'group' : undefined}
    >
      {shown}
    </span>
  )
})
