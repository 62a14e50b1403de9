// How open the choice is: entropy before and after the stages, and how surprising the token that came was.

import { isBlank } from '../../store/rows.ts'
import { useAsk } from '../../store/ask.ts'
import type { SamplingParams, SamplingView } from '../../store/index.ts'
import { drawBars } from '../../ui/bars.ts'
import { Figure } from '../../ui/Figure.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Settings.module.css'
import { bits, keyOf, readPipeline, type Pipeline } from './pipeline.ts'
import { useRun, useSettled } from './run.ts'

/** Tokens that may be listed to say the entropy exactly. */
const max = 8192

export function Entropy({ view, read, params }: { view: SamplingView; read: Pipeline; params: SamplingParams }) {
  const { t, common, info, own, tokens, format, position } = useRun()
  const scheme = useScheme()
  const hidden = read.kept - read.listed
  const key = useSettled(keyOf(params))
  const exact = useAsk(
    !own && hidden > 0 && read.kept <= max ? `entropy ${position} ${key}` : null,
    async (glass) =>
      readPipeline(await glass.sampling(position, JSON.parse(key) as SamplingParams, max), info.vocab).entropy,
  )
  const after = hidden > 0 && exact.fresh && exact.data && key === keyOf(params) ? exact.data : read.entropy
  const number = (nats: number): string => format.number(bits(nats), 2)
  const like = (nats: number): string => format.short(Math.exp(nats))
  const sure = after.to - after.from < 1e-9
  const full = Math.log(info.vocab)
  const token = tokens[view.position]
  // nobody expects a blank
  const chosen = own && token && isBlank(info, token) ? undefined : view.rows.find((row) => row.id === view.chosen)
  return (
    <Figure
      title={t.entropy.title}
      words={common.figure}
      source={info.source}
      testId="entropy"
      files={{
        name: `entropy-${view.position}`,
        of: common.strip.token(view.position),
        numbers: () => ({
          model: info.model,
          settings: params,
          unit: 'nats',
          before: view.entropy,
          after,
          chosen: chosen
            ? {
                id: chosen.id,
                surprise: -chosen.logprob,
                surpriseAfter: chosen.probability > 0 ? -Math.log(chosen.probability) : null,
              }
            : null,
        }),
        array: () => ({ shape: [3], data: Float64Array.of(view.entropy, after.from, after.to) }),
        drawing: () =>
          drawBars(
            null,
            [],
            [
              {
                name: t.entropy.model,
                bars: [{ fraction: view.entropy, value: t.entropy.bits(number(view.entropy)), colour: '--accent' }],
              },
              ...(own
                ? []
                : [
                    {
                      name: t.entropy.left,
                      bars: [
                        {
                          fraction: after.to,
                          value: sure
                            ? t.entropy.bits(number(after.from))
                            : t.entropy.between(number(after.from), number(after.to)),
                          colour: '--accent',
                        },
                      ],
                    },
                  ]),
            ],
            chosen && !own
              ? [`${t.entropy.chosen}: ${t.entropy.bits(number(-chosen.logprob))} ${t.entropy.before}`]
              : [],
            scheme,
          ),
      }}
    >
      <dl className={styles.entropy} data-before={view.entropy} data-after-from={after.from} data-after-to={after.to}>
        <div>
          <dt>{t.entropy.model}</dt>
          <dd>
            <span className={styles.gauge} aria-hidden="true">
              <span style={{ width: `${(view.entropy / full) * 100}%` }} />
            </span>
            {t.entropy.bits(number(view.entropy))}
            <small>{t.entropy.like(like(view.entropy))}</small>
          </dd>
        </div>
        {!own && (
          <div>
            <dt>{t.entropy.left}</dt>
            <dd>
              <span className={styles.gauge} aria-hidden="true">
                <span style={{ width: `${(after.to / full) * 100}%` }} />
              </span>
              {sure ? t.entropy.bits(number(after.from)) : t.entropy.between(number(after.from), number(after.to))}
              <small>
                {sure ? t.entropy.like(like(after.from)) : t.entropy.likeBetween(like(after.from), like(after.to))}
              </small>
            </dd>
          </div>
        )}
        {chosen && (
          <div>
            <dt>{own ? t.own.surprise : t.entropy.chosen}</dt>
            <dd>
              {t.entropy.bits(number(-chosen.logprob))} {!own && t.entropy.before}
              {!own && (
                <small>
                  {chosen.probability > 0
                    ? `${t.entropy.bits(number(Math.max(0, -Math.log(chosen.probability))))} ${t.entropy.after}`
                    : t.entropy.cut}
                </small>
              )}
            </dd>
          </div>
        )}
      </dl>
    </Figure>
  )
}
