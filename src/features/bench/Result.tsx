// One measurement: who was measured and on what, times beside those of another run, what a token asks of the device,
// memory, and kernels.

import { useState, type ReactNode } from 'react'
import { useFormats, useLang } from '../../i18n/index.tsx'
import { bench as words } from '../../i18n/panels/bench.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { shareOf, useBenchHistory, type BenchResult } from '../../store/bench/index.ts'
import { Button } from '../../ui/Button.tsx'
import { save, toJson } from '../../ui/export.ts'
import { Kernels } from './Kernels.tsx'
import styles from './Panel.module.css'
import { rowsOf, timesAsFast, type Row } from './rows.ts'

/** @param other when the run was measured that this one is compared with */
export function Result({ result, other }: { result: BenchResult; other: number | null }) {
  const t = usePanelText(words)
  const format = useFormats()
  const lang = useLang()
  const then = useBenchHistory((s) => s.runs.find(({ at }) => at === other && at !== result.at) ?? null)
  const { model, device, checked, counts, kernels, memory, traffic, bandwidth } = result
  const share = shareOf(result)
  const needed = traffic.weights + traffic.cache
  return (
    <section className={styles.result} data-testid="bench-result" data-at={result.at} aria-label={t.result(model.name)}>
      <h2>{t.result(model.name)}</h2>
      <Facts
        rows={[
          [t.device, deviceText(result, t)],
          [t.format, model.format],
          [t.checked, t.checkedText(checked)],
          [t.when, new Date(result.at).toLocaleString(lang === 'zh' ? 'zh-CN' : 'en')],
        ]}
        testId="bench-about"
        more={{ 'data-kind': device.kind }}
      />
      <Files result={result} />
      <Times result={result} then={then} />
      <h3>{t.token}</h3>
      <Facts
        rows={Object.entries(counts).flatMap(([name, value]) =>
          value === undefined ? [] : [[t.counts[name as keyof typeof t.counts], format.number(value, 2)]],
        )}
        testId="bench-counts"
      />
      <p className={styles.note}>{t.tokenCaption}</p>
      <h3>{t.memory}</h3>
      <Facts
        testId="bench-memory"
        rows={[
          [t.weights, format.bytes(memory.weights)],
          [t.cache, format.bytes(memory.cache)],
          [t.activations, format.bytes(memory.activations)],
          [
            t.moved(format.number(traffic.context)),
            `${format.bytes(needed + traffic.activations)}: ${t.over(format.number((needed + traffic.activations) / needed, 3))}`,
          ],
          [t.bandwidth, bandwidth === null ? t.bandwidthNone : t.gigabytes(format.short(bandwidth / 1e9))],
          ...(share === null ? [] : ([[t.share, format.share(share)]] as [string, string][])),
        ]}
      />
      <p className={styles.note}>{t.memoryCaption}</p>
      {kernels.map(({ rows, times }) => (
        <Kernels key={rows} rows={rows} times={times} />
      ))}
      <p className={styles.note}>{t.kernelsCaption}</p>
    </section>
  )
}

type Text = (typeof words)['en']

function deviceText({ device: { kind, adapter, software, threads, cores } }: BenchResult, t: Text): string {
  if (kind === 'gpu') return t.devices.gpu(adapter ?? '', software)
  return kind === 'cpu' ? t.devices.cpu(threads ?? 1, cores) : t.devices.reference
}

interface FactsProps {
  rows: readonly (readonly [name: string, value: ReactNode])[]
  testId: string
  more?: Record<`data-${string}`, string>
}

const Facts = ({ rows, testId, more }: FactsProps) => (
  <dl className={styles.facts} data-testid={testId} {...more}>
    {rows.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

function Files({ result }: { result: BenchResult }) {
  const t = usePanelText(words)
  const [copied, setCopied] = useState(false)
  const copy = () =>
    void navigator.clipboard.writeText(toJson(result)).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 2000)
    })
  return (
    <p className={styles.actions}>
      <Button
        icon="download"
        onClick={() => save(`bench-${result.model.name}.json`, toJson(result), 'application/json')}
        data-testid="bench-save"
      >
        {t.save}
      </Button>
      <Button icon={copied ? 'check' : 'copy'} onClick={copy}>
        {copied ? t.copied : t.copy}
      </Button>
    </p>
  )
}

function Times({ result, then }: { result: BenchResult; then: BenchResult | null }) {
  const t = usePanelText(words)
  const format = useFormats()
  const rows = rowsOf(result)
  const others = then && rowsOf(then)
  const text = (unit: Row['unit'], value: number): string =>
    unit === 'ms'
      ? t.ms(format.short(value))
      : unit === 'rate'
        ? t.perSecond(format.short(value))
        : format.duration(value)
  const name = ({ kind, count }: Row): string => {
    switch (kind) {
      case 'decode':
      case 'prefill':
      case 'first':
      case 'compile':
        return t[kind](format.number(count))
      case 'cold':
      case 'warm':
        return t[kind]
      default:
        return t.looks[kind]
    }
  }
  return (
    <>
      <h3>{t.numbers}</h3>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.numbers}>
        <table className={styles.times} data-testid="bench-times">
          <thead>
            <tr>
              <th scope="col">{t.what}</th>
              <th scope="col">{t.now}</th>
              {then && <th scope="col">{t.compared}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const { key, unit, value } = row
              const other = others?.find((one) => one.key === key)
              const ratio = others && timesAsFast(row, others)
              return (
                <tr key={key} data-row={key} data-median={value.median}>
                  <th scope="row">{name(row)}</th>
                  <td>
                    <b>{text(unit, value.median)}</b>
                    {value.min !== value.max && (
                      <small>{t.range(format.short(value.min), format.short(value.max))}</small>
                    )}
                    {row.kind === 'compile' && result.compile && (
                      <small>
                        {t.slowest(
                          result.compile.slowest.label,
                          format.duration(result.compile.slowest.milliseconds / 1000),
                        )}
                      </small>
                    )}
                  </td>
                  {then && (
                    <td data-ratio={ratio ?? undefined}>
                      {other ? text(unit, other.value.median) : '–'}
                      {ratio !== null && <small>{t.faster(format.short(ratio))}</small>}
                    </td>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <p className={styles.note}>{t.caption}</p>
    </>
  )
}
