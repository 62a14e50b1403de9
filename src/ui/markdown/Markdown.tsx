// Untrusted Markdown → our own React elements. Raw HTML is shown as text, images become links
// (nothing remote is ever loaded), links are http(s) only and say their full address.
// There is no HTML string anywhere, so there is nothing to sanitize.

import { memo, useState, type ReactNode } from 'react'
import type { Definition, Nodes, PhrasingContent, RootContent, Table } from 'mdast'
import { BlockReader } from './blocks.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { safeUrl } from './links.ts'
import styles from './Markdown.module.css'

export interface MarkdownTexts { copy: string; copied: string; image: string }
interface Context {
  texts: MarkdownTexts
  definitions: ReadonlyMap<string, Definition>
  /** where the block's positions begin in the whole text; null: nobody asks where a word was written */
  base: number | null
}

/** Deeper nesting than this is shown as plain text: no answer needs it, and deep trees can crash layout. */
const deepest = 24

/** @param places every piece of text says where it stands in the source (data-src, read by placed.ts) */
export default function Markdown({ text, streaming, texts, places = false }: { text: string; streaming: boolean; texts: MarkdownTexts; places?: boolean }) {
  const [reader] = useState(() => new BlockReader())
  const blocks = reader.update(text, streaming)
  const definitions = new Map<string, Definition>()
  for (const { node } of blocks) if (node.type === 'definition') definitions.set(node.identifier, node)
  return (
    <div className={styles.markdown}>
      {blocks.map(({ key, node }) => <BlockView key={key} node={node} texts={texts} definitions={definitions} size={definitions.size} base={places ? key - (node.position?.start.offset ?? 0) : null} />)}
    </div>
  )
}

/** `size` stands for the definitions: the map itself is new every time. */
const BlockView = memo(function BlockView({ node, texts, definitions, base }: Context & { node: RootContent; size: number }) {
  return <>{render(node, { texts, definitions, base }, 0)}</>
}, (a, b) => a.node === b.node && a.texts === b.texts && a.size === b.size && a.base === b.base)

function all(nodes: readonly Nodes[], context: Context, depth: number): ReactNode[] {
  return nodes.map((node, index) => <Inner key={index} node={node} context={context} depth={depth} />)
}
function Inner({ node, context, depth }: { node: Nodes; context: Context; depth: number }) {
  return <>{render(node, context, depth)}</>
}

function render(node: Nodes, context: Context, depth: number): ReactNode {
  if (depth > deepest) return plain(node)
  const inside = () => ('children' in node ? all(node.children, context, depth + 1) : null)
  switch (node.type) {
    case 'paragraph': return <p>{inside()}</p>
    case 'text': { const src = place(node, context); return src === undefined ? node.value : <span data-src={src}>{node.value}</span> }
    case 'strong': return <strong>{inside()}</strong>
    case 'emphasis': return <em>{inside()}</em>
    case 'delete': return <del>{inside()}</del>
    case 'inlineCode': return <code data-src={place(node, context)}>{node.value}</code>
    case 'code': return <CodeBlock code={node.value} src={place(node, context)} lang={node.lang ?? ''} copy={context.texts.copy} copied={context.texts.copied} />
    // an answer sits below the page's own headings
    case 'heading': return <p role="heading" aria-level={Math.min(6, node.depth + 2)} className={styles[`h${node.depth}`]}>{inside()}</p>
    case 'blockquote': return <blockquote>{inside()}</blockquote>
    case 'list': return node.ordered ? <ol start={node.start ?? 1}>{inside()}</ol> : <ul>{inside()}</ul>
    case 'listItem': return (
      <li data-task={typeof node.checked === 'boolean' ? node.checked : undefined}>
        {typeof node.checked === 'boolean' && <span className={styles.task}>{node.checked ? '☑' : '☐'} </span>}
        {node.children.map((child, i) => child.type === 'paragraph' && !node.spread
          ? <Tight key={i} nodes={child.children} context={context} depth={depth + 1} /> : <Inner key={i} node={child} context={context} depth={depth + 1} />)}
      </li>
    )
    case 'table': return <TableView table={node} context={context} depth={depth} />
    case 'thematicBreak': return <hr />
    case 'break': return <br />
    case 'link': return <Link url={node.url}>{inside()}</Link>
    case 'linkReference': return <Link url={context.definitions.get(node.identifier)?.url ?? ''}>{inside()}</Link>
    case 'image': return <Link url={node.url}>{context.texts.image}: {node.alt || node.url}</Link>
    case 'imageReference': return <Link url={context.definitions.get(node.identifier)?.url ?? ''}>{context.texts.image}: {node.alt}</Link>
    case 'footnoteReference': return <sup>[{node.label ?? node.identifier}]</sup>
    case 'footnoteDefinition': return <div className={styles.footnote}><sup>[{node.label ?? node.identifier}]</sup> {inside()}</div>
    case 'html': return <span className={styles.raw}>{node.value}</span>
    case 'definition': return null
    default: return plain(node)
  }
}

const place = ({ position }: Nodes, { base }: Context): string | undefined =>
  (base === null || position?.start.offset === undefined ? undefined : `${base + position.start.offset}-${base + position.end.offset!}`)

function Tight({ nodes, context, depth }: { nodes: PhrasingContent[]; context: Context; depth: number }) {
  return <>{all(nodes, context, depth)}</>
}

function Link({ url, children }: { url: string; children: ReactNode }) {
  const href = safeUrl(url)
  if (href === null) return <>{children}{url !== '' && <span className={styles.refused}> ({url})</span>}</>
  return <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>{children}</a>
}

function TableView({ table, context, depth }: { table: Table; context: Context; depth: number }) {
  const [head, ...rows] = table.children
  const align = (i: number) => ({ textAlign: table.align?.[i] ?? undefined })
  return (
    <div className={styles.scroll} tabIndex={0} role="group">
      <table>
        <thead><tr>{head?.children.map((cell, i) => <th key={i} style={align(i)}>{all(cell.children, context, depth + 1)}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, r) => <tr key={r}>{row.children.map((cell, i) => <td key={i} style={align(i)}>{all(cell.children, context, depth + 1)}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  )
}

/** The text inside a node, whatever it is; iterative, because this is where too deep trees end. */
function plain(node: Nodes): string {
  const parts: string[] = []
  const open: Nodes[] = [node]
  for (let next = open.pop(); next; next = open.pop()) {
    if ('value' in next) parts.push(next.value)
    else if ('children' in next) open.push(...next.children.toReversed())
  }
  return parts.join('')
}
