// What stands in the place of a panel that needs a model here, while a server answers: that nobody sees inside; and of
// the probabilities, what the server itself told.

import { useState } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { glass } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { remoteWords } from '../../i18n/panels/remote.ts'
import { useChat, useModels } from '../../store/index.ts'
import { tokensSaid, type RemoteToken } from '../../store/remote/index.ts'
import { Button } from '../../ui/Button.tsx'
import { lut, type ColorScale } from '../../ui/colors.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Remote.module.css'

export default function Inside({ panel }: { panel: string }) {
  const t = usePanelText(remoteWords)
  const { nav } = useT()
  const last = useChat((s) => s.messages.findLast((one) => one.role === 'assistant'))
  const name = useModels((s) => s.active?.name)
  const tokens = last ? tokensSaid(last.id) : []
  const title = <h1 className="visually-hidden">{nav[panel as keyof typeof nav]}</h1>
  if (panel === 'probabilities' && tokens.length > 0) {
    return (
      <div className={styles.panel} data-testid="remote-probabilities">
        {title}
        <p className={styles.soft}>{t.probabilities.lead(last?.modelName ?? name ?? '')}</p>
        <Tokens tokens={tokens} />
        <p className={styles.soft}>{t.outsideText}</p>
      </div>
    )
  }
  return (
    <>
      {title}
      <Empty
        icon="lens"
        title={t.outside}
        testId="remote-inside"
        actions={
          <Button
            variant="primary"
            onClick={() => {
              location.hash = '#/models'
            }}
          >
            {t.toModels}
          </Button>
        }
      >
        <p>{panel === 'probabilities' ? t.probabilities.none : t.outsideText}</p>
      </Empty>
    </>
  )
}

function Tokens({ tokens }: { tokens: readonly RemoteToken[] }) {
  const t = usePanelText(remoteWords).probabilities
  const { strip } = usePanelText(glass)
  const format = useFormats()
  const scheme = useScheme()
  const [chosen, setChosen] = useState<number | null>(null)
  const at = Math.min(chosen ?? tokens.length - 1, tokens.length - 1)
  const scale: ColorScale = { lut: lut('heat', scheme), min: 0, max: 1 }
  const { text, logprob, top } = tokens[at]!
  // the one that was written may not be among the best
  const rows = top.some((one) => one.text === text) ? top : [...top, { text, logprob, bytes: null }]
  const rest = 1 - rows.reduce((sum, one) => sum + Math.exp(one.logprob), 0)
  const mean = tokens.reduce((sum, one) => sum + one.logprob, 0) / tokens.length
  return (
    <>
      <TokenStrip
        tokens={tokens.map(({ text: shown, bytes }, position) => ({
          position,
          id: position,
          text: shown,
          bytes: bytes ?? [],
          special: false,
          generated: true,
        }))}
        selected={at}
        words={{ ...strip, label: t.strip, token: (n) => t.token(n + 1) }}
        values={tokens.map((one) => Math.exp(one.logprob))}
        scale={scale}
        onSelect={setChosen}
      />
      <p>
        <Legend scale={scale} label={t.legend} format={(value) => format.share(value)} />
      </p>
      <table className={styles.table} data-testid="remote-candidates" data-at={at}>
        <caption>{t.token(at + 1)}</caption>
        <thead>
          <tr>
            <th scope="col">{t.candidate}</th>
            <th scope="col">{t.chance}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one, i) => (
            <tr key={i}>
              <th scope="row">
                <bdi>{tokenLabel(one.text)}</bdi> {one.text === text && <small>{t.chosen}</small>}
              </th>
              <td>
                <span
                  className={styles.bar}
                  aria-hidden="true"
                  style={{ ['--part' as string]: Math.exp(one.logprob) }}
                />
                <output>{format.share(Math.exp(one.logprob))}</output>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.soft}>
        {rest > 0 && t.rest(format.share(rest))} · {t.perplexity(format.number(Math.exp(-mean), 2), tokens.length)}
      </p>
    </>
  )
}
