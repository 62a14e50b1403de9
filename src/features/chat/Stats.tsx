// What an answer cost: tokens read (prefill) and written (decode), and how fast each went.

import { useFormats, useT } from '../../i18n/index.tsx'
import { useChat, useModels, type Message } from '../../store/index.ts'
import styles from './Turn.module.css'
import { Name } from '../../ui/Name.tsx'

/** Only the latest answer carries the test ids, so that scripts find one. */
export function Stats({ message, latest }: { message: Message; latest: boolean }) {
  const t = useT()
  const format = useFormats()
  const current = useModels((s) => s.active?.name)
  if (message.state === 'streaming') return <Live />
  if (message.state === 'elsewhere') return null
  const { stats } = message
  if (!stats) return null
  const speed = (rate: number | null) => (rate === null ? '' : ` · ${t.chat.speed(format.short(rate))}`)
  return (
    <dl className={styles.stats}>
      <div title={t.chat.prefillHint}>
        <dt>{t.chat.prefill}</dt>
        <dd data-testid={latest ? 'stats-prefill' : undefined}>
          {t.chat.tokens(stats.promptTokens - stats.reusedTokens)}
          {stats.reusedTokens > 0 && ` + ${t.chat.reused(stats.reusedTokens)}`}
          {speed(stats.prefillPerSecond)}
        </dd>
      </div>
      <div title={t.chat.decodeHint}>
        <dt>{t.chat.decode}</dt>
        <dd data-testid={latest ? 'stats-decode' : undefined}>
          {t.chat.tokens(stats.generatedTokens)}
          {speed(stats.decodePerSecond)}
        </dd>
      </div>
      {stats.drafted > 0 && (
        <div title={t.chat.guessedHint}>
          <dt>{t.chat.guessed}</dt>
          <dd data-testid={latest ? 'stats-guessed' : undefined}>{t.chat.guesses(stats.accepted, stats.drafted)}</dd>
        </div>
      )}
      {message.seed !== undefined && (
        <div title={t.chat.seedHint}>
          <dt>{t.chat.seed}</dt>
          <dd>{message.seed}</dd>
        </div>
      )}
      {message.modelName !== undefined && message.modelName !== current && (
        <div>
          <dt>{t.chat.model}</dt>
          <dd>
            <Name>{message.modelName}</Name>
          </dd>
        </div>
      )}
    </dl>
  )
}

function Live() {
  const t = useT()
  const format = useFormats()
  const live = useChat((s) => s.live)
  if (!live || live.tokens === 0) return null
  return (
    <dl className={styles.stats}>
      <div>
        <dt>{t.chat.decode}</dt>
        <dd>
          {t.chat.tokens(live.tokens)}
          {live.tokensPerSecond > 0 && ` · ${t.chat.speed(format.short(live.tokensPerSecond))}`}
        </dd>
      </div>
    </dl>
  )
}
