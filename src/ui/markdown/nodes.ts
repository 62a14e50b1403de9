// What Markdown becomes: a small tree of our own, named as mdast names its nodes.

export type Align = 'left' | 'right' | 'center' | null

export type Src = readonly [from: number, to: number]

export type Node =
  /** src: where it was written, [from, to) in the whole text */
  | { type: 'text' | 'inlineCode'; value: string; src?: Src }
  | { type: 'html'; value: string }
  /** source: as it stands in the text, delimiters and all */
  | { type: 'math'; value: string; source: string; display: boolean }
  | { type: 'code'; value: string; lang: string; src?: Src }
  | { type: 'paragraph' | 'strong' | 'emphasis' | 'delete' | 'blockquote'; children: Node[] }
  | { type: 'heading'; depth: number; children: Node[] }
  | { type: 'list'; ordered: boolean; start: number; children: Node[] }
  | { type: 'listItem'; checked: boolean | null; tight: boolean; children: Node[] }
  | { type: 'table'; align: Align[]; children: Node[] }
  | { type: 'tableRow' | 'tableCell'; children: Node[] }
  | { type: 'thematicBreak' }
  | { type: 'break' }
  | { type: 'link'; url: string; children: Node[] }
  | { type: 'image'; url: string; alt: string }
  | { type: 'footnoteReference'; label: string }
  | { type: 'footnoteDefinition'; label: string; children: Node[] }

export const childrenOf = (node: Node): readonly Node[] => ('children' in node ? node.children : [])
