// glassbox/elements: <glass-attention>, <glass-probabilities> and <glass-lens>: a panel of one run, recorded or of an engine
// that runs here. Each is the player (src/player) in a frame without an origin: its styles and its state are its own, it
// reads nothing of the page, and opens no connection. The run goes in by postMessage, as src/player/embed.ts says.

import type { Glass } from '../engine/index.ts'

/** Who has a run to look at: an engine, glassbox/worker's client, or their glass. */
export type Running = Glass | { glass: Glass | (() => Promise<Glass>) }

/** What `src` or a property gives; null: nothing. */
type Recording = Blob | ArrayBuffer | Uint8Array<ArrayBuffer>

/** Text for an attribute in double quotes. */
const quoted = (text: string): string => text.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)

const glassOf = async (from: Running): Promise<Glass> =>
  'glass' in from ? (typeof from.glass === 'function' ? from.glass() : from.glass) : from

/**
 * Attributes: `src` (a .glasstrace, relative to the page), `layer`, `head`, `position` (shown first), `lang` (en or zh; else of
 * the element around it, else of the browser), `theme` (system, light, dark, projector), `player` (address of the package's
 * embed.html, for a page whose policy forbids frames of blob: or their scripts).
 * Events: `glass-open` { tokens }, `glass-error` { code, message }.
 */
abstract class GlassElement extends HTMLElement {
  static readonly observedAttributes = ['src', 'layer', 'head', 'position', 'lang', 'theme', 'player']
  protected abstract readonly panel: 'attention' | 'probabilities' | 'lens'
  private frame: HTMLIFrameElement | null = null
  private given: Recording | null = null
  private running: Running | null = null
  /** the run on its way into the frame; null inside it: it could not be had */
  private run: Promise<Recording | null> | null = null
  /** the frame asked for a run */
  private ready = false
  private drawing = 0

  /** The bytes of a .glasstrace, in place of `src`. */
  get recording(): Recording | null {
    return this.given
  }
  set recording(recording: Recording | null) {
    this.given = recording
    this.running = null
    this.open()
  }

  /** What runs here; its last run is drawn, and again by each update(). In place of `src`. */
  get engine(): Running | null {
    return this.running
  }
  set engine(engine: Running | null) {
    this.given = null
    this.running = engine
    this.open()
  }

  /** Draws the engine's run as it is now, or fetches `src` again; resolves when the run is on its way into the panel. */
  async update(): Promise<void> {
    this.open()
    await this.run
  }

  connectedCallback(): void {
    addEventListener('message', this.hear)
    this.draw()
    this.open()
  }
  disconnectedCallback(): void {
    removeEventListener('message', this.hear)
    this.frame?.remove()
    this.frame = null
  }
  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.isConnected) return
    if (name === 'src') this.open()
    else if (name === 'lang' || name === 'theme' || name === 'player') this.draw()
    else void this.pass()
  }

  private get language(): 'en' | 'zh' {
    const said = this.closest('[lang]')?.getAttribute('lang') || navigator.language
    return /^zh\b/i.test(said) ? 'zh' : 'en'
  }

  /** Another frame, once for all attributes that change together. */
  private draw(): void {
    const turn = ++this.drawing
    this.ready = false
    queueMicrotask(() => {
      if (turn !== this.drawing || !this.isConnected) return
      void this.makeFrame(turn)
    })
  }

  private async makeFrame(turn: number): Promise<void> {
    const asked = new URLSearchParams({ embed: this.panel, lang: this.language })
    const theme = this.getAttribute('theme')
    if (theme !== null) asked.set('theme', theme)
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.style.cssText = 'display:block;box-sizing:border-box;width:100%;min-height:12rem;border:0'
    frame.title = titles[this.language][this.panel]
    const player = this.getAttribute('player')
    if (player === null) {
      const { default: html } = await import('glassbox:embed-page')
      if (turn !== this.drawing || !this.isConnected) return
      const page = html.replace('<html', () => `<html data-asked="${quoted(`?${asked}`)}"`)
      // an address of its own, where srcdoc would have the page's: links of the panel end inside the panel
      frame.src = URL.createObjectURL(new Blob([page], { type: 'text/html' }))
      frame.addEventListener('load', () => URL.revokeObjectURL(frame.src), { once: true })
    } else frame.src = `${new URL(player, document.baseURI).href}?${asked}`
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    this.frame?.remove()
    this.frame = frame
    this.style.display ||= 'block'
    root.append(frame)
  }

  /** Whatever is to be shown is fetched, or recorded; what was on its way before is let go. */
  private open(): void {
    if (!this.isConnected) return
    const src = this.getAttribute('src')
    const run = (this.run = this.given
      ? Promise.resolve(this.given)
      : this.running
        ? recorded(this.running)
        : src === null
          ? null
          : fetched(new URL(src, document.baseURI)))
    run?.catch((error: unknown) => {
      if (this.run === run) this.tell('glass-error', { code: codeOf(error), message: String(error) })
    })
    void this.pass()
  }

  /** Into the frame, once both are there. */
  private async pass(): Promise<void> {
    const { run, frame } = this
    if (!run || !frame || !this.ready) return
    const recording = await run.catch(() => null)
    if (run !== this.run || frame !== this.frame) return
    const bytes = recording instanceof Blob ? await recording.arrayBuffer() : recording
    const [layer, head, q] = ['layer', 'head', 'position'].map((name) => {
      const value = this.getAttribute(name)
      return value === null ? undefined : Number(value)
    })
    frame.contentWindow?.postMessage(bytes ? { type: 'trace', bytes, layer, head, q } : { type: 'none' }, '*')
  }

  private readonly hear = ({ source, data }: MessageEvent): void => {
    if (!this.frame || source !== this.frame.contentWindow) return
    const { type, height, tokens, code, message } = (data ?? {}) as Record<string, unknown>
    if (type === 'ready') {
      this.ready = true
      void this.pass()
    } else if (type === 'height' && typeof height === 'number') this.frame.style.height = `${height}px`
    else if (type === 'opened') this.tell('glass-open', { tokens })
    else if (type === 'refused') this.tell('glass-error', { code, message })
  }

  private tell(name: string, detail: Record<string, unknown>): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }))
  }
}

/** What a screen reader calls the frame. */
const titles = {
  en: { attention: 'Attention of a run', probabilities: 'Probabilities of a run', lens: 'Logit lens of a run' },
  zh: { attention: '一次运行的注意力', probabilities: '一次运行的概率', lens: '一次运行的逐层预测' },
} as const

const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? 'UNREACHABLE'

async function recorded(running: Running): Promise<Recording> {
  const { record } = await import('../worker/recording.ts')
  return record(await glassOf(running))
}

async function fetched(url: URL): Promise<Recording> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url.href} answered ${answer.status}.`)
  return answer.blob()
}

/** Which tokens each head looked at. */
export class GlassAttention extends GlassElement {
  protected readonly panel = 'attention'
}
/** How the next token was chosen. */
export class GlassProbabilities extends GlassElement {
  protected readonly panel = 'probabilities'
}
/** What every layer would have said. */
export class GlassLens extends GlassElement {
  protected readonly panel = 'lens'
}

const elements = {
  'glass-attention': GlassAttention,
  'glass-probabilities': GlassProbabilities,
  'glass-lens': GlassLens,
} as const
for (const [name, element] of Object.entries(elements)) {
  if (!customElements.get(name)) customElements.define(name, element)
}

declare global {
  interface HTMLElementTagNameMap {
    'glass-attention': GlassAttention
    'glass-probabilities': GlassProbabilities
    'glass-lens': GlassLens
  }
}
