// What bench-peers-gpu.mjs prints: times with their best, ratios, and what a token asks of the GPU on each side.
import { number } from './bench-numbers.mjs'
import { printOps } from './bench-ort-ops.mjs'

/** How many times faster ours is than each of the others: [{ name, decode, prefill }] for each of our formats. */
export function ratios(sides) {
  const names = Object.keys(sides)
  const ours = names.filter((name) => name.startsWith('ours'))
  return ours.flatMap((own) =>
    names
      .filter((name) => !ours.includes(name))
      .map((peer) => ({
        ours: own,
        peer,
        decode: sides[peer].values.decodeMs / sides[own].values.decodeMs,
        prefill: sides[own].values.prefillPerSecond / sides[peer].values.prefillPerSecond,
      })),
  )
}

export function gpuPeersTable(result) {
  const { model, shape, versions, device, chrome, cores, repeats, tokens, promptTokens, sides } = result
  const pairs = ratios(sides)
  const names = [...Object.keys(sides), ...pairs.map(({ ours, peer }) => `${ours} : ${peer}`)]
  const wide = Math.max(26, ...names.map((name) => name.length + 2))
  const line = (name, ...cells) =>
    console.log(`${name.padEnd(wide)}${cells.map((cell) => cell.padEnd(22)).join('')}`.trimEnd())
  const { L, D, H, K, d, F, V } = shape
  line('model', `${model.split(/[\\/]/).at(-1)}: L=${L} D=${D} H=${H} K=${K} d=${d} F=${F} V=${V}`)
  line('machine', `${cores} cores, ${chrome}`)
  line('GPU', device)
  line(
    'peers',
    `onnxruntime-web ${versions.ort} (WebGPU; 4-bit blocks of 32, random weights), @wllama/wllama ${versions.wllama} (processor, ${sides['wllama'].threads} threads; the same GGUF)`,
  )
  line(
    'numbers',
    `medians of ${repeats} rounds in turns, the best in brackets; ${tokens} tokens behind ${promptTokens}`,
  )
  console.log()
  line('', 'decode, ms per token', 'prefill(64), tok/s', 'first token, s', 'load, s')
  for (const [name, { values, best: top, loadSeconds, formats }] of Object.entries(sides)) {
    const cell = (key, digits) => `${number(values[key], digits)} (${number(top[key], digits)})`
    line(
      formats ? `${name.split(',')[0]}, ${formats.linear}` : name,
      cell('decodeMs', 1),
      cell('prefillPerSecond', 1),
      cell('firstTokenSeconds', 2),
      number(loadSeconds),
    )
  }
  console.log()
  for (const { ours, peer, decode, prefill } of pairs) {
    line(`${ours} : ${peer}`, `decode ${number(decode, 2)} x as fast`, `prefill ${number(prefill, 2)} x as fast`)
  }
  console.log()
  line(
    'per decoded token',
    'dispatches',
    'passes',
    'submits',
    'bind groups',
    'buffers',
    'writes',
    'bytes read back',
    'waits',
  )
  for (const [name, { calls }] of Object.entries(sides)) {
    if (!calls) continue
    const keys = ['dispatches', 'passes', 'submits', 'bindGroups', 'buffers', 'writes', 'readBytes', 'waits']
    line(name, ...keys.map((key) => number(calls[key], 1)))
  }
  if (!result.ops) return
  console.log()
  printOps(result.ops)
}
