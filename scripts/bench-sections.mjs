// npm run bench prints what the page's own panel measures, by the panel's own code: decode behind texts of several lengths,
// reading, loading, compiling, what looking costs, kernels one by one, memory and its share.
import { number } from './bench-numbers.mjs'

/** Measures in a worker of its own. @param depth quick or full */
export const measureSections = (page, { id, load, depth }) =>
  page.evaluate(
    async ([model, options, much]) => (await globalThis.glassbox.bench()).measureHere(model, options, much),
    [id, load, depth],
  )

const looks = { none: 'nothing kept', listed: '20 best kept', best: '64 best kept', inside: '20 best, activations' }
const spread = ({ median, min, max }, digits = 1) =>
  `${number(median, digits)} (${number(min, digits)}–${number(max, digits)})`

/** Bytes that a token moves in a second, as a share of what memory gives at most; null where that is not known. */
export function shareOf({ bandwidth, traffic, decode }) {
  const at = decode.find(({ context }) => context === traffic.context)
  if (!bandwidth || !at) return null
  return (traffic.weights + traffic.cache + traffic.activations) / (at.ms.min / 1000) / bandwidth
}

/** Rows of [name, value] of one result. */
export function sectionRows(result) {
  const { decode, prefill, firstToken, load, compile, looks: kept, kernels, memory, traffic, bandwidth } = result
  const MiB = (bytes) => `${number(bytes / 2 ** 20)} MiB`
  const share = shareOf(result)
  return [
    ['checked', `read at once and token by token: the same ${result.checked} tokens`],
    ...decode.map(({ context, ms }) => [`decode behind ${context}`, `${spread(ms)} ms`]),
    ...prefill.map(({ tokens, perSecond }) => [`prefill(${tokens})`, `${spread(perSecond)} tokens/s`]),
    [`first token, ${firstToken.tokens}`, `${spread(firstToken.seconds, 3)} s`],
    ['load, fresh worker', `${number(load.cold, 2)} s`],
    ['load again', `${spread(load.warm, 2)} s`],
    ...(compile
      ? [
          [
            'compile',
            `${compile.kernels} pipelines in ${number(compile.seconds, 2)} s, but what a driver leaves for a first launch; the slowest ${compile.slowest.label}, ${number(compile.slowest.milliseconds / 1000, 2)} s`,
          ],
        ]
      : []),
    ...kept.map(({ look, ms }) => [`decode, ${looks[look]}`, `${spread(ms)} ms`]),
    ['memory', `weights ${MiB(memory.weights)}, cache ${MiB(memory.cache)}, activations ${MiB(memory.activations)}`],
    [
      'a token moves',
      `${MiB(traffic.weights + traffic.cache + traffic.activations)} behind ${number(traffic.context, 0)}`,
    ],
    [
      'memory reads at most',
      bandwidth
        ? `${number(bandwidth / 1e9, 2)} GB/s, of which decode reaches ${number(100 * share)} %`
        : 'not measured on the processor',
    ],
    ...kernels.flatMap(({ rows, times }) => [
      [`kernels, ${rows} row${rows === 1 ? '' : 's'}`, ''],
      ...times
        .toSorted((a, b) => b.count * b.microseconds - a.count * a.microseconds)
        .map(({ op, shape, format, count, microseconds }) => [
          `  ${op}`,
          `${shape ? `${shape.join(' x ')} ${format}: ` : ''}${count} x ${number(microseconds, 0)} µs = ${number((count * microseconds) / 1000, 2)} ms`,
        ]),
    ]),
  ]
}
