// Two tokenizers on the same text: how many tokens each needs, and how each cuts.

import { useRef } from 'react'
import { useExplain, type Formats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import type { ExplainedText } from '../../store/index.ts'
import { drawBars } from '../../ui/bars.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Compare.module.css'
import { hex, viewWords } from './pieces.ts'
import type { Dropped } from './useDropped.ts'
import { useLab } from './useLab.ts'
import { useView } from './view.ts'

const max = 160
const utf8 = new TextEncoder()

export function Compare({
  text,
  name,
  model,
  dropped,
  format,
}: {
  text: string
  name: string
  model: string
  dropped: Dropped
  format: Formats
}) {
  const t = usePanelText(words),
    c = usePanelText(common)
  const explain = useExplain()
  const other = useView((s) => s.other)
  const input = useRef<HTMLInputElement>(null)
  const a = useLab(`explain ${model} ${text}`, (lab) => lab.explain('loaded', text))
  const b = useLab(other ? `explain other ${other.serial} ${text}` : null, (lab) => lab.explain('other', text))
  const [na, nb] = [a.data?.ids.length ?? 0, b.data?.ids.length ?? 0]
  const top = Math.max(1, na, nb)
  const scheme = useScheme()
  // only what was cut out of the text on screen
  const sides = [
    ...(a.data && a.fresh ? [{ title: other ? t.which.loaded(name) : name, explained: a.data }] : []),
    ...(other && b.data && b.fresh ? [{ title: t.which.other(other.name), explained: b.data }] : []),
  ]
  return (
    <Figure
      title={t.compare.title}
      words={c.figure}
      source="live"
      caption={t.compare.caption}
      testId="tokenizer-compare"
      files={
        sides.length > 0
          ? {
              name: 'tokenizers',
              numbers: () => ({
                text,
                tokenizers: sides.map(({ title, explained }) => ({
                  name: title,
                  model: explained.model,
                  count: explained.ids.length,
                  ids: explained.ids,
                  pieces: explained.tokens.map((token) => token.text),
                })),
              }),
              array: () => ({
                shape: [sides.length, 3],
                data: Int32Array.from(
                  sides.flatMap(({ explained }) => [explained.ids.length, [...text].length, utf8.encode(text).length]),
                ),
              }),
              drawing: () =>
                drawBars(
                  null,
                  [t.compare.tokens],
                  sides.map(({ title, explained }) => ({
                    name: title,
                    bars: [
                      {
                        fraction: explained.ids.length,
                        value: format.number(explained.ids.length),
                        colour: '--accent',
                      },
                    ],
                  })),
                  sides.map(
                    ({ title, explained }) =>
                      `${title}: ${([...text].length / Math.max(1, explained.ids.length)).toFixed(2)} ${t.compare.perToken}`,
                  ),
                  scheme,
                ),
            }
          : undefined
      }
    >
      <div className={styles.drop} data-over={dropped.over}>
        <p>
          {other ? (
            <>
              <b>{t.which.other(other.name)}</b> · {other.facts.model} ·{' '}
              {t.compare.vocab(format.number(other.facts.vocabSize))}
            </>
          ) : (
            t.compare.drop
          )}
        </p>
        <Button icon="file" onClick={() => input.current?.click()} disabled={dropped.busy}>
          {dropped.busy ? t.compare.opening : other ? t.compare.change : t.compare.open}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          hidden
          data-testid="tokenizer-file"
          aria-label={t.compare.open}
          onChange={(event) => {
            const file = event.target.files?.[0]
            event.target.value = ''
            if (file) void dropped.take(file)
          }}
        />
      </div>
      {dropped.error && (
        <ErrorNote
          {...explain(dropped.error)}
          code={dropped.error.code}
          message={dropped.error.message}
          details={c.wait.details}
        />
      )}
      {b.error && (
        <ErrorNote {...explain(b.error)} code={b.error.code} message={b.error.message} details={c.wait.details} />
      )}
      {sides.map(({ title, explained }) => (
        <Side key={title} title={title} explained={explained} text={text} fraction={explained.ids.length / top} />
      ))}
      {other && a.fresh && b.fresh && (
        <Lost name={t.which.other(other.name)} explained={b.data} unk={other.facts.unk} />
      )}
      {other && a.fresh && b.fresh && na > 0 && nb > 0 && (
        <p className={styles.verdict} data-testid="compare-verdict" data-a={na} data-b={nb}>
          {na === nb
            ? t.compare.same
            : t.compare.fewer(
                na < nb ? t.which.loaded(name) : t.which.other(other.name),
                format.percent(Math.abs(na - nb) / top),
              )}
        </p>
      )}
    </Figure>
  )
}

/** A count is no gain when pieces of the text are lost. */
function Lost({ name, explained, unk }: { name: string; explained: ExplainedText | null; unk: number | null }) {
  const t = usePanelText(words)
  const lost = explained && unk !== null ? explained.ids.filter((id) => id === unk).length : 0
  return lost === 0 ? null : (
    <p className={styles.lost} data-testid="compare-lost">
      {t.compare.lost(name, lost)}
    </p>
  )
}

function Side({
  title,
  explained,
  text,
  fraction,
}: {
  title: string
  explained: ExplainedText
  text: string
  fraction: number
}) {
  const t = usePanelText(words)
  const count = explained.ids.length
  const chips = viewWords(explained).flatMap(({ tokens, views }) =>
    tokens.map((token, i) => ({ token, view: views[i]! })),
  )
  return (
    <section className={styles.side}>
      <h3>{title}</h3>
      <p className={styles.numbers}>
        <span className={styles.bar} style={{ inlineSize: `${fraction * 45}%` }} /> <b>{count}</b> {t.compare.tokens}
        {count > 0 && (
          <small>
            {([...text].length / count).toFixed(2)} {t.compare.perToken} ·{' '}
            {(utf8.encode(text).length / count).toFixed(2)} {t.compare.bytesPer}
          </small>
        )}
      </p>
      <p className={styles.chips} tabIndex={0}>
        {chips.slice(0, max).map(({ token, view }, i) => (
          <TokenChip key={i} view={view} special={token.special} title={`#${token.id} · ${hex(token.bytes)}`} />
        ))}
        {chips.length > max && ' …'}
      </p>
    </section>
  )
}
