// The frame of any figure: title, where its numbers come from, what is seen, files to take along, full screen.

import { createContext, useContext, useEffect, useId, useRef, useState, type ReactNode, type RefObject } from 'react'
import { Button } from './Button.tsx'
import { save, toJson, toNpy, toPng, toSvg, type DrawList, type NumberArray } from './export.ts'
import { framed, onSlide, type About, type LegendFacts } from './framed.ts'
import { themeColor } from './theme-color.ts'
import { useScheme } from './useScheme.ts'
import styles from './Figure.module.css'

/** What all figures below show: the model's name, and how it is changed. It goes into files. */
export const FigureAbout = createContext<{ model: string; changed: string | null }>({ model: '', changed: null })

export interface FigureWords {
  live: string
  recorded: string
  export: string
  png: string
  svg: string
  slide: string
  json: string
  npy: string
  fullscreen: string
  leaveFullscreen: string
  notSaved: string
}

export interface FigureFiles {
  /** file name without its ending */
  name: string
  drawing?: () => DrawList
  /** the token, layer or head that is shown, in words: stands under the title in a file */
  of?: string | undefined
  /** what the picture leaves out or changes: stands under its title in a file */
  note?: string | undefined
  /** the colour bar of a file, where the figure itself shows none */
  legend?: () => LegendFacts
  /** what the figure shows, with its units; goes into the JSON */
  numbers?: () => unknown
  array?: () => NumberArray | Promise<NumberArray>
}

interface Props {
  title: ReactNode
  words: FigureWords
  source: 'live' | 'recording'
  /** the sentence that says what is seen: axes, and what to notice */
  caption?: ReactNode
  /** beside the title */
  tools?: ReactNode
  files?: FigureFiles | undefined
  children: ReactNode
  testId?: string
  className?: string | undefined
  /** of use only while a model runs */
  live?: true
}

export function Figure({ title, words, source, caption, tools, files, children, testId, className, live }: Props) {
  const frame = useRef<HTMLElement>(null)
  const [full, setFull] = useState(false)
  const id = useId()
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement === frame.current)
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])
  const toggle = () =>
    void (full ? document.exitFullscreen() : frame.current?.requestFullscreen())?.catch(() => undefined)
  return (
    <figure
      ref={frame}
      className={`${styles.figure} ${className ?? ''}`}
      aria-labelledby={id}
      data-testid={testId}
      data-source={source}
      data-live={live}
    >
      <header className={styles.head}>
        <span
          className={styles.dot}
          data-source={source}
          role="img"
          aria-label={source === 'live' ? words.live : words.recorded}
          title={source === 'live' ? words.live : words.recorded}
        />
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <div className={styles.tools} data-controls>
          {tools}
          {files && <FileMenu files={files} words={words} frame={frame} source={source} />}
          {document.fullscreenEnabled && (
            <Button
              variant="quiet"
              icon={full ? 'shrink' : 'expand'}
              label={full ? words.leaveFullscreen : words.fullscreen}
              onClick={toggle}
            />
          )}
        </div>
      </header>
      <div className={styles.body} data-body>
        {children}
      </div>
      {caption !== undefined && <figcaption className={styles.caption}>{caption}</figcaption>}
    </figure>
  )
}

interface MenuProps {
  files: FigureFiles
  words: FigureWords
  frame: RefObject<HTMLElement | null>
  source: 'live' | 'recording'
}

function FileMenu({ files: { name, drawing, of, note, legend, numbers, array }, words, frame, source }: MenuProps) {
  const { model, changed } = useContext(FigureAbout)
  const scheme = useScheme()
  const [failed, setFailed] = useState('')
  const about = (): About => {
    const element = frame.current!
    const say = (selector: string): string => element.querySelector(selector)?.textContent?.trim() ?? ''
    return {
      title: say('h2'),
      caption: say('figcaption'),
      lines: [
        [model, changed, source === 'live' ? words.live : words.recorded, of].filter(Boolean).join(' · '),
        ...(note ? [note] : []),
      ],
      legends: legend
        ? [legend()]
        : [...element.querySelectorAll<HTMLElement>('[data-legend]')].map(
            (one) => JSON.parse(one.dataset['legend']!) as LegendFacts,
          ),
    }
  }
  /** its own drawing, or what stands on the page */
  const drawn = async (): Promise<DrawList> =>
    drawing?.() ??
    (await import('./drawn.ts')).drawnElement(
      frame.current!.querySelector<HTMLElement>('[data-body]')!,
      themeColor('--surface', scheme),
    )
  const inks = () => ({ ink: themeColor('--ink', scheme), soft: themeColor('--ink-soft', scheme) })
  const picture = async (): Promise<DrawList> => framed(await drawn(), about(), inks())
  const box = useRef<HTMLDetailsElement>(null)
  const close = () => {
    if (box.current) box.current.open = false
  }
  const take = (work: () => void | Promise<void>) => () => {
    close()
    setFailed('')
    void Promise.resolve()
      .then(work)
      .catch((error: unknown) => setFailed(error instanceof Error ? error.message : String(error)))
  }
  return (
    <>
      {failed !== '' && (
        <span role="alert">
          {words.notSaved} {failed}
        </span>
      )}
      <details
        ref={box}
        className={styles.menu}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && box.current?.open) {
            event.stopPropagation()
            close()
            box.current.querySelector('summary')?.focus()
          }
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) close()
        }}
      >
        <summary aria-label={words.export} title={words.export} className={styles.summary}>
          <DownloadIcon />
        </summary>
        <div className={styles.list}>
          <Button variant="quiet" onClick={take(async () => save(`${name}.png`, await toPng(await picture())))}>
            {words.png}
          </Button>
          <Button
            variant="quiet"
            onClick={take(async () => save(`${name}.svg`, await toSvg(await picture()), 'image/svg+xml'))}
          >
            {words.svg}
          </Button>
          <Button
            variant="quiet"
            onClick={take(async () =>
              save(`${name}-slide.png`, await toPng(onSlide(await drawn(), about(), inks()), 1.2)),
            )}
          >
            {words.slide}
          </Button>
          {numbers && (
            <Button
              variant="quiet"
              onClick={take(() =>
                save(
                  `${name}.json`,
                  toJson(changed === null ? numbers() : { changed, ...(numbers() as object) }),
                  'application/json',
                ),
              )}
            >
              {words.json}
            </Button>
          )}
          {array && (
            <Button
              variant="quiet"
              onClick={take(async () => {
                const made = await array()
                save(`${name}${made.suffix ?? ''}.npy`, toNpy(made))
              })}
            >
              {words.npy}
            </Button>
          )}
        </div>
      </details>
    </>
  )
}

const DownloadIcon = () => (
  <svg
    width={18}
    height={18}
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    strokeWidth={1.5}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d="M10 3v10M5.5 8.8 10 13.3l4.5-4.5M3.5 16.8h13" />
  </svg>
)
