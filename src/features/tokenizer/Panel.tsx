// The tokenizer laid open: a text's way to ids, each word step by step, two tokenizers side by side, special tokens and
// the chat frame, and the whole vocabulary. Needs a loaded model, but no run.

import { useCallback, useEffect, useId } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { useModels } from '../../store/index.ts'
import { useTokenizerText } from '../../store/lessons/typed.ts'
import { useWishes, type Wish } from '../../store/lessons/wish.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { Compare } from './Compare.tsx'
import styles from './Panel.module.css'
import { Special } from './Special.tsx'
import { Steps } from './Steps.tsx'
import { useDropped } from './useDropped.ts'
import { useLab } from './useLab.ts'
import { useView } from './view.ts'
import { Vocabulary } from './Vocabulary.tsx'
import { Way } from './Way.tsx'

export function Panel() {
  const t = usePanelText(common)
  const active = useModels((s) => s.active)
  if (active?.state === 'loading') {
    return (
      <Empty title={t.wait.loading} busy testId="tokenizer-wait">
        <p>{t.wait.loadingText}</p>
      </Empty>
    )
  }
  if (active?.state !== 'ready') {
    return (
      <Empty
        icon="tokenizer"
        title={t.wait.noModel}
        testId="tokenizer-wait"
        actions={
          <Button
            variant="primary"
            onClick={() => {
              location.hash = '#/models'
            }}
          >
            {t.wait.models}
          </Button>
        }
      >
        <p>{t.wait.noModelText}</p>
      </Empty>
    )
  }
  return <Body key={active.id} name={active.name} model={active.id} />
}

function Body({ name, model }: { name: string; model: string }) {
  const t = usePanelText(words)
  const c = usePanelText(common)
  const explainError = useExplain()
  const format = useFormats()
  const id = useId()
  const { which: wanted, word, other, set } = useView()
  const typed = useTokenizerText((s) => s.text)
  const text = typed ?? t.sample
  const which = other ? wanted : 'loaded'
  const whose = which === 'loaded' ? model : `other ${other!.serial}`
  const dropped = useDropped()
  const { takeNamed } = dropped
  useWishes(
    'tokenizer',
    true,
    useCallback(({ view }: Wish) => void takeNamed(view ?? null), [takeNamed]),
  )
  const facts = useLab(`facts ${model}`, (lab) => lab.facts('loaded'))
  const explained = useLab(`explain ${whose} ${text}`, async (lab) => ({
    words: await lab.explain(which, text),
    text,
    whose,
  }))
  const shownFacts = which === 'loaded' ? facts.data : other!.facts
  useEffect(() => {
    set({ word: null, step: Number.MAX_SAFE_INTEGER, token: null })
  }, [whose, set])
  // the word and the step were of the text before
  useEffect(() => {
    set({ word: null, step: Number.MAX_SAFE_INTEGER })
  }, [text, set])
  const error = facts.error ?? explained.error
  // what is on screen belongs to one text and one tokenizer, which may still be the ones before
  const shown = explained.data?.whose === whose ? explained.data : null
  const list = shown?.words.words ?? []
  const at =
    word !== null
      ? Math.min(word, Math.max(0, list.length - 1))
      : Math.max(
          0,
          list.findIndex((w) => w.ids.length > 1 && (w.steps.length > 2 || w.how !== 'bpe')),
        )
  return (
    <div className={styles.panel} data-testid="tokenizer-panel" data-ready={explained.fresh && facts.fresh}>
      <header className={styles.intro}>
        <h1>{t.title}</h1>
        <p>{t.lead}</p>
      </header>
      <div className={styles.input}>
        <label htmlFor={id}>{t.text}</label>
        <textarea
          id={id}
          rows={2}
          value={text}
          spellCheck={false}
          data-testid="tokenizer-text"
          maxLength={4000}
          onChange={(event) => useTokenizerText.setState({ text: event.target.value })}
        />
        <p className={styles.samples}>
          <span>{t.samples}</span>
          {t.examples.map((e) => (
            <button key={e.name} type="button" onClick={() => useTokenizerText.setState({ text: e.text })}>
              {e.name}
            </button>
          ))}
          <small>{t.textHint([...text].length)}</small>
        </p>
        {other && (
          <Segmented
            label={t.which.label}
            value={which}
            onChange={(next) => set({ which: next })}
            testId="tokenizer-which"
            options={[
              { value: 'loaded', text: t.which.loaded(name) },
              { value: 'other', text: t.which.other(other.name) },
            ]}
          />
        )}
      </div>
      {error && (
        <ErrorNote {...explainError(error)} code={error.code} message={error.message} details={c.wait.details} />
      )}
      {shown && shownFacts ? (
        <>
          <Way explained={shown.words} facts={shownFacts} text={shown.text} word={at} stale={!explained.fresh} />
          {explained.fresh && list[at] && (
            <Steps key={shown.text} word={list[at]} facts={shownFacts} which={which} whose={whose} />
          )}
        </>
      ) : (
        !error && <p className={styles.wait}>{t.wait}</p>
      )}
      <div className={styles.pair}>
        <Compare text={text} name={name} model={model} dropped={dropped} format={format} />
        {shownFacts && <Special facts={shownFacts} text={text} which={which} model={model} />}
      </div>
      {shownFacts && <Vocabulary facts={shownFacts} which={which} whose={whose} />}
    </div>
  )
}
