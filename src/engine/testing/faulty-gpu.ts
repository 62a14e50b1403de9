// A GPU that fails at one chosen call, for tests: every call on its way is counted by name, and the one that was
// chosen loses the device (as a crashed GPU process does it in Chromium, measured), destroys it, or never answers.

export type Fault = 'crash' | 'destroy' | 'hang'
export interface Call {
  name: string
  nth: number
}
export interface Faulty {
  gpu: GPU
  /** every call so far, in order */
  calls: Call[]
  /** the fault has happened */
  hit: boolean
}

/** calls that answer with a promise: only they can hang */
export const awaited: ReadonlySet<string> = new Set([
  'requestAdapter',
  'requestDevice',
  'getCompilationInfo',
  'createComputePipelineAsync',
  'popErrorScope',
  'mapAsync',
  'onSubmittedWorkDone',
])
/** after a crash these report success all the same */
const silent: ReadonlySet<string> = new Set([
  'submit',
  'writeBuffer',
  'onSubmittedWorkDone',
  'requestAdapter',
  'createShaderModule',
  'createBindGroup',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createCommandEncoder',
  'pushErrorScope',
  'unmap',
])

/**
 * @param chosen the call that fails; none for a count of what there is
 * @param number what is read in place i: a GPU that computes nothing leaves anything in its buffers; these are numbers, at least,
 *   and not all the same
 */
export function faultyGpu(
  real: GPU,
  chosen?: Call,
  fault: Fault = 'crash',
  number = (i: number): number => (i % 97) / 97,
): Faulty {
  const counts = new Map<string, number>()
  const made: Faulty = { gpu: null!, calls: [], hit: false }
  let device: GPUDevice | null = null
  let crashed = false
  let lose = (_: { reason: 'unknown'; message: string }): void => undefined
  const lost = new Promise<{ reason: 'unknown'; message: string }>((resolve) => {
    lose = resolve
  })
  const gone = 'A valid external Instance reference no longer exists.'

  const broken = (name: string): unknown => {
    if (name === 'createBuffer') {
      throw new RangeError(
        'createBuffer failed, size (16) is too large for the implementation when mappedAtCreation == true',
      )
    }
    if (name === 'mapAsync') {
      return Promise.reject(new DOMException('Buffer was unmapped before mapping was resolved.', 'AbortError'))
    }
    return Promise.reject(
      new DOMException(name === 'popErrorScope' ? 'Instance dropped in popErrorScope' : gone, 'OperationError'),
    )
  }
  const watch = (
    target: object,
    names: readonly string[],
    after: (name: string, result: unknown) => unknown = (_, result) => result,
  ): void => {
    for (const name of names) {
      const method = (target as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(target)
      Object.defineProperty(target, name, {
        configurable: true,
        value: (...args: unknown[]) => {
          const nth = (counts.get(name) ?? 0) + 1
          counts.set(name, nth)
          made.calls.push({ name, nth })
          if (chosen?.name === name && chosen.nth === nth) {
            made.hit = true
            if (fault === 'hang') return new Promise(() => undefined)
            if (fault === 'destroy') device?.destroy()
            else if (!crashed) {
              crashed = true
              setTimeout(() => lose({ reason: 'unknown', message: gone }), 5)
            }
          }
          if (crashed && device && !silent.has(name)) return broken(name)
          return after(name, method(...args))
        },
      })
    }
  }
  const then =
    (wrap: (value: never) => void) =>
    (_: string, result: unknown): unknown =>
      (result as Promise<never>).then((value) => {
        if (value) wrap(value)
        return value
      })

  made.gpu = { requestAdapter: (options?: GPURequestAdapterOptions) => real.requestAdapter(options) } as GPU
  watch(
    made.gpu,
    ['requestAdapter'],
    then((adapter) =>
      watch(
        adapter,
        ['requestDevice'],
        then((given: GPUDevice) => {
          device = given
          const { queue } = given
          watch(queue, ['submit', 'writeBuffer', 'onSubmittedWorkDone'])
          const own = given.lost
          Object.defineProperty(given, 'queue', { value: queue })
          Object.defineProperty(given, 'lost', { value: Promise.race([lost, own]) })
          watch(given, [
            'createBindGroup',
            'createBindGroupLayout',
            'createPipelineLayout',
            'createCommandEncoder',
            'pushErrorScope',
            'popErrorScope',
            'createComputePipelineAsync',
          ])
          watch(given, ['createShaderModule'], (_, module) => {
            watch(module as object, ['getCompilationInfo'])
            return module
          })
          watch(given, ['createBuffer'], (_, made) => {
            const buffer = made as GPUBuffer
            watch(buffer, ['mapAsync', 'unmap'])
            const map = buffer.getMappedRange.bind(buffer)
            return Object.defineProperty(buffer, 'getMappedRange', {
              value: (offset?: number, size?: number) => {
                const data = map(offset, size)
                new Float32Array(data).forEach((_, i, all) => {
                  all[i] = number(i)
                })
                return data
              },
            })
          })
        }),
      ),
    ),
  )
  return made
}
