// What the page says of its engine, worst first; null when there is nothing to say: a model is ready, or the reader
// wants none.

import type { ErrorCode, ErrorData, ModelsState } from '../store/index.ts'

export type Saying =
  | { is: 'trouble'; kind: 'engine' | 'gpu' | 'load' | 'first'; error: ErrorData }
  | { is: 'loading' | 'fetching' | 'skipped' }

/** the browser gives no GPU, and one was asked for: no other model will do better */
export const noGpu: ReadonlySet<ErrorCode> = new Set(['NO_WEBGPU', 'INSECURE_CONTEXT', 'NO_ADAPTER'])
/** what the processor knows nothing of: the same model runs there */
export const ofGpu: ReadonlySet<ErrorCode> = new Set([
  ...noGpu,
  'LIMIT_TOO_SMALL',
  'GPU_OUT_OF_MEMORY',
  'GPU_VALIDATION',
  'GPU_LOST',
  'KERNEL_FAILED',
])

/** The download that must end before the wanted model, or the embedded one, can be loaded. */
export const firstJob = ({
  active,
  wanted,
  catalog,
  jobs,
}: Pick<ModelsState, 'active' | 'wanted' | 'catalog' | 'jobs'>) =>
  active ? undefined : jobs[wanted ?? catalog.find((entry) => entry.group === 'embedded')?.id ?? '']

export function saying(
  state: Pick<ModelsState, 'active' | 'adapterError' | 'error' | 'jobs' | 'catalog' | 'wanted' | 'skipped'>,
): Saying | null {
  const { active, adapterError, error, skipped } = state
  const first = firstJob(state)
  if (error) return { is: 'trouble', kind: 'engine', error }
  if (active?.state === 'loading') return { is: 'loading' }
  if (active?.state === 'failed' && active.error) {
    return {
      is: 'trouble',
      kind: noGpu.has(active.error.code) || active.error.facts.reload === true ? 'gpu' : 'load',
      error: active.error,
    }
  }
  if (adapterError && active?.state !== 'ready') return { is: 'trouble', kind: 'first', error: adapterError }
  if (first?.state === 'running') return { is: 'fetching' }
  if (first?.state === 'failed' && first.error) return { is: 'trouble', kind: 'first', error: first.error }
  return skipped ? { is: 'skipped' } : null
}
