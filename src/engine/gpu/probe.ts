// Is there room for a model? Asked of the device before a file is read: memory of the planned sizes, taken and let go.
//
// A GPU says neither how much it has nor how much is free. A buffer that was made may still lie nowhere: each is cleared,
// which takes place for it. On the processor it is one piece; nothing is written to it, as that could end the tab.

import { EngineError } from '../errors.ts'
import type { MemoryPlan } from '../types.ts'
import { openDevice } from './device.ts'
import { Memory } from './memory.ts'

/** Bytes that were asked of a device, and that it gave before it gave no more. */
export interface MemoryProbe {
  asked: number
  given: number
}

/** Pieces as large as a load's largest, so that a full memory is met where it is. */
const piece = 128 * 2 ** 20

/** @throws NO_WEBGPU …: what opening the device throws; GPU_LOST where it was lost over it */
export async function probeMemory(
  { total, largestBinding }: MemoryPlan,
  device: 'gpu' | 'cpu',
  gpu: GPU | undefined = globalThis.navigator?.gpu,
): Promise<MemoryProbe> {
  if (device === 'cpu') return { asked: total, given: onePiece(total) ? total : 0 }
  const owner = await openDevice(gpu)
  const memory = new Memory(owner)
  let given = 0
  try {
    const sizes = [Math.min(largestBinding, total)]
    for (let left = total - sizes[0]!; left > 0; left -= piece) sizes.push(Math.min(left, piece, memory.maxBinding))
    for (let size = sizes.shift(); size !== undefined && given < total; size = sizes.shift()) {
      if (!(await taken(memory, owner.gpu, size))) break
      given += size
    }
    return { asked: total, given: Math.min(given, total) }
  } finally {
    memory.dispose()
    owner.dispose()
  }
}

async function taken(memory: Memory, device: GPUDevice, size: number): Promise<boolean> {
  try {
    const encoder = device.createCommandEncoder()
    encoder.clearBuffer(memory.storage('probe', size))
    device.queue.submit([encoder.finish()])
    await memory.check()
    await memory.backPressure(size)
    return true
  } catch (error) {
    if (error instanceof EngineError && /^(GPU_OUT_OF_MEMORY|LIMIT_TOO_SMALL)$/.test(error.code)) return false
    throw error
  }
}

function onePiece(bytes: number): boolean {
  try {
    const Piece = typeof SharedArrayBuffer === 'undefined' ? ArrayBuffer : SharedArrayBuffer
    return new Piece(bytes).byteLength === bytes
  } catch {
    return false
  }
}
