// glassbox/react: an engine in a worker for as long as a component is mounted, and an answer as it is written.
//
//   const { client, load, status, info } = useEngine()
//   const { text, generate, stop, status } = useGeneration(client)

import { useCallback, useEffect, useRef, useState } from 'react'
import { EngineError } from '../engine/errors.ts'
import type {
  DoneEvent,
  Follow,
  GenerateEvent,
  LoadProgress,
  LoadRequest,
  ModelInfo,
  Prompt,
  TokenEvent,
} from '../worker/protocol.ts'
import { startEngine, type EngineClient } from './worker.ts'

const toError = (error: unknown): EngineError =>
  error instanceof EngineError ? error : new EngineError('INTERNAL', String(error), {}, { cause: error })

export interface UsedEngine {
  /** null before the component is mounted */
  client: EngineClient | null
  status: 'idle' | 'loading' | 'ready' | 'failed'
  /** of the loaded model */
  info: ModelInfo | null
  progress: LoadProgress | null
  error: EngineError | null
  /**
   * Loads a stored model, by its id in client.models; another load, and unmounting, stop it.
   * @returns null where it was stopped or failed: `error` says why
   */
  load(id: string, options?: LoadRequest): Promise<ModelInfo | null>
  unload(): Promise<void>
}

const nothing = { status: 'idle', info: null, progress: null, error: null } as const
type Loading = Pick<UsedEngine, 'status' | 'info' | 'progress' | 'error'>

/** @param start how the worker is made: startEngine, or with a worker of your own. Looked at once. */
export function useEngine(start: () => EngineClient = startEngine): UsedEngine {
  const [client, setClient] = useState<EngineClient | null>(null)
  const [state, setState] = useState<Loading>(nothing)
  const now = useRef<EngineClient | null>(null)
  const loading = useRef<AbortController | null>(null)
  const first = useRef(start)
  useEffect(() => {
    const made = first.current()
    now.current = made
    setClient(made)
    const ended = made.onLost((error) => {
      const { code, message, facts } = error
      setState({ ...nothing, status: 'failed', error: new EngineError(code, message, facts) })
    })
    return () => {
      ended()
      loading.current?.abort()
      now.current = null
      made.dispose()
    }
  }, [])
  const load = useCallback(async (id: string, options?: LoadRequest): Promise<ModelInfo | null> => {
    loading.current?.abort()
    const own = (loading.current = new AbortController())
    const set = (next: Loading): void => {
      if (loading.current === own && now.current) setState(next)
    }
    set({ ...nothing, status: 'loading' })
    try {
      if (!now.current) throw new EngineError('ABORTED', 'The component is not mounted: nothing is loaded.')
      const follow: Follow<LoadProgress> = {
        signal: own.signal,
        onProgress: (progress) => set({ ...nothing, status: 'loading', progress }),
      }
      const info = await now.current.load(id, options, follow)
      set({ ...nothing, status: 'ready', info })
      return info
    } catch (error) {
      set({ ...nothing, status: 'failed', error: toError(error) })
      return null
    }
  }, [])
  const unload = useCallback(async (): Promise<void> => {
    loading.current?.abort()
    loading.current = null
    await now.current?.unload()
    if (now.current && !loading.current) setState(nothing)
  }, [])
  return { client, ...state, load, unload }
}

/** What writes: an Engine, or a client of glassbox/worker. */
export interface Generates<Options> {
  generate(
    input: Prompt,
    options?: Options & { signal?: AbortSignal },
  ): AsyncGenerator<GenerateEvent, unknown, undefined>
}

export interface Generation<Options> {
  status: 'idle' | 'writing' | 'done' | 'stopped' | 'failed'
  text: string
  /** of the answer so far, with their odds */
  tokens: readonly TokenEvent[]
  done: DoneEvent | null
  error: EngineError | null
  /** Begins an answer, in place of the one before. @returns its text, when it ends in whatever way */
  generate(input: Prompt, options?: Options): Promise<string>
  stop(): void
}

const noEngine = (): EngineError =>
  new EngineError('PARAM_INVALID', 'Cannot write an answer: there is no engine yet. Load a model first.', {
    param: 'engine',
    need: 'an engine',
    found: 'null',
  })

/** Milliseconds between two drawings: an answer may come faster than a screen shows. */
const FRAME = 16

/** One answer at a time of `engine`, as it is written, of several (`n`) the first; unmounting stops it. */
export function useGeneration<Options extends object>(engine: Generates<Options> | null): Generation<Options> {
  type State = Pick<Generation<Options>, 'status' | 'text' | 'tokens' | 'done' | 'error'>
  const [state, setState] = useState<State>({ status: 'idle', text: '', tokens: [], done: null, error: null })
  const writing = useRef<AbortController | null>(null)
  const stop = useCallback(() => writing.current?.abort(), [])
  useEffect(() => stop, [stop])
  const generate = useCallback(
    async (input: Prompt, options?: Options): Promise<string> => {
      writing.current?.abort()
      const own = (writing.current = new AbortController())
      const tokens: TokenEvent[] = []
      let text = ''
      let drawn = 0
      const set = (more: Pick<State, 'status'> & Partial<State>): void => {
        if (writing.current === own) setState({ text, tokens: [...tokens], done: null, error: null, ...more })
      }
      set({ status: 'writing' })
      try {
        if (!engine) throw noEngine()
        let done: DoneEvent | null = null
        for await (const event of engine.generate(input, { ...(options as Options), signal: own.signal })) {
          if ((event.answer ?? 0) > 0) continue
          if (event.type === 'done') done = event
          if (event.type !== 'token') continue
          tokens.push(event)
          text += event.text
          if (performance.now() - drawn < FRAME) continue
          drawn = performance.now()
          set({ status: 'writing' })
        }
        set({ status: own.signal.aborted ? 'stopped' : 'done', done })
      } catch (error) {
        set(own.signal.aborted ? { status: 'stopped' } : { status: 'failed', error: toError(error) })
      }
      return text
    },
    [engine],
  )
  return { ...state, generate, stop }
}
