// npm run golden -- [DIR…] [--device cpu|gpu[,f32,…]|reference|all] [--hardware] [--base DIR]: compares models with the
// logits of their reference implementation.
//
// Every folder below DIR that holds a golden.json is one comparison (default: fixtures/golden). One with an adapter and no
// model takes the model of --base, or the folder that its files name, or the only model beside it.
// One line each: the largest relative difference on the plain references, and on the processor and on the GPU with the
// prompt at once, token by token, and in two chunks. UNRUN says why one cannot run.
// --device cpu is the processor, reference the plain references; all are tried unless one is named.
// The GPU is dawn.node: a real one with --hardware (which may differ more), else Chrome's software driver.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { filesOf, goldens } from './golden-files.mjs'
import { openGpu } from './node-gpu.mjs'
import { readOptions } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem, root } from './setup.mjs'
import { openSources } from './sources.mjs'

/** --device's words and the machines of golden.ts; 'all' are all of them. */
const MACHINES = { cpu: 'processor', gpu: 'gpu', reference: 'reference' }

main(async () => {
  ensureNode()
  const {
    values: { hardware, device, base },
    positionals: dirs,
  } = readOptions(import.meta.url, {
    allowPositionals: true,
    options: {
      hardware: { type: 'boolean', default: false },
      device: { type: 'string', default: 'all' },
      base: { type: 'string' },
    },
  })
  const [place, ...forced] = device.split(',')
  if ((place !== 'all' && !(place in MACHINES)) || (forced.length && place !== 'gpu')) {
    throw new Problem(`--device must be cpu, gpu, gpu,f32,… or reference or all, it is "${device}".`)
  }
  const machines = place === 'all' ? Object.values(MACHINES) : [MACHINES[place]]
  ensureInstall()
  const gpu = machines.includes('gpu') ? await openGpu(import.meta.url, hardware) : null
  const wrong = [...dirs, ...(base ? [base] : [])].find((dir) => !existsSync(dir))
  if (wrong) throw new Problem(`There is no folder "${wrong}".`)
  const found = (dirs.length ? dirs : [path.join(root, 'fixtures', 'golden')]).flatMap((dir) =>
    goldens(path.resolve(dir)),
  )
  if (!found.length) throw new Problem('No golden.json was found there.')
  const vite = await openSources()
  const { runGolden, GOLDEN_TOLERANCE, HARDWARE_TOLERANCE } = await vite.ssrLoadModule('/src/engine/golden.ts')
  if (place === 'gpu' && !gpu) throw new Problem('There is no GPU in Node here.')
  const gpuTolerance = hardware ? HARDWARE_TOLERANCE : GOLDEN_TOLERANCE
  const places = [path.join(root, 'fixtures', 'golden')]
  const count = { pass: 0, fail: 0, unrun: 0 }
  const width = Math.max(...found.map((dir) => path.basename(dir).length))
  for (const dir of found) {
    const name = path.basename(dir)
    const { status, reason, differences } = await Promise.resolve()
      .then(() =>
        runGolden(name, filesOf(dir, { base, places }), { gpu, force: forced.join(), machines, gpuTolerance }),
      )
      .catch((error) => ({
        status: 'fail',
        reason: error instanceof Problem ? error.message : error.stack,
        differences: {},
      }))
    count[status]++
    const numbers = Object.entries(differences)
      .map(([way, value]) => `${way} ${value.toExponential(1)}`)
      .join('   ')
    console.log(
      [status === 'pass' ? 'ok   ' : status.toUpperCase().padEnd(5), name.padEnd(width), numbers, reason]
        .filter(Boolean)
        .join('  '),
    )
  }
  console.log(`${count.pass} passed, ${count.fail} failed${count.unrun ? `, ${count.unrun} unrun` : ''}`)
  // Devices of dawn.node keep the process alive, and closing the server may wait for them.
  process.exit(count.fail || !count.pass ? 1 : 0)
})
