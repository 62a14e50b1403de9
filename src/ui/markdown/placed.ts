// From a place on the screen to a place in the source text and back, over what Markdown drew with `places`: every piece
// of text carries the stretch of the source it was written in (data-src="12-40").

/**
 * Where each character of a shown piece stands in its stretch of the source; -1 for what is not written there as itself
 * (&eacute;).
 */
export function charPlaces(shown: string, written: string): Int32Array {
  const out = new Int32Array(shown.length).fill(-1)
  const whole = written.lastIndexOf(shown) // the last: a fence names its language first
  if (whole >= 0) return out.map((_, i) => whole + i)
  let at = 0
  for (let i = 0; i < shown.length; i++) {
    const next = written.indexOf(shown[i]!, at)
    if (next < 0) continue
    out[i] = next
    at = next + 1
  }
  return out
}

interface Piece {
  text: Text
  from: number
  to: number
}

function pieceOf(element: Element): Piece | null {
  const [from, to] = (element.getAttribute('data-src') ?? '').split('-').map(Number)
  const text = element.firstChild
  return from !== undefined && to !== undefined && text instanceof Text ? { text, from, to } : null
}

/** The character of the source that is drawn at these page coordinates, or null where none is. */
export function sourceAt(box: Element, source: string, x: number, y: number): number | null {
  const caret = caretAt(x, y)
  const element = caret && caret.node.parentElement?.closest('[data-src]')
  if (!caret || !element || !box.contains(element)) return null
  const piece = pieceOf(element)
  if (!piece || piece.text !== caret.node) return null
  // a caret stands between two characters: the one under the pointer is before or after it
  for (const i of [caret.offset, caret.offset - 1]) {
    if (i < 0 || i >= piece.text.length) continue
    const range = document.createRange()
    range.setStart(piece.text, i)
    range.setEnd(piece.text, i + 1)
    if (![...range.getClientRects()].some((r) => x >= r.left && x <= r.right && y >= r.top && y <= r.bottom)) continue
    const at = charPlaces(piece.text.data, source.slice(piece.from, piece.to))[i]!
    return at < 0 ? null : piece.from + at
  }
  return null
}

function caretAt(x: number, y: number): { node: Node; offset: number } | null {
  if ('caretPositionFromPoint' in document) {
    const caret = document.caretPositionFromPoint(x, y)
    return caret && { node: caret.offsetNode, offset: caret.offset }
  }
  // Safari before 26.2
  const range = (document as { caretRangeFromPoint?: (x: number, y: number) => Range | null }).caretRangeFromPoint?.(
    x,
    y,
  )
  return range ? { node: range.startContainer, offset: range.startOffset } : null
}

/** The boxes, on the page, of source characters [from, to). */
export function boxesOf(box: Element, source: string, from: number, to: number): DOMRect[] {
  return [...box.querySelectorAll('[data-src]')].flatMap((element) => {
    const piece = pieceOf(element)
    if (!piece || piece.to <= from || piece.from >= to) return []
    const places = charPlaces(piece.text.data, source.slice(piece.from, piece.to))
    const first = places.findIndex((at) => at >= 0 && piece.from + at >= from),
      last = places.findLastIndex((at) => at >= 0 && piece.from + at < to)
    if (first < 0 || last < first) return []
    const range = document.createRange()
    range.setStart(piece.text, first)
    range.setEnd(piece.text, last + 1)
    return [...range.getClientRects()].filter((r) => r.width > 0)
  })
}

/** The drawn text of source characters [from, to); null where none of them is drawn. */
export function rangeOf(box: Element, source: string, from: number, to: number): Range | null {
  let found: Range | null = null
  for (const element of box.querySelectorAll('[data-src]')) {
    const piece = pieceOf(element)
    if (!piece || piece.to <= from || piece.from >= to) continue
    const places = charPlaces(piece.text.data, source.slice(piece.from, piece.to))
    const first = places.findIndex((at) => at >= 0 && piece.from + at >= from),
      last = places.findLastIndex((at) => at >= 0 && piece.from + at < to)
    if (first < 0 || last < first) continue
    if (!found) {
      found = document.createRange()
      found.setStart(piece.text, first)
    }
    found.setEnd(piece.text, last + 1)
  }
  return found
}

/** The source characters that a marked stretch of the page covers, as [from, to); null where it covers none. */
export function sourceOf(box: Element, source: string, marked: Range): [from: number, to: number] | null {
  let from = Infinity,
    to = -1
  for (const element of box.querySelectorAll('[data-src]')) {
    const piece = pieceOf(element)
    if (!piece || !marked.intersectsNode(piece.text)) continue
    const start = marked.startContainer === piece.text ? marked.startOffset : 0,
      end = marked.endContainer === piece.text ? marked.endOffset : piece.text.length
    const places = charPlaces(piece.text.data, source.slice(piece.from, piece.to))
    for (const at of places.subarray(start, end)) {
      if (at < 0) continue
      from = Math.min(from, piece.from + at)
      to = Math.max(to, piece.from + at + 1)
    }
  }
  return to < 0 ? null : [from, to]
}
