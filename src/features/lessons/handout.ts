// A lesson on paper: which one is to be printed, and the figure that stood beside each step when its number came out.

import { create } from 'zustand'
import { largestFigure } from '../../store/in-sight.ts'
import { toSvg } from '../../ui/export.ts'
import { drawnElement } from '../../ui/drawn.ts'
import type { OpenLesson } from './data/index.ts'

export interface KeptFigure {
  title: string
  /** SVG as a data: URL */
  picture: string
}

interface Handout {
  /** null: nothing is to be printed */
  open: OpenLesson | null
  /** by step id, of this visit */
  figures: Readonly<Record<string, KeptFigure>>
}

export const useHandout = create<Handout>()(() => ({ open: null, figures: {} }))

/** Prints a lesson; the page is as it was when the browser's dialog is closed. */
export const printLesson = (open: OpenLesson): void => useHandout.setState({ open })

/** Keeps what the panel shows now as the figure of a step; nothing where it shows none. */
export async function keepFigure(step: string): Promise<void> {
  const figure = largestFigure()
  const body = figure?.querySelector<HTMLElement>('[data-body]')
  if (!figure || !body) return
  const title = figure.querySelector('h2')?.textContent?.trim() ?? ''
  const svg = await toSvg(drawnElement(body, getComputedStyle(document.documentElement).getPropertyValue('--surface')))
  const picture = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  useHandout.setState(({ figures }) => ({ figures: { ...figures, [step]: { title, picture } } }))
}
