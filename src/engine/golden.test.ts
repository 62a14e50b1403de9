// Every folder of fixtures/golden against the logits of its reference implementation, on the plain references, on the
// processor and on the GPU (whole, one by one, two chunks); and proof that the comparison can fail. GLASSBOX_FULL=1 adds what is
// dear and compared otherwise: on the GPU a GGUF file of a model that runs there from its makers' files, and the end of a long text.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { namesIn } from './formats/testing.ts'
import { GOLDEN_TOLERANCE, HARDWARE_TOLERANCE, WHOLE_ONLY, runGolden } from './golden.ts'
import { allGoldens, goldens, pending } from './testing/goldens.ts'
import { noGpuReason } from './testing/gpu.ts'
import { sharedGpu } from './testing/shared-gpu.ts'

const folder = 'fixtures/golden'
const filesOf = (name: string): Map<string, Uint8Array> =>
  new Map(namesIn(`${folder}/${name}`).map((file) => [file, new Uint8Array(readFileSync(`${folder}/${name}/${file}`))]))
const gpu = await sharedGpu()
/** their text outgrows the trained length: piece by piece has other angles (model/configs.test.ts compares those) */
const growing = new Set(['llama_dynamic', 'phi3_longrope', 'phi3_gguf', 'phi3_odd'])
const ways = ['whole', 'one by one', 'two chunks']
const full = Boolean(process.env['GLASSBOX_FULL'])
/**
 * Read, a GGUF file is the same plan with weights in other formats. That it is read right the references and the processor say;
 * formats on the GPU are those of ops/kernels.test.ts, and here of gguf_q4_0 and others that have no twin.
 */
const hasTwin = (name: string): boolean => name.endsWith('_gguf') && goldens.includes(name.slice(0, -'_gguf'.length))
/** Long beyond a tile is enough for one in f16, whose 200 tokens take as long as ten other models; falcon_rw_odd reads 270. */
const TOKENS: Readonly<Record<string, number>> = { llama_f16: 65 }

/** The same golden of a text's first tokens: none sees those behind it. */
function shortened(name: string, files: Map<string, Uint8Array>): Map<string, Uint8Array> {
  const count = full ? undefined : TOKENS[name]
  if (count === undefined) return files
  const { inputs, positions, logits } = JSON.parse(new TextDecoder().decode(files.get('golden.json'))) as {
    inputs: { input_ids: number[][] }
    positions: number[]
    logits: number[][]
  }
  const kept = positions.filter((at) => at < count)
  const short = {
    inputs: { input_ids: inputs.input_ids.map((ids) => ids.slice(0, count)) },
    positions: kept,
    logits: logits.slice(0, kept.length),
  }
  expect(kept.at(-1)).toBe(count - 1)
  return new Map([...files, ['golden.json', new TextEncoder().encode(JSON.stringify(short))]])
}

describe('models against their references', () => {
  test('the families are all there', () => {
    expect(goldens).toEqual(
      expect.arrayContaining([
        'llama',
        'llama_bias_tied',
        'llama3rope',
        'llama_linear',
        'llama_dynamic',
        'llama_yarn',
        'mistral_swa',
        'qwen2',
        'qwen2_swa',
        'qwen3',
        'llama_odd',
        'llama_f16',
        'llama_nf4',
        'llama_sharded',
        'gguf_q4_1',
        'bert',
      ]),
    )
  })

  test.for(goldens)('%s', { timeout: 120_000 }, async (name, { skip }) => {
    const onGpu = gpu !== null && (full || !hasTwin(name))
    const { status, reason, differences } = await runGolden(name, shortened(name, filesOf(name)), {
      gpu,
      machines: ['reference', 'processor', ...(onGpu ? (['gpu'] as const) : [])],
    })
    expect({ status, ...(status !== 'pass' && { reason, differences }) }).toEqual({ status: 'pass' })
    const parts = (machine: string): string[] =>
      Object.keys(differences).flatMap((way) => (way.startsWith(`${machine} `) ? way.slice(machine.length + 1) : []))
    // what is read whole has its labels beside its states
    const whole = reason?.includes(WHOLE_ONLY)
    expect(parts('reference')[0]).toBe('whole')
    if (!whole) expect(parts('reference')).toEqual(['whole'])
    for (const machine of ['processor', ...(onGpu ? ['gpu'] : [])]) {
      expect(parts(machine)).toEqual(whole ? parts('reference') : growing.has(name) ? ways.slice(0, 1) : ways)
    }
    for (const way in differences) expect(differences[way], way).toBeLessThanOrEqual(GOLDEN_TOLERANCE)
    if (!gpu) skip(`UNRUN on the GPU (the references and the processor agree): ${noGpuReason}`)
  })
})

describe('models of families to come', () => {
  test('the list names folders', () => {
    expect(pending.filter((name) => !allGoldens.includes(name))).toEqual([])
  })
  test.for(pending)('%s is UNRUN, and left the list if it is not', async (name, { skip }) => {
    const { status, reason } = await runGolden(name, filesOf(name), { gpu: null, machines: ['reference'] })
    expect({ status, reason }).toMatchObject({ status: 'unrun' })
    skip(`UNRUN: ${reason}`)
  })
})

describe('the comparison itself', () => {
  const change = (name: string, edit: (files: Map<string, Uint8Array>) => void) => {
    const files = filesOf(name)
    edit(files)
    return runGolden(name, files, { gpu: null, machines: ['reference', 'processor'] })
  }
  const config = (files: Map<string, Uint8Array>, values: object): void => {
    const before = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as object
    files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...before, ...values })))
  }

  test('one wrong weight fails it', async () => {
    const { status, reason } = await change('llama', (files) => {
      const bytes = files.get('model.safetensors')!.slice()
      new DataView(bytes.buffer).setFloat32(bytes.length - 4 * 2000, 3, true)
      files.set('model.safetensors', bytes)
    })
    expect(status).toBe('fail')
    for (const way of ['reference whole', 'processor whole', 'processor one by one']) expect(reason).toContain(way)
  })
  test('NaN is no small difference', async () => {
    const { status } = await change('llama', (files) => {
      const bytes = files.get('model.safetensors')!.slice()
      new DataView(bytes.buffer).setFloat32(bytes.length - 4 * 2000, NaN, true)
      files.set('model.safetensors', bytes)
    })
    expect(status).toBe('fail')
  })
  test('a wrong rope base fails it', async () => {
    expect(
      (
        await change('llama', (files) =>
          config(files, { rope_theta: 20000, rope_parameters: null, rope_scaling: null }),
        )
      ).status,
    ).toBe('fail')
  })
  test('an eps of 2e-5 where the file says 1e-6 fails it', async () => {
    const { status, reason, differences } = await change('qwen3', (files) => config(files, { rms_norm_eps: 2e-5 }))
    expect(status).toBe('fail')
    expect(reason).toContain('reference whole (0.00001)')
    // what a real GPU may differ by would let it through
    expect(differences['reference whole']).toBeLessThan(HARDWARE_TOLERANCE)
  })
  test('an unknown family and an adapter are UNRUN, with the reason', async () => {
    const family = await change('llama', (files) => config(files, { model_type: 'mystery' }))
    expect(family.status).toBe('unrun')
    expect(family.reason).toContain('"mystery"')
    const adapter = await change('llama', (files) => files.set('adapter_config.json', new Uint8Array()))
    expect(adapter.status).toBe('unrun')
    expect(adapter.reason).toContain('adapter')
  })
  test('a golden without logits is UNRUN', async () => {
    expect(
      (await change('llama', (files) => files.set('golden.json', new TextEncoder().encode('{"input_ids":[1]}'))))
        .status,
    ).toBe('unrun')
  })
})
