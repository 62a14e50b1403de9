// A real checkpoint against transformers (fixtures/smollm2): the GGUF with its own Q4_1 and Q8_0 blocks, and the same
// weights imported to NF4. On the processor the logits of every prompt, and greedy tokens: behind the longest 24 in one run,
// 6 of them decoded one by one, behind the others fewer, which the same kernels compute. On the GPU some tokens of
// one prompt. All of all with GLASSBOX_FULL=1. The weights are not in the repository: npm run model.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ChatMessage } from './index.ts'
import { renderChat } from './chat/template.ts'
import { openMachine, openModel, placeModel, type Machine, type OpenedModel } from './load.ts'
import type { Runtime } from './runtime/runtime.ts'
import { diskModel } from './testing/disk.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'
import { onProcessor, type Where } from './testing/machines.ts'
import { cosine, expectDecoded, expectForced } from './testing/reference.ts'
import { openText } from './text.ts'

interface Expected {
  greedy_ids: number[]
  greedy_gaps: number[]
  top_ids: number[]
  top_logits: number[]
  positions: number[]
  logits_f32_b64: string
}
interface Golden {
  vocab_size: number
  prompts: { name: string; messages: ChatMessage[]; text: string; input_ids: number[] }[]
  variants: Record<'gguf' | 'nf4', Record<string, Expected>>
  nf4_check: Record<string, { packed_sha256: string }>
}
const golden = JSON.parse(readFileSync('fixtures/smollm2/golden.json', 'utf8')) as Golden
const full = Boolean(process.env['GLASSBOX_FULL'])
/** greedy tokens looked at in one run, and decoded one by one, when not all */
type Looked = [forced: number, decoded: number]
const onGpu: Record<string, Looked> = { english: [8, 4] }
const onCpu: Record<string, Looked> = { english: [8, 2], chinese: [8, 2], code: [24, 6], turns: [8, 2] }

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 })
const gpu = await nodeGpu() // with subgroups, as people's devices have them

function rowsOf({ positions, logits_f32_b64 }: Expected): Float32Array[] {
  const all = new Float32Array(Uint8Array.from(Buffer.from(logits_f32_b64, 'base64')).buffer)
  return positions.map((_, i) => all.subarray(i * golden.vocab_size, (i + 1) * golden.vocab_size))
}

describe.each([
  ['gguf', 'processor', 'models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf', 'smollm2'],
  ['nf4', 'processor', 'models/smollm2-st', 'smollm2-nf4'],
  ['gguf', 'gpu', 'models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf', 'smollm2'],
  ['nf4', 'gpu', 'models/smollm2-st', 'smollm2-nf4'],
] as const)('SmolLM2 as %s on the %s', (variant, place, file, command) => {
  const why = !existsSync(file)
    ? `run "npm run model ${command}": the weights are not in the repository`
    : place === 'processor' || gpu
      ? null
      : noGpuReason
  if (why) {
    test('against transformers', ({ skip }) => skip(`UNRUN: ${why}`))
    return
  }
  let model: OpenedModel, machine: Machine | undefined, runtime: Runtime
  let text: Awaited<ReturnType<typeof openText>>
  beforeAll(async () => {
    const where: Where = place === 'gpu' ? { gpu: gpu! } : onProcessor
    const options = { ...where, context: 256, chunk: 128 }
    model = await openModel(diskModel(file), options)
    text = await openText(model.checkpoint)
    if (place === 'gpu') machine = await openMachine(options)
    const loaded = await placeModel({ ...model, size: { ...model.size, logitRows: 32 } }, options, machine)
    runtime = loaded.runtime
    expect(loaded.info.rejectedKernels).toEqual([])
    expect(loaded.info.formats).toMatchObject(
      variant === 'gguf'
        ? { linear: 'q4_1', embedding: 'q8_0', head: 'q8_0', tied: true }
        : { linear: 'nf4', embedding: 'i8', head: 'i8', tied: true },
    )
  })
  afterAll(() => {
    runtime?.dispose()
    machine?.device.dispose()
  })

  if (variant === 'nf4' && place === 'processor') {
    test('every 4-bit code is the one that bitsandbytes makes', async () => {
      for (const [name, { packed_sha256 }] of Object.entries(golden.nf4_check)) {
        const hash = createHash('sha256')
        for await (const { plane, bytes } of model.provider.read(model.plain.weights[name]!)) {
          if (plane === 'codes') hash.update(bytes)
        }
        expect(hash.digest('hex'), name).toBe(packed_sha256)
      }
    })
  }
  const some = place === 'processor' ? onCpu : onGpu
  test.for(golden.prompts.filter(({ name }) => full || some[name]))(
    '$name',
    async ({ name, messages, text: prompt, input_ids }) => {
      const want = golden.variants[variant][name]!
      const greedy = { ids: want.greedy_ids, gaps: want.greedy_gaps }
      expect(renderChat(text.template, messages, { addGenerationPrompt: true }).text).toBe(prompt)
      expect(text.tokenizer.encode(prompt, { addSpecial: false })).toEqual(input_ids)

      runtime.truncate(0)
      expect(want.positions.at(-1)).toBe(input_ids.length - 1)
      const rows = await runtime.forward(input_ids, want.positions)
      rowsOf(want).forEach((row, i) =>
        expect(cosine(rows[i]!, row), `position ${want.positions[i]}`).toBeGreaterThanOrEqual(0.99999),
      )
      const last = rows.at(-1)!
      expect(
        cosine(
          want.top_ids.map((id) => last[id]!),
          want.top_logits,
        ),
      ).toBeGreaterThanOrEqual(0.99999)
      want.top_ids.forEach((id, i) =>
        expect(Math.abs(last[id]! - want.top_logits[i]!), `token ${id}`).toBeLessThan(0.02),
      )
      const [forced, decoded] = full ? [64, 64] : some[name]!
      if (forced) await expectForced(runtime, last, { ids: greedy.ids.slice(0, forced), gaps: greedy.gaps })
      runtime.truncate(input_ids.length)
      if (decoded) await expectDecoded(runtime, last, greedy, decoded)
    },
  )
})
