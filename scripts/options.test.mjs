// The command line of every script: what --help says, and what a wrong argument is told.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from './setup.mjs'

const scripts = Object.values(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).scripts).flatMap(
  (command) => /^node (scripts\/\S+)$/.exec(command)?.[1] ?? [],
)
const run = (script, ...args) => spawnSync(process.execPath, [path.join(root, script), ...args], { encoding: 'utf8' })

it.each([...scripts, 'scripts/serve.mjs', 'scripts/record.mjs', 'scripts/accuracy.mjs'])(
  '%s --help tells what it does and every option',
  (script) => {
    const { status, stdout, stderr } = run(script, '--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const source = readFileSync(path.join(root, script), 'utf8')
    expect(source.startsWith(`// ${stdout.split('\n')[0]}`)).toBe(true)
    for (const [, name] of source.matchAll(/(?:'([a-z-]+)'|\b([a-z]+)): \{ type: '(?:string|boolean)'/g)) {
      if (name) expect(stdout).toContain(`--${name}`)
    }
  },
)

it.each([
  ['scripts/demo.mjs', ['--sed', '3', 'Hello'], /^Unknown option '--sed'\. Use --help/],
  [
    'scripts/demo.mjs',
    ['--temperature', 'warm', 'Hello'],
    /^--temperature must be a number from 0 to 3, it is "warm"\./,
  ],
  ['scripts/demo.mjs', ['--seed', '-1', 'Hello'], /--seed/],
  ['scripts/demo.mjs', ['--seed=1.5', 'Hello'], /^--seed must be a whole number from 0 to 4294967295, it is "1.5"\./],
  [
    'scripts/demo.mjs',
    ['--device', 'tpu', 'Hello'],
    /^--device is one of auto, gpu, cpu, or what to force of the GPU, such as f32,nosubgroups; it is "tpu"\./,
  ],
  ['scripts/demo.mjs', [], /^Say what to ask/],
  ['scripts/bench.mjs', ['--repeats', '0'], /^--repeats must be a whole number of at least 1, it is "0"\./],
  ['scripts/bench.mjs', ['--threads', '2,8'], /^--threads must be a whole number from 1 to 4, it is "8"\./],
  ['scripts/bench.mjs', ['--threads', '2', '--device', 'gpu'], /^--threads is of the processor/],
  ['scripts/bench.mjs', ['--glass', '--peers'], /^--glass goes with neither/],
  ['scripts/start.mjs', ['--port', '70000'], /^--port must be a whole number from 1 to 65535, it is "70000"\./],
  ['scripts/start.mjs', ['now'], /^Unexpected argument 'now'/],
  ['scripts/model.mjs', ['gpt5'], /^Cannot fetch "gpt5": the models known here are smollm2, smollm2-nf4 and minilm\./],
])('%s %j is refused in words', (script, args, words) => {
  const { status, stderr } = run(script, ...args)
  expect(status).toBe(1)
  expect(stderr).toMatch(words)
  expect(stderr.trim().split('\n').length).toBe(1)
})
