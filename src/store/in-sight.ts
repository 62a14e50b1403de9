/** Figures of the panel that are on screen. */
function inSight(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('main figure[data-testid]')].filter((figure) => {
    const { top, bottom } = figure.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  })
}

/** The one nearest to the middle of the window; null: none is on screen. */
export function figureInSight(): HTMLElement | null {
  const middle = innerHeight / 2
  const far = (figure: Element): number => {
    const { top, bottom } = figure.getBoundingClientRect()
    return Math.abs((Math.max(0, top) + Math.min(innerHeight, bottom)) / 2 - middle)
  }
  return inSight().sort((a, b) => far(a) - far(b))[0] ?? null
}

/** The one that takes most of the window. */
export function largestFigure(): HTMLElement | null {
  const area = (figure: Element): number => {
    const { top, bottom, width } = figure.getBoundingClientRect()
    return (Math.min(innerHeight, bottom) - Math.max(0, top)) * width
  }
  return inSight().sort((a, b) => area(b) - area(a))[0] ?? null
}
