// What is counted of WebGPU's calls, on a device of the test's own.
import { expect, it, onTestFinished, vi } from 'vitest'
import { countsTable, movedWords } from './bench-counts.mjs'
import { countGpuCalls, perToken } from './gpu-calls.mjs'

/** WebGPU as far as it is counted; a wait ends when the test says so. */
function fake() {
  const ends = []
  const wait = () => new Promise((resolve) => ends.push(resolve))
  const types = {
    GPUDevice: { createBuffer: () => 'buffer', createBindGroup() {} },
    GPUCommandEncoder: { beginComputePass() {} },
    GPUComputePassEncoder: { dispatchWorkgroups() {}, dispatchWorkgroupsIndirect() {} },
    GPUQueue: { submit() {}, writeBuffer() {}, onSubmittedWorkDone: wait },
    GPUBuffer: { mapAsync: wait },
  }
  const made = {}
  for (const [name, methods] of Object.entries(types)) {
    globalThis[name] = function Type() {}
    Object.assign(globalThis[name].prototype, methods)
    made[name] = new globalThis[name]()
  }
  onTestFinished(() => {
    for (const name of [...Object.keys(types), 'gpuCalls']) delete globalThis[name]
  })
  return { ...made, end: () => ends.shift()() }
}

it('counts calls and the bytes they move', () => {
  const { GPUDevice, GPUCommandEncoder, GPUComputePassEncoder, GPUQueue, GPUBuffer } = fake()
  countGpuCalls()
  countGpuCalls() // a second time changes nothing
  expect(GPUDevice.createBuffer({ size: 4 })).toBe('buffer')
  GPUCommandEncoder.beginComputePass()
  for (let i = 0; i < 3; i++) GPUComputePassEncoder.dispatchWorkgroups(1)
  GPUQueue.writeBuffer(null, 0, new Float32Array(8))
  GPUQueue.writeBuffer(null, 0, new Float32Array(8), 2, 3)
  GPUQueue.writeBuffer(null, 0, new ArrayBuffer(8), 2)
  void Object.assign(GPUBuffer, { size: 100 }).mapAsync(1, 20)
  void GPUBuffer.mapAsync(1, 0, 7)
  void GPUBuffer.mapAsync(2, 0, 7) // to be written
  expect(globalThis.gpuCalls).toMatchObject({
    buffers: 1,
    bindGroups: 0,
    passes: 1,
    dispatches: 3,
    writes: 3,
    writtenBytes: 32 + 12 + 6,
    readBytes: 80 + 7,
  })
})

it('counts a wait where the device had nothing left to do, and none where it had', async () => {
  const { GPUQueue, GPUBuffer, end } = fake()
  countGpuCalls()
  const token = () => {
    GPUQueue.submit([])
    return GPUBuffer.mapAsync(1, 0, 4)
  }
  for (let i = 0; i < 3; i++) {
    const read = token()
    end()
    await read
  }
  expect(globalThis.gpuCalls).toMatchObject({ submits: 3, waits: 2 }) // nothing was waited for before the first
  const flying = [token(), token()]
  for (let i = 0; i < 4; i++) {
    end()
    await flying.shift()
    flying.push(token())
  }
  expect(globalThis.gpuCalls).toMatchObject({ submits: 9, waits: 3 })
})

it('tells what a token costs by the difference of two answers', () => {
  expect(perToken({ submits: 5, reads: 30 }, { submits: 13, reads: 30 }, 8)).toEqual({ submits: 1, reads: 0 })
})

it('says what a token moves, beside what it must', () => {
  const MiB = 2 ** 20
  expect(movedWords({ weights: 90 * MiB, cache: 10 * MiB, activations: MiB / 2 })).toBe(
    'moves 100.5 MiB: weights 90 MiB, keys and values 10 MiB, activations 0.5 MiB; 1.005 x weights, keys and values',
  )
})

it('prints what was counted, by whom tokens are drawn', () => {
  const said = []
  const log = vi.spyOn(console, 'log').mockImplementation((line = '') => said.push(line))
  const counts = {
    dispatches: 15,
    passes: 1,
    submits: 1,
    bindGroups: 0,
    buffers: 0,
    writes: 0,
    readBytes: 256,
    waits: 0,
  }
  const row = { way: 'plain', look: 'sampling only', counts }
  const traffic = { weights: 2 ** 20, cache: 0, activations: 0 }
  try {
    const measured = [
      {
        model: 'm',
        family: 'llama',
        layers: 2,
        at: 512,
        traffic,
        rows: [
          { ...row, drawnBy: 'device' },
          { ...row, drawnBy: 'settings' },
        ],
      },
    ]
    countsTable({ adapter: 'a', chrome: 'c', measured })
  } finally {
    log.mockRestore()
  }
  expect(said[1]).toBe('\nm: llama, 2 layers, behind 512 tokens')
  expect(said[4]).toMatch(/^plain, sampling only +15 +1 +1 +0 +0 +0 +256 +0 +device$/)
  expect(said[5]).toMatch(/ host: settings$/)
})
