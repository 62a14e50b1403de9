// Texts that lie over each other on the page as it is now: letters against letters, cut by what cuts them. Runs in the
// page.

import type { Page } from '@playwright/test'

/**
 * "one text × another" for every pair; [] is the only good answer. What is placed over the rest on purpose (sticky,
 * fixed) is left out. @param root what is looked at: everything
 */
export const overlaps = (page: Page, root = 'body'): Promise<string[]> =>
  page.evaluate((root) => {
    interface Letters {
      element: Element
      text: string
      left: number
      right: number
      top: number
      bottom: number
    }
    const cutting = (element: Element) => {
      const box = { left: 0, right: innerWidth, top: -Infinity, bottom: Infinity }
      for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
        const { overflowX, position } = getComputedStyle(at)
        if (overflowX !== 'visible' && !at.matches('main')) {
          const r = at.getBoundingClientRect()
          Object.assign(box, {
            left: Math.max(box.left, r.left),
            right: Math.min(box.right, r.right),
            top: Math.max(box.top, r.top),
            bottom: Math.min(box.bottom, r.bottom),
          })
        }
        if (position === 'fixed') break
      }
      return box
    }
    const above = (element: Element | null): boolean =>
      element !== null &&
      (['fixed', 'sticky'].includes(getComputedStyle(element).position) || above(element.parentElement))
    const all: Letters[] = []
    const walker = document.createTreeWalker(document.querySelector(root)!, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement!
      if (
        !node.nodeValue!.trim() ||
        element.closest('.visually-hidden, option, script, style') ||
        !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
        above(element)
      ) {
        continue
      }
      const range = document.createRange(),
        cut = cutting(element),
        size = parseFloat(getComputedStyle(element).fontSize)
      range.selectNodeContents(node)
      for (const r of range.getClientRects()) {
        const lead = Math.max(0, (r.height - size) / 2)
        const box = {
          left: Math.max(r.left, cut.left),
          right: Math.min(r.right, cut.right),
          top: Math.max(r.top + lead, cut.top),
          bottom: Math.min(r.bottom - lead, cut.bottom),
        }
        if (box.right - box.left > 2 && box.bottom - box.top > 2) {
          all.push({ element, text: node.nodeValue!.trim().slice(0, 40), ...box })
        }
      }
    }
    all.sort((a, b) => a.top - b.top)
    const found = new Set<string>()
    all.forEach((a, i) => {
      for (const b of all.slice(i + 1)) {
        if (b.top >= a.bottom - 2) break
        if (a.element !== b.element && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2) {
          found.add(`${a.text} × ${b.text}`)
        }
      }
    })
    return [...found]
  }, root)
