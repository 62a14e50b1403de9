// The same tokens on both sides: how far the distributions are apart at each, the candidates of one, and the heads.

import { useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { compareWords } from '../../i18n/panels/compare.ts'
import { glass } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { both, useCompare, type Difference } from '../../store/compare/index.ts'
import { useChat } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { lut, type ColorScale } from '../../ui/colors.ts'
import { Legend } from '../../ui/Legend.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Chances } from './Chances.tsx'
import { Heads } from './Heads.tsx'
import styles from './Panel.module.css'

export function Both() {
  const t = usePanelText(compareWords).both
  const { side: names } = usePanelText(compareWords)
  const { a, b, running, of, difference, refused, readBoth } = useCompare()
  const idle = useChat((s) => s.status === 'idle')
  const [layer, setLayer] = useState(0)
  const format = useFormats()
  return (
    <section className={styles.answers} aria-labelledby="compare-both" data-testid="compare-both">
      <h2 id="compare-both">{t.title}</h2>
      <p className={styles.soft}>{t.lead}</p>
      <div className={styles.row}>
        {both.map((side) => (
          <Button
            key={side}
            disabled={!idle || !(side === 'a' ? a : b)?.events.length || (side === 'a' ? a : b)?.prompt === null}
            onClick={() => void readBoth(side, layer)}
            data-testid={`compare-read-${side}`}
          >
            {t.read(names[side])}
          </Button>
        ))}
        <span role="status">{running === 'reading' ? t.reading : ''}</span>
      </div>
      {refused && (
        <Notice tone="info" testId="compare-refused">
          <p>
            {refused.why === 'vocabulary'
              ? t.refused.vocabulary(format.number(refused.id, 0), tokenLabel(refused.a), tokenLabel(refused.b))
              : refused.why === 'width'
                ? t.refused.width(format.number(refused.a, 0), format.number(refused.b, 0))
                : t.refused.writer(refused.name)}
          </p>
        </Notice>
      )}
      {difference && of && (
        <>
          <Apart difference={difference} of={names[of]} />
          <Heads difference={difference} layer={layer} onLayer={setLayer} />
        </>
      )}
    </section>
  )
}

function Apart({ difference, of }: { difference: Difference; of: string }) {
  const t = usePanelText(compareWords)
  const { strip } = usePanelText(glass)
  const format = useFormats()
  const scheme = useScheme()
  const { tokens, from, to, kl, chances } = difference
  const apart = kl ?? chances.map((rows) => Math.max(...rows.map((row) => Math.abs(row.a - row.b))))
  const [chosen, setChosen] = useState<number | null>(null)
  const at = chosen !== null && chosen >= from && chosen < to ? chosen : from + apart.indexOf(Math.max(...apart))
  const finite = apart.filter(Number.isFinite)
  const scale: ColorScale = { lut: lut('heat', scheme), min: 0, max: Math.max(1e-6, ...finite), curve: 'sqrt' }
  const nats = (value: number): string =>
    !Number.isFinite(value) ? '∞' : value > 0 && value < 1e-4 ? value.toExponential(0) : format.number(value, 4)
  const rows = chances[at - from] ?? []
  return (
    <>
      <p className={styles.soft}>
        {kl ? t.both.of(of) : t.both.drawn} {!difference.whole && t.both.part(to - from)}
      </p>
      <TokenStrip
        tokens={tokens.map(({ id, text }, position) => ({
          position,
          id,
          text,
          bytes: [],
          special: false,
          generated: position >= from,
        }))}
        selected={at}
        words={strip}
        values={tokens.map((_, position) => (position < from || position >= to ? null : apart[position - from]!))}
        scale={scale}
        onSelect={setChosen}
        lines={6}
      />
      <p>
        <Legend
          scale={scale}
          label={kl ? t.both.klLegend : t.both.drawnLegend}
          format={kl ? nats : (value) => format.share(value)}
        />
      </p>
      <div className={styles.card} data-testid="compare-place" data-at={at - from} data-kl={kl?.[at - from]}>
        <h3>
          {t.token(at - from + 1)} <bdi>{tokenLabel(tokens[at]?.text ?? '')}</bdi>
        </h3>
        {kl && (
          <p className={styles.soft}>
            {t.both.kl(nats(kl[at - from]!))} · {t.both.mean(nats(kl.reduce((sum, one) => sum + one, 0) / kl.length))}
          </p>
        )}
        <Chances
          rows={rows.map((row) => ({
            ...row,
            text: tokenLabel(row.text),
            note: row.id === tokens[at]?.id ? t.chosen.text : '',
          }))}
          {...(!kl && { titles: { a: t.both.drawnChance(t.side.a), b: t.both.drawnChance(t.side.b) } })}
          subtract
        />
      </div>
    </>
  )
}
