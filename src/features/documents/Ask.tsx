// A question, what it finds with the place in both searches, and the model's answer with what is checked of it.

import { useFormats, useLang } from '../../i18n/index.tsx'
import { documentWords } from '../../i18n/panels/documents.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useModels, type FoundChunk } from '../../store/index.ts'
import { longest, useDocuments, type AnswerKind, type Answered } from '../../store/documents/index.ts'
import { thatDo, useStoredKinds } from '../../store/stored-kinds.ts'
import { Button } from '../../ui/Button.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { Progress } from '../../ui/Progress.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { Indexes } from './Indexes.tsx'
import styles from './Panel.module.css'

export function Ask() {
  const t = usePanelText(documentWords)
  const { question, searching, found, answer, setQuestion, search } = useDocuments()
  return (
    <section className={styles.ask} aria-labelledby="documents-ask">
      <h2 id="documents-ask" className="visually-hidden">
        {t.question}
      </h2>
      <form
        className={styles.question}
        onSubmit={(event) => {
          event.preventDefault()
          void search()
        }}
      >
        <label>
          {t.question}
          <input
            type="text"
            value={question}
            maxLength={2000}
            onChange={(event) => setQuestion(event.target.value)}
            data-testid="documents-question"
          />
        </label>
        <Button type="submit" variant="primary" disabled={searching || question.trim() === ''}>
          {searching ? t.searching : t.search}
        </Button>
      </form>
      {found && (
        <div className={styles.found} data-testid="documents-found" data-question={found.question}>
          <h3>{t.hits(found.question)}</h3>
          {found.hits.length === 0 ? (
            <p role="status">{t.nothing}</p>
          ) : (
            <>
              <Hits hits={found.hits} asked={found.meaning?.state === 'ready'} />
              {found.meaning?.state === 'ready' && <Indexes />}
              <Asking />
            </>
          )}
        </div>
      )}
      {answer && <Answer answer={answer} />}
    </section>
  )
}

/** @param asked searched by meaning, too */
export function Hits({ hits, asked }: { hits: readonly FoundChunk[]; asked: boolean }) {
  const t = usePanelText(documentWords)
  return (
    <>
      {hits.every(({ words }) => words === null) && <p role="status">{t.noWord}</p>}
      <ol className={styles.hits}>
        {hits.map((hit, i) => (
          <li key={`${hit.document} ${hit.chunk}`}>
            <Hit hit={hit} number={i + 1} asked={asked} />
          </li>
        ))}
      </ol>
    </>
  )
}

function Hit({ hit, number, asked }: { hit: FoundChunk; number: number; asked: boolean }) {
  const t = usePanelText(documentWords)
  const { show } = useDocuments()
  const format = useFormats()
  const { document, name, path, text, words, meaning, start, end, hash } = hit
  const rank = (place: FoundChunk['words']): string => (place ? t.rankOf(place.rank) : t.rank.not)
  return (
    <article className={styles.hit} data-testid="documents-hit">
      <header>
        <strong>{t.passage(number)}</strong>
        <bdi>{[plainName(name), ...path].join(' · ')}</bdi>
      </header>
      <blockquote>{text}</blockquote>
      <footer>
        <span>
          {t.rank.words}
          {rank(words)} · {t.rank.meaning}
          {asked ? rank(meaning) : t.rank.unasked}
          {asked && meaning && t.likeness(format.number(meaning.score, 2))}
        </span>
        <Button variant="quiet" icon="lens" onClick={() => void show(document, { start, end, hash })}>
          {t.show}
        </Button>
      </footer>
    </article>
  )
}

function Asking() {
  const t = usePanelText(documentWords)
  const lang = useLang()
  const { answer, kind, writer, bringing, setKind, ask, stop } = useDocuments()
  useModels((s) => s.active)
  useModels((s) => s.stored)
  useStoredKinds()
  const writers = thatDo('generate')
  // the loaded one; else the one that wrote last
  const model = writers.find(({ id }) => id === writer) ?? writers[0]
  const loaded = useModels(({ active }) => active?.state === 'ready' && active.info?.does.includes('generate') === true)
  const idle = useChat((s) => s.status === 'idle')
  const writing = answer?.state === 'writing'
  return (
    <div className={styles.asking}>
      <Segmented<AnswerKind>
        label={t.kind}
        quiet={false}
        value={kind}
        onChange={setKind}
        options={(['quote', 'own', 'plain'] as const).map((value) => ({
          value,
          text: t.kinds[value],
          disabled: writing,
        }))}
        testId="documents-kind"
      />
      <p className={styles.note}>{t.kindHints[kind]}</p>
      <div className={styles.actions}>
        {writing ? (
          <Button icon="stop" onClick={stop}>
            {t.stop}
          </Button>
        ) : (
          <Button
            variant="primary"
            icon="chat"
            disabled={(!loaded && !model) || !idle || bringing !== null}
            onClick={() => void ask(lang, loaded ? undefined : model?.id)}
            data-testid="documents-answer"
          >
            {loaded || !model ? t.answer : t.answerWith(model.name)}
          </Button>
        )}
        {!loaded && !model && <span className={styles.note}>{t.noWriter}</span>}
        {loaded && !idle && !writing && <span className={styles.note}>{t.busy}</span>}
      </div>
    </div>
  )
}

/** Which model is on its way. */
export function Bringing() {
  const t = usePanelText(documentWords)
  const { bringing, stopBringing } = useDocuments()
  const active = useModels((s) => s.active)
  if (bringing === null || active?.state !== 'loading') return null
  const { progress } = active
  return (
    <div className={styles.making} data-testid="documents-bringing">
      <Progress
        label={t.bringing(active.name)}
        value={progress?.loaded ?? 0}
        total={progress?.total || null}
        start={t.bringing(active.name)}
      />
      <Button icon="stop" onClick={stopBringing}>
        {t.stop}
      </Button>
    </div>
  )
}

interface CitedProps {
  text: string
  /** passages that it was given: a higher number leads nowhere */
  most: number
  open: (number: number, at: number) => void
}

/** An answer whose numbers of passages lead to them. */
function Cited({ text, most, open }: CitedProps) {
  const t = usePanelText(documentWords)
  let at = 0
  return text.split(/(\[\d+\])/).map((piece, i) => {
    const from = at
    at += piece.length
    const number = i % 2 === 1 ? Number(piece.slice(1, -1)) : 0
    if (number < 1 || number > most) return piece
    return (
      <button
        key={from}
        type="button"
        className={styles.link}
        title={t.citeOpens(number)}
        onClick={() => open(number, from)}
      >
        {piece}
      </button>
    )
  })
}

export function Answer({ answer }: { answer: Answered }) {
  const t = usePanelText(documentWords)
  const format = useFormats()
  const { show, compare } = useDocuments()
  const { state, text, passages, left, checked, looks, looking, likeness } = answer
  useModels((s) => s.active)
  const embeds = thatDo('embed').length > 0
  /** @param quote a part of the passage alone */
  const open = (number: number, quote?: { start: number; end: number } | null): void => {
    const hit = passages[number - 1]
    if (!hit) return
    const { start, end } = hit
    const place = quote ? { start: start + quote.start, end: Math.min(end, start + quote.end) } : { start, end }
    void show(hit.document, { ...place, hash: hit.hash })
  }
  /** @param at where its number stands in the answer */
  const openAt = (number: number, at: number): void => {
    const sentence = checked.find(({ start, end }) => start <= at && at < end)
    open(number, sentence?.support?.number === number ? sentence.quote : null)
  }
  return (
    <section
      className={styles.answer}
      aria-labelledby="documents-answered"
      data-testid="documents-answered"
      data-state={state}
    >
      <h3 id="documents-answered">{t.answerTitle}</h3>
      <p className={styles.note} data-testid="documents-given">
        {t.given(passages.length, left?.of ?? passages.length)}{' '}
        {left &&
          (left.why === 'room' ? t.left.room(format.number(left.context), format.number(longest)) : t.left[left.why])}
      </p>
      <p className={styles.text} data-testid="documents-text" aria-busy={state === 'writing'}>
        {text ? <Cited text={text} most={passages.length} open={openAt} /> : state === 'writing' ? t.writing : ''}
      </p>
      {state === 'stopped' && <p className={styles.note}>{t.stopped}</p>}
      {state === 'done' && (
        <>
          <h4>{t.check.title}</h4>
          <ul className={styles.checks} data-testid="documents-checks">
            {checked.map(({ start, end, cites, support, quote }, row) => (
              <li key={start} data-carried={support ? (support.share >= 0.6 ? 'yes' : 'partly') : 'no'}>
                <q>{text.slice(start, end)}</q>
                <ul>
                  {cites.length === 0 && <li>{t.check.uncited}</li>}
                  {cites.map(({ number, offered }, i) => (
                    <li key={i} data-bad={!offered}>
                      {offered ? (
                        <button
                          type="button"
                          className={styles.link}
                          onClick={() => open(number, number === support?.number ? quote : null)}
                          data-testid="documents-cite"
                        >
                          {t.check.cited(number)}
                        </button>
                      ) : (
                        t.check.bad(number)
                      )}
                    </li>
                  ))}
                  <li>
                    {support ? (
                      <button type="button" className={styles.link} onClick={() => open(support.number, quote)}>
                        {quote
                          ? t.check.quoted(support.number)
                          : t.check.carried(format.percent(support.share), support.number)}
                      </button>
                    ) : (
                      t.check.notCarried
                    )}
                  </li>
                  {[...new Set([...cites.map(({ number }) => number), ...(support ? [support.number] : [])])].map(
                    (n) => {
                      const cosine = likeness?.[row]?.[n - 1]
                      return typeof cosine === 'number' ? (
                        <li key={`cosine ${n}`} data-cosine={cosine}>
                          {t.check.cosine(format.number(cosine, 2), n)}
                        </li>
                      ) : null
                    },
                  )}
                </ul>
              </li>
            ))}
          </ul>
          <p className={styles.note}>{likeness ? t.check.cosineHint : t.check.words}</p>
          {embeds && likeness === null && checked.length > 0 && (
            <Button icon="lens" onClick={() => void compare()} data-testid="documents-compare">
              {t.check.compare}
            </Button>
          )}
          {looking && (
            <Progress
              label={t.looking}
              value={looking.done}
              total={looking.layers}
              start={t.looking}
              end={t.lookingOf(format.number(looking.done), format.number(looking.layers))}
            />
          )}
          {looks && (
            <>
              <h4>{t.looks}</h4>
              <ul className={styles.looks} data-testid="documents-looks">
                {looks.map((share, i) =>
                  share === null ? null : (
                    <li key={i} data-share={share}>
                      {t.looksOf(format.percent(share), i + 1)}
                      <span className={styles.bar} style={{ inlineSize: `${100 * share}%` }} />
                    </li>
                  ),
                )}
              </ul>
              <p className={styles.note}>{t.looksHint}</p>
            </>
          )}
        </>
      )}
    </section>
  )
}
