// Every key of the page, by where it works: the handlers take their names from this list, and the help dialog shows it,
// so that neither can know a key which the other does not. Keys that move inside one picture or list stay with it; they
// are listed under `within`, and only shown.

import { useEffect, useRef } from 'react'

export const keymap = {
  page: ['1–0', '?'],
  chat: ['Enter', 'Shift+Enter', 'Escape', 'Control+k'],
  attention: ['j', 'k', 'l', 'L', 'h', 'H', 'a', 'c', 'u', 'Escape'],
  probabilities: ['j', 'k', 'n', 'r'],
  lens: ['j', 'k', 'l', 'L', 'c', 'v', 'u'],
  inside: [' ', '.', ',', 'j', 'k', 'l', 'L', 'h', 'H', '+', '-', 'Escape', 'Backspace'],
  within: ['Arrows', 'Shift+Arrows', 'Home', 'End', 'Enter', '+', '-', '0'],
} as const

export type KeyScope = keyof typeof keymap
export type KeyOf<S extends KeyScope> = (typeof keymap)[S][number]
/** One entry for every key of a scope. */
export type PerKey<S extends KeyScope, T> = { readonly [K in KeyOf<S>]: T }

/** Single letters and signs can be turned off: speech input and a slip of the hand press them unasked. */
let singleKeys = true
export const setSingleKeys = (on: boolean): void => {
  singleKeys = on
}

/** Where a letter is text, or where a key is not the page's: a field, an open dialog. */
export const takesText = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog:modal') !==
    null

/** True when the key belongs to something else: a field, an open dialog, the browser, an input method. */
export function isTaken(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null
  return (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.isComposing ||
    takesText(target) ||
    (!singleKeys && event.key.length === 1 && event.key !== ' ') ||
    (event.key === ' ' && target?.closest('button, a, summary, label, [tabindex="0"]') != null)
  )
}

/**
 * Listens while the component is there. `actions` is asked at every key press, and has one for every key of the scope.
 */
export function useKeys<S extends KeyScope>(_scope: S, actions: () => PerKey<S, () => void>): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTaken(event)) return
      const act: Partial<Record<string, () => void>> = latest.current()
      const work = Object.hasOwn(act, event.key) ? act[event.key] : undefined
      if (!work) return
      event.preventDefault()
      work()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
