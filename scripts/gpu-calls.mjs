// Counts what a page or its worker asks of WebGPU, whoever asks: the methods of the API's own classes are wrapped, so the
// numbers are those of the engine or of a peer alike, and nobody's own count has to be believed.

/**
 * Runs where the calls are made. Afterwards `globalThis.gpuCalls` holds numbers that only grow. A wait is a submit that
 * came when everything before it had been waited for: the device stood idle until the answer was read. Where work was
 * still on its way, waiting for an older answer costs nothing and counts for nothing.
 */
export function countGpuCalls() {
  if (globalThis.gpuCalls) return
  const calls = {
    dispatches: 0,
    passes: 0,
    submits: 0,
    bindGroups: 0,
    buffers: 0,
    writes: 0,
    writtenBytes: 0,
    readBytes: 0,
    waits: 0,
  }
  globalThis.gpuCalls = calls
  let pending = 0
  let isIdle = false
  const wrap = (type, name, before) => {
    const { prototype } = type
    const real = prototype[name]
    prototype[name] = function counted(...args) {
      before?.call(this, args)
      return real.apply(this, args)
    }
    return real
  }
  const waiting = (type, name, before) => {
    const { prototype } = type
    const real = prototype[name]
    prototype[name] = async function counted(...args) {
      before?.call(this, args)
      pending++
      try {
        return await real.apply(this, args)
      } finally {
        pending--
        isIdle = pending === 0
      }
    }
  }
  const size = (data, [offset, count]) => {
    const unit = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? data.BYTES_PER_ELEMENT : 1
    return count === undefined ? data.byteLength - (offset ?? 0) * unit : count * unit
  }
  wrap(GPUDevice, 'createBuffer', () => calls.buffers++)
  wrap(GPUDevice, 'createBindGroup', () => calls.bindGroups++)
  wrap(GPUCommandEncoder, 'beginComputePass', () => calls.passes++)
  wrap(GPUComputePassEncoder, 'dispatchWorkgroups', () => calls.dispatches++)
  wrap(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', () => calls.dispatches++)
  wrap(GPUQueue, 'submit', () => {
    calls.submits++
    if (isIdle) calls.waits++
    isIdle = false
  })
  wrap(GPUQueue, 'writeBuffer', ([, , data, ...rest]) => {
    calls.writes++
    calls.writtenBytes += size(data, rest)
  })
  waiting(GPUQueue, 'onSubmittedWorkDone')
  waiting(GPUBuffer, 'mapAsync', function map([mode, offset = 0, bytes = this.size - offset]) {
    if (mode & 1) calls.readBytes += bytes // GPUMapMode.READ
  })
}

/**
 * What each token costs, where answers of two lengths were counted: what both had in common, reading the prompt and what
 * was asked for beyond the end, falls away.
 * @param short counts of the answer of few tokens
 * @param long counts of the same answer, `tokens` tokens longer
 */
export const perToken = (short, long, tokens) =>
  Object.fromEntries(Object.keys(long).map((name) => [name, (long[name] - short[name]) / tokens]))
