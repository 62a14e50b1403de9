// Files of a LoRA adapter for a model that lies beside the page, made of a few drawn numbers: strong enough to be seen, small enough to drop.

import type { Page } from '@playwright/test'

export interface GivenFile {
  /** with its folders */
  path: string
  bytes: Uint8Array
}

const rank = 2
/** Where a model has square matrices: the path of one in block i, how many blocks there are, how wide it is. */
const models = {
  storyteller: { at: (i: number) => `model.layers.${i}.self_attn.o_proj`, layers: 4, width: 256 },
  'fill-in': { at: (i: number) => `bert.encoder.layer.${i}.attention.self.value`, layers: 2, width: 64 },
}

/** @param strength of what it adds @param width where it is not its model's: nothing fits */
export function lora(
  folder: string,
  {
    model = 'storyteller',
    strength = 1,
    width = models[model].width,
    seed = 1,
    base = model,
  }: { model?: keyof typeof models; strength?: number; width?: number; seed?: number; base?: string } = {},
): GivenFile[] {
  const { at: place, layers } = models[model]
  let state = seed
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  const tensors = Array.from({ length: layers }, (_, i) => `base_model.model.${place(i)}`).flatMap(
    (module): [string, number[]][] => [
      [`${module}.lora_A.weight`, [rank, width]],
      [`${module}.lora_B.weight`, [width, rank]],
    ],
  )
  const values = tensors.map(([, [rows, cols]]) => Float32Array.from({ length: rows! * cols! }, draw))
  let at = 0
  const header = Object.fromEntries(
    tensors.map(([name, shape], i) => {
      const begin = at
      at += values[i]!.byteLength
      return [name, { dtype: 'F32', shape, data_offsets: [begin, at] }]
    }),
  )
  const text = Buffer.from(JSON.stringify(header).padEnd(2048))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  const config = {
    peft_type: 'LORA',
    r: rank,
    lora_alpha: strength,
    target_modules: [place(0).split('.').at(-1)],
    base_model_name_or_path: base,
    a_word_of_tomorrow: 7,
  }
  return [
    { path: `${folder}/adapter_config.json`, bytes: Buffer.from(JSON.stringify(config)) },
    {
      path: `${folder}/adapter_model.safetensors`,
      bytes: Buffer.concat([length, text, ...values.map((array) => Buffer.from(array.buffer))]),
    },
  ]
}

/** Drops files on the window, each under its path, as the page names what lay in a folder. */
export async function dropFiles(page: Page, files: readonly GivenFile[]): Promise<void> {
  const plain = files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('base64') }))
  await page.evaluate((given) => {
    const data = new DataTransfer()
    for (const { path, text } of given) {
      data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], path))
    }
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
    }
  }, plain)
}
