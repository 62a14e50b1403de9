// What the tables of the bench have in common: medians, numbers in words, which device ran.

export const median = (values) => {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  return sorted.length ? (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 : null
}

export const number = (value, digits = 1) =>
  value === null || value === undefined ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: digits })

export const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`

const why = { asked: 'as asked', measured: 'the faster one in its trial', only: 'no GPU can be used' }

const single = {
  'not-isolated': 'the page is not isolated',
  'no-memory': 'shared memory was refused',
  'no-threads': 'no thread started',
}

/** What a loaded model runs on. @param {{device: object | null, adapter: object | null}} info ModelInfo */
export function deviceWords({ device, adapter }) {
  const kind = device?.kind ?? (adapter ? 'gpu' : 'reference')
  const name =
    kind === 'gpu'
      ? `GPU: ${adapter.vendor} ${adapter.architecture}${adapter.kind === 'software' ? ' (software)' : ''}`
      : kind === 'cpu'
        ? `processor, ${plural(device.threads ?? 1, 'thread')}`
        : 'the plain references, not a fast device'
  const slow = device?.references?.length ? `; on plain references: ${device.references.join(', ')}` : ''
  const alone = kind === 'cpu' && single[device.single] ? `, because ${single[device.single]}` : ''
  const forced = kind === 'gpu' && adapter?.forced?.length ? `, forced to ${adapter.forced.join()}` : ''
  return `${name}${forced}${alone}${device ? `; ${why[device.why]}` : ''}${slow}`
}

/**
 * How more threads compare with fewer: one line of words for each two neighbours.
 * @param runs [{ threads, decodeMs, prefillPerSecond }] in the order asked for
 */
export const scaling = (runs) =>
  runs
    .slice(1)
    .map((run, i) => ({
      name: `${run.threads} threads : ${runs[i].threads}`,
      words: `decode ${number(run.decodeMs / runs[i].decodeMs, 2)} x the time, prefill ${number(run.prefillPerSecond / runs[i].prefillPerSecond, 2)} x the rate`,
    }))
