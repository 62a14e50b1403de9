// What is known of the engine at work: whether there is a GPU, what happened to the model that runs. Pure.

import type { ErrorCode, LoadRequest, ModelInfo, ModelNotice } from '../worker/protocol.ts'

/** What a browser without a usable GPU answers; the last one after its GPU process crashed, until it is started again. */
export const withoutGpu: ReadonlySet<ErrorCode> = new Set([
  'NO_WEBGPU',
  'INSECURE_CONTEXT',
  'NO_ADAPTER',
  'LIMIT_TOO_SMALL',
  'GPU_LOST',
])

/** Facts of a running model and something that happened to it; the newest of a kind stands for those before it. */
export const withNotice = (info: ModelInfo, notice: ModelNotice): ModelInfo => ({
  ...info,
  notices: [...info.notices.filter(({ code }) => code !== notice.code), notice],
  device: info.device && {
    ...info.device,
    ...(typeof notice.facts['threads'] === 'number' && { threads: notice.facts['threads'] }),
  },
})

export const pickDevice = ({ device, threads, kernels }: LoadRequest): LoadRequest => ({
  ...(device !== undefined && { device }),
  ...(threads !== undefined && { threads }),
  ...(kernels !== undefined && { kernels }),
})
