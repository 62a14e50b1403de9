// Untrusted Markdown → our own React elements. Raw HTML is shown as text, images become links
// (nothing remote is ever loaded), links are http(s) only and say their full address.
// There is no HTML string anywhere, so there is nothing to sanitize.

import { memo, useState, type ReactNode } from 'react'
import { BlockReader } from './blocks.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { Link, type LinkTexts } from './Link.tsx'
import { Maths } from './Maths.tsx'
import { childrenOf, type Node, type Src } from './nodes.ts'
import styles from './Markdown.module.css'

export interface MarkdownTexts {
  copy: string
  copied: string
  image: string
  link: LinkTexts
}
interface Context {
  texts: MarkdownTexts
  /** every piece of text says where it stands in the source */
  places: boolean
}

/** Deeper nesting than this is shown as plain text: no answer needs it, and deep trees can crash layout. */
const deepest = 24

/** @param places every piece of text says where it stands in the source (data-src, read by placed.ts) */
export default function Markdown({
  text,
  streaming,
  texts,
  places = false,
}: {
  text: string
  streaming: boolean
  texts: MarkdownTexts
  places?: boolean
}) {
  const [reader] = useState(() => new BlockReader())
  const blocks = reader.update(text, streaming)
  return (
    <div className={styles.markdown} dir="auto">
      {blocks.map(({ key, node }) => (
        <BlockView key={key} node={node} texts={texts} places={places} />
      ))}
    </div>
  )
}

const BlockView = memo(
  function BlockView({ node, texts, places }: Context & { node: Node }) {
    return <>{render(node, { texts, places }, 0)}</>
  },
  (a, b) => a.node === b.node && a.texts === b.texts && a.places === b.places,
)

function all(nodes: readonly Node[], context: Context, depth: number): ReactNode[] {
  return nodes.map((node, index) => <Inner key={index} node={node} context={context} depth={depth} />)
}
function Inner({ node, context, depth }: { node: Node; context: Context; depth: number }) {
  return <>{render(node, context, depth)}</>
}

function render(node: Node, context: Context, depth: number): ReactNode {
  if (depth > deepest) return plain(node)
  const inside = () => ('children' in node ? all(node.children, context, depth + 1) : null)
  switch (node.type) {
    case 'paragraph':
      return <p dir="auto">{inside()}</p>
    case 'text': {
      const src = place(node, context)
      return src === undefined ? node.value : <span data-src={src}>{node.value}</span>
    }
    case 'strong':
      return <strong>{inside()}</strong>
    case 'emphasis':
      return <em>{inside()}</em>
    case 'delete':
      return <del>{inside()}</del>
    case 'inlineCode':
      return <code data-src={place(node, context)}>{node.value}</code>
    case 'code':
      return (
        <CodeBlock
          code={node.value}
          src={place(node, context)}
          lang={node.lang}
          copy={context.texts.copy}
          copied={context.texts.copied}
        />
      )
    // an answer sits below the page's own headings
    case 'heading':
      return (
        <p dir="auto" role="heading" aria-level={Math.min(6, node.depth + 2)} className={styles[`h${node.depth}`]}>
          {inside()}
        </p>
      )
    case 'blockquote':
      return <blockquote dir="auto">{inside()}</blockquote>
    case 'list':
      return node.ordered ? (
        <ol dir="auto" start={node.start}>
          {inside()}
        </ol>
      ) : (
        <ul dir="auto">{inside()}</ul>
      )
    case 'listItem':
      return (
        <li data-task={node.checked ?? undefined}>
          {node.checked !== null && <span className={styles.task}>{node.checked ? '☑' : '☐'} </span>}
          {node.children.map((child, i) =>
            child.type === 'paragraph' && node.tight ? (
              <Tight key={i} nodes={child.children} context={context} depth={depth + 1} />
            ) : (
              <Inner key={i} node={child} context={context} depth={depth + 1} />
            ),
          )}
        </li>
      )
    case 'table':
      return <TableView table={node} context={context} depth={depth} />
    case 'thematicBreak':
      return <hr />
    case 'break':
      return <br />
    case 'link':
      return (
        <Link url={node.url} text={plain(node)} texts={context.texts.link}>
          {inside()}
        </Link>
      )
    case 'image':
      return (
        <Link url={node.url} text={node.alt} texts={context.texts.link}>
          {context.texts.image}: {node.alt || node.url}
        </Link>
      )
    case 'math':
      return <Maths tex={node.value} source={node.source} display={node.display} />
    case 'footnoteReference':
      return <sup>[{node.label}]</sup>
    case 'footnoteDefinition':
      return (
        <div className={styles.footnote}>
          <sup>[{node.label}]</sup> {inside()}
        </div>
      )
    case 'html':
      return <span className={styles.raw}>{node.value}</span>
    default:
      return plain(node)
  }
}

const place = ({ src }: { src?: Src }, { places }: Context): string | undefined =>
  places && src ? src.join('-') : undefined

function Tight({ nodes, context, depth }: { nodes: readonly Node[]; context: Context; depth: number }) {
  return <>{all(nodes, context, depth)}</>
}

function TableView({
  table,
  context,
  depth,
}: {
  table: Extract<Node, { type: 'table' }>
  context: Context
  depth: number
}) {
  const [head, ...rows] = table.children
  const align = (i: number) => ({ textAlign: table.align[i] ?? undefined })
  return (
    <div className={styles.scroll} tabIndex={0} role="group">
      <table>
        <thead>
          <tr>
            {head &&
              childrenOf(head).map((cell, i) => (
                <th key={i} style={align(i)}>
                  {all(childrenOf(cell), context, depth + 1)}
                </th>
              ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {childrenOf(row).map((cell, i) => (
                <td key={i} style={align(i)}>
                  {all(childrenOf(cell), context, depth + 1)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The text inside a node, whatever it is; iterative, because this is where too deep trees end. */
function plain(node: Node): string {
  const parts: string[] = []
  const open: Node[] = [node]
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.type === 'math') parts.push(next.source)
    else if ('value' in next) parts.push(next.value)
    else if ('children' in next) open.push(...next.children.toReversed())
  }
  return parts.join('')
}
