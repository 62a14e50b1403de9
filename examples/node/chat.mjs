// node chat.mjs FOLDER "question": a model's files in a folder, its answer in the terminal. Computes on the processor.
import { openAsBlob } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { blobSource, loadEngine } from 'glassbox'

const [folder, question = 'Tell me a story about Lily.'] = process.argv.slice(2)
if (!folder) throw new Error('Name a folder with config.json, tokenizer.json and *.safetensors, or with one .gguf.')

const names = (await readdir(folder)).filter((name) => /\.(json|safetensors|gguf|txt|model|jinja)$/.test(name))
const files = new Map()
for (const name of names) files.set(name, blobSource(name, await openAsBlob(path.join(folder, name))))

const engine = await loadEngine({ name: path.basename(folder), files }, { device: 'cpu' })
for await (const event of engine.generate([{ role: 'user', content: question }], { maxTokens: 40, seed: 7 })) {
  if (event.type === 'token') process.stdout.write(event.text)
}
process.stdout.write('\n')
engine.dispose()
