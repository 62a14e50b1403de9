// What a call across the thread wall is, as types: both sides are derived from the type of one object, the worker's (its
// methods, and rooms of methods: `plan`, `models.list`). Nothing here knows which calls there are.

/** How a long call is followed: the last argument of the methods that take it. On the worker's side both are there. */
export interface Follow<P = never> {
  onProgress?: ((progress: P) => void) | undefined
  signal?: AbortSignal | undefined
}

// any: a method of unknown arguments takes no other form that Parameters and infer accept
// oxlint-disable-next-line typescript/no-explicit-any
type Method = (...args: any[]) => unknown
/** Every call of an object by its path. */
export type Names<A> = {
  [R in keyof A & string]: A[R] extends Method ? R : `${R}.${keyof A[R] & string}`
}[keyof A & string]
type At<A, N extends string> = N extends keyof A
  ? A[N]
  : N extends `${infer R}.${infer M}`
    ? R extends keyof A
      ? M extends keyof A[R]
        ? A[R][M]
        : never
      : never
    : never

/** How a call behaves, for both sides. Most have nothing to say. */
export interface Call {
  /** how many arguments come before the one that follows it, which crosses the wall as messages */
  follow?: number
  /** it may compute for long without a pause: the heartbeat is patient */
  slow?: true
  /** it yields its results one by one (stream.ts) */
  stream?: true
  /** made twice it does what it does once: where the worker ends before its answer, the next one is asked */
  again?: true
}
type FollowAt<F extends Method> =
  Required<Parameters<F>> extends [...infer Before, infer Last]
    ? 'onProgress' extends keyof Last
      ? { follow: Before['length'] }
      : { follow?: never }
    : { follow?: never }
type StreamOf<F extends Method> = ReturnType<F> extends AsyncGenerator ? { stream: true } : { stream?: never }
/** The list of an object's calls: TypeScript asks for the line that was forgotten, and for what its method needs. */
export type CallList<A> = {
  readonly [N in Names<A>]: At<A, N> extends infer F
    ? F extends Method
      ? Call & FollowAt<F> & StreamOf<F>
      : never
    : never
}

type RemoteCall<F> = F extends (...args: infer P) => infer R
  ? R extends AsyncGenerator<infer T>
    ? (...args: P) => AsyncGenerator<T, void, undefined>
    : (...args: P) => Promise<Awaited<R>>
  : never
/** The same object from the other side of the wall. */
export type Remote<A> = {
  [R in keyof A]: A[R] extends Method ? RemoteCall<A[R]> : { [M in keyof A[R]]: RemoteCall<A[R][M]> }
}
