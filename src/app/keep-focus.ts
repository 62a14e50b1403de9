// The focus never falls to the body: when what has it is taken away or switched off (a deleted row, a starter that was
// pressed, a panel that was left), it goes to what stands nearest and can take it. Whoever knows better is first: what
// a component focuses by itself stays.

const reachable = 'a[href], button:not(:disabled), select:not(:disabled), summary, [tabindex="0"]'

interface Stop {
  element: Element
  parent: Element | null
  before: Element | null
  after: Element | null
}

/** What stands in an element's place now. */
const inPlaceOf = ({ element, parent, before }: Stop): Element | null => {
  if (element.isConnected || !parent?.isConnected) return null
  return before === null ? parent.firstElementChild : before.parentElement === parent ? before.nextElementSibling : null
}

const canTake = (element: Element): element is HTMLElement =>
  element instanceof HTMLElement && element.isConnected && element.checkVisibility({ visibilityProperty: true })
/** Not into a text field: on a phone the keyboard would come up. */
const firstIn = (element: Element | null): HTMLElement | undefined =>
  element?.isConnected
    ? [element, ...element.querySelectorAll(reachable)].find(
        (one): one is HTMLElement => one.matches(reachable) && canTake(one),
      )
    : undefined

/** Starts watching; the returned function ends it. */
export function keepFocus(): () => void {
  let chain: Stop[] = []
  let asked = false
  const remember = ({ target }: { target: EventTarget | null }): void => {
    chain = []
    for (
      let element = target instanceof Element ? target : null;
      element && element !== document.body;
      element = element.parentElement
    ) {
      chain.push({
        element,
        parent: element.parentElement,
        before: element.previousElementSibling,
        after: element.nextElementSibling,
      })
    }
  }
  const mend = (): void => {
    asked = false
    const [last] = chain
    if (!last || (document.activeElement !== null && document.activeElement !== document.body)) return
    // left on purpose
    if (last.element.isConnected && !last.element.matches(':disabled') && canTake(last.element)) return
    for (const stop of chain) {
      const { element, before, after } = stop
      const around =
        element !== last.element && canTake(element)
          ? element.matches('[tabindex]')
            ? element
            : firstIn(element)
          : undefined
      const next = around ?? firstIn(inPlaceOf(stop)) ?? firstIn(after) ?? firstIn(before)
      if (next) return next.focus({ preventScroll: true })
    }
    document.getElementById('main')?.focus({ preventScroll: true })
  }
  const observer = new MutationObserver(() => {
    if (asked || chain.length === 0) return
    // the browser lets go of what was switched off only when it draws next
    if (
      document.activeElement !== null &&
      document.activeElement !== document.body &&
      !document.activeElement.matches(':disabled')
    ) {
      return
    }
    asked = true
    // two frames: effects, and what waits for a frame itself, come first
    requestAnimationFrame(() => requestAnimationFrame(mend))
  })
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden', 'open'],
  })
  remember({ target: document.activeElement })
  addEventListener('focusin', remember)
  return () => {
    observer.disconnect()
    removeEventListener('focusin', remember)
  }
}
