// One answer: its text as it grows, how it ended, what it cost, and how to ask again.

import { lazy, memo, Suspense, useEffect, useState } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { writes } from '../../store/able.ts'
import { useBranches } from '../../store/branches.ts'
import { useEdited } from '../../store/edited.ts'
import { useSeveral } from '../../store/several.ts'
import { recall, tokensOf, useChat, useModels, type Message } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { useColoring } from './coloring.ts'
import { Progress } from '../../ui/Progress.tsx'
import { Fold } from './Fold.tsx'
import { Stats } from './Stats.tsx'
import { withoutThinking } from './thinking.ts'
import styles from './Turn.module.css'
import { Versions } from './Versions.tsx'

const AnswerText = lazy(async () => ({ default: (await import('./AnswerText.tsx')).AnswerText }))
const TokenText = lazy(async () => ({ default: (await import('./TokenText.tsx')).TokenText }))
const Words = lazy(async () => ({ default: (await import('./Words.tsx')).Words }))
const Hints = lazy(async () => ({ default: (await import('./Hints.tsx')).Hints }))
const LeftOut = lazy(() => import('./LeftOut.tsx'))
const Sums = lazy(() => import('./Sums.tsx'))
const ToolCalls = lazy(() => import('./ToolCalls.tsx'))
const CopyAs = lazy(() => import('./CopyAs.tsx'))
const FormNote = lazy(() => import('./FormNote.tsx'))
const Several = lazy(() => import('./Several.tsx'))
const Branches = lazy(async () => ({ default: (await import('./Branches.tsx')).Branches }))

export const AssistantTurn = memo(function AssistantTurn({ message, latest }: { message: Message; latest: boolean }) {
  const t = useT()
  const streaming = message.state === 'streaming' || message.state === 'elsewhere'
  const by = useColoring((s) => s.by)
  const beside = useSeveral((s) => latest && s.first === message.id)
  const [grew, setGrew] = useState(streaming)
  const [copies, setCopies] = useState(false)
  if (streaming && !grew) setGrew(true)
  // the numbers of an answer of an earlier visit are read when they are to be seen
  const wanted = by !== 'off' && !streaming && message.tokens > 0
  useEffect(() => {
    if (wanted) void recall(message.id)
  }, [wanted, message.id])
  const plain = (
    <p className={styles.plain} dir="auto">
      {message.content}
    </p>
  )
  return (
    <article
      className={styles.assistant}
      aria-label={message.modelName ?? t.chat.model}
      aria-busy={streaming}
      data-turn={message.id}
      tabIndex={-1}
    >
      <div
        className={styles.answer}
        data-testid="message-assistant"
        data-streaming={streaming}
        data-finish={message.finish}
      >
        {beside && (
          <Suspense fallback={plain}>
            <Several message={message} />
          </Suspense>
        )}
        {!beside && (message.content !== '' || message.tokens > 0) && (
          <Suspense fallback={plain}>
            <Fold text={message.content} open={grew}>
              {() =>
                by !== 'off' && tokensOf(message.id).length > 0 ? (
                  <TokenText message={message} by={by} />
                ) : (
                  <Words message={message}>
                    <AnswerText message={message} streaming={streaming} />
                  </Words>
                )
              }
            </Fold>
          </Suspense>
        )}
        {message.state === 'streaming' && message.content === '' && <Reading />}
      </div>
      {!streaming && message.tokens > 0 && (
        <Suspense>
          <Sums message={message} />
        </Suspense>
      )}
      {message.calls && message.calls.length > 0 && (
        <Suspense>
          <ToolCalls message={message} />
        </Suspense>
      )}
      <Edited edits={message.edits} />
      <Adapted adapters={message.adapters} />
      {message.form && (
        <Suspense>
          <FormNote form={message.form} fits={message.fits} />
        </Suspense>
      )}
      {message.left !== undefined && (
        <Suspense>
          <LeftOut message={message} />
        </Suspense>
      )}
      <Ending message={message} />
      {latest && !streaming && (
        <Suspense>
          <Branches message={message} />
        </Suspense>
      )}
      <footer className={styles.foot}>
        <Versions message={message} />
        <Stats message={message} latest={latest} />
        {!streaming && <Actions message={message} latest={latest} copies={copies} onCopies={setCopies} />}
      </footer>
      {copies && (
        <Suspense>
          <CopyAs message={message} />
        </Suspense>
      )}
      {latest && !streaming && message.tokens > 0 && (
        <Suspense>
          <Hints message={message} />
        </Suspense>
      )}
    </article>
  )
})

/** An answer of a changed model is marked for good. */
function Edited({ edits = 0 }: { edits?: number | undefined }) {
  const t = usePanelText(chatWords)
  return edits === 0 ? null : (
    <p className={styles.edited} title={t.editedHint} data-testid="edited-mark">
      ✎ {t.edited(edits)}
    </p>
  )
}

/** So is one that adapters had a part in. */
function Adapted({ adapters }: Pick<Message, 'adapters'>) {
  const t = usePanelText(chatWords)
  return !adapters?.length ? null : (
    <p className={styles.edited} title={t.adaptedHint} data-testid="adapted-mark">
      ⊕ {t.adapted(adapters.map(({ name, scale }) => ({ name: plainName(name), scale })))}
    </p>
  )
}

function Reading() {
  const t = useT()
  const prompt = useChat((s) => (s.live ? s.live.promptTokens - s.live.reusedTokens : 0))
  const read = useChat((s) => (s.live ? s.live.readTokens - s.live.reusedTokens : 0))
  const changing = useEdited((s) => s.changing > 0)
  const words = usePanelText(chatWords)
  if (prompt === 0) {
    return (
      <p className={styles.reading} data-testid="starting">
        {changing ? words.changing : t.chat.starting}
      </p>
    )
  }
  return (
    <div className={styles.readingBar} data-testid="reading" data-done={read} data-total={prompt}>
      <Progress
        label={t.chat.reading(prompt)}
        value={read}
        total={prompt}
        start={t.chat.reading(prompt)}
        end={read > 0 ? t.chat.readOf(read, prompt) : undefined}
      />
    </div>
  )
}

/** Why it stopped, when that was not the model's own choice. */
function Ending({ message }: { message: Message }) {
  const t = useT()
  const explain = useExplain()
  const words = usePanelText(chatWords)
  if (message.state === 'elsewhere') {
    return (
      <p className={styles.ending} role="status" data-testid="elsewhere">
        {words.elsewhere}
      </p>
    )
  }
  if (message.error) {
    return (
      <ErrorNote
        {...explain(message.error)}
        code={message.error.code}
        message={message.error.message}
        details={t.app.details}
      />
    )
  }
  const why =
    message.state === 'stopped' || message.finish === 'aborted'
      ? t.chat.finish.aborted
      : message.finish === 'length'
        ? t.chat.finish.length
        : message.finish === 'context'
          ? t.chat.finish.context
          : message.finish === 'dead-end'
            ? t.chat.finish.deadEnd
            : undefined
  return (
    <>
      {why !== undefined && <p className={styles.ending}>{why}</p>}
      {message.notice && (
        <p className={styles.ending} data-testid="template-notice">
          {t.chat.builtinFormat(
            message.notice.error ? explain(message.notice.error).text : t.chat.noTemplate,
            message.notice.format,
          )}
        </p>
      )}
    </>
  )
}

interface ActionsProps {
  message: Message
  latest: boolean
  /** the other ways to copy it are shown */
  copies: boolean
  onCopies: (shown: boolean) => void
}
function Actions({ message, latest, copies, onCopies }: ActionsProps) {
  const t = useT()
  const [copied, setCopied] = useState(false)
  const words = usePanelText(chatWords)
  const tokens = usePanelText(tokenWords)
  const regenerate = useChat((s) => s.regenerate)
  const { several, remove } = useBranches()
  const idle = useChat((s) => s.status === 'idle')
  const opening = useEdited((s) => s.opening)
  const ready = useModels(writes)
  const copy = () =>
    void navigator.clipboard.writeText(withoutThinking(message.content, message.thinks === true)).then(
      () => {
        setCopied(true)
        setTimeout(() => setCopied(false), 1500)
      },
      () => setCopied(false),
    )
  return (
    <div className={`${styles.actions} ${latest ? styles.shown : ''}`}>
      <Button
        variant="quiet"
        icon={copied ? 'check' : 'copy'}
        label={copied ? t.chat.copied : t.chat.copy}
        onClick={copy}
      />
      <Button
        variant="quiet"
        icon="list"
        label={tokens.copyAs.title}
        aria-expanded={copies}
        data-testid="open-copy-as"
        onClick={() => onCopies(!copies)}
      />
      {latest && (
        <Button
          variant="quiet"
          icon="retry"
          label={t.chat.regenerate}
          data-testid="regenerate"
          disabled={!idle || !ready || opening}
          onClick={() => void regenerate()}
        />
      )}
      {latest && (
        <Button
          variant="quiet"
          icon="table"
          label={words.several.write}
          data-testid="write-several"
          disabled={!idle || !ready || opening}
          onClick={() => void several(4)}
        />
      )}
      <Button
        variant="quiet"
        icon="trash"
        label={words.removeMessage}
        data-testid="remove-message"
        disabled={!idle}
        onClick={() => void remove(message.id)}
      />
    </div>
  )
}
