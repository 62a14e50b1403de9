// What cannot be typed: special tokens, and the frame that the chat template puts around a message.

import { glass as common } from '../../i18n/panels/glass.ts'
import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { getClient, type TokenizerFacts, type WhichTokenizer } from '../../store/index.ts'
import { Figure } from '../../ui/Figure.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { viewTokens } from '../../ui/tokens.ts'
import styles from './Special.module.css'
import { useLab } from './useLab.ts'

const max = 240

export function Special({
  facts,
  text,
  which,
  model,
}: {
  facts: TokenizerFacts
  text: string
  which: WhichTokenizer
  model: string
}) {
  const t = usePanelText(words),
    c = usePanelText(common)
  const format = useFormats()
  const framed = useLab(
    which === 'loaded' && facts.template !== null && text !== '' ? `framed ${model} ${text}` : null,
    async (lab) => {
      const { ids, texts } = await getClient().tokenize([{ role: 'user', content: text }])
      // tokens that are part of a character are shown by their bytes, which only the vocabulary tells
      const rows = new Map(
        await Promise.all(
          [...new Set(ids.filter((_, i) => texts[i]!.includes('\\x')))].map(
            async (id) => [id, (await lab.vocabulary('loaded', `#${id}`, 0, 1)).rows[0]?.bytes ?? []] as const,
          ),
        ),
      )
      return { ids, texts, bytes: ids.map((id) => rows.get(id) ?? []) }
    },
  )
  const specials = new Set(facts.added.filter((a) => a.special).map((a) => a.id))
  const roles = (id: number): string =>
    [
      id === facts.bos && t.special.bos,
      facts.eos.includes(id) && t.special.eos,
      id === facts.pad && t.special.pad,
      id === facts.unk && t.special.unk,
    ]
      .filter(Boolean)
      .join(', ')
  const chips =
    framed.fresh &&
    framed.data &&
    viewTokens(
      framed.data.ids.map((id, i) => ({
        position: i,
        id,
        text: framed.data!.texts[i]!,
        bytes: framed.data!.bytes[i]!,
        special: specials.has(id),
        generated: false,
      })),
    )
  return (
    <Figure
      title={t.special.title}
      words={c.figure}
      source="live"
      caption={t.special.caption}
      testId="tokenizer-special"
      files={{
        name: 'special-tokens',
        numbers: () => ({
          ...facts,
          alphabet: facts.alphabet !== null,
          framed: framed.data && { ids: framed.data.ids, texts: framed.data.texts },
        }),
        array: () => ({ shape: [framed.data?.ids.length ?? 0], data: Int32Array.from(framed.data?.ids ?? []) }),
      }}
    >
      <dl className={styles.facts}>
        <div>
          <dt>{t.special.kind}</dt>
          <dd>
            {facts.model} · {t.compare.vocab(format.number(facts.vocabSize))}
            {facts.merges !== null && ` · ${t.special.merges(format.number(facts.merges))}`}
          </dd>
        </div>
        <div>
          <dt>{t.special.normalizer}</dt>
          <dd>{facts.normalizer.join(' → ') || t.special.noneAdded}</dd>
        </div>
        <div>
          <dt>{t.special.preTokenizer}</dt>
          <dd>{facts.preTokenizer.join(' → ') || t.special.noneAdded}</dd>
        </div>
        <div>
          <dt>{t.special.decoder}</dt>
          <dd>{facts.decoder.join(' → ') || t.special.noneAdded}</dd>
        </div>
      </dl>
      {chips && framed.data && (
        <>
          <h3 className={styles.heading}>{t.special.rendered}</h3>
          <p className={styles.chips} tabIndex={0} data-testid="tokenizer-framed" data-ids={framed.data.ids.join(' ')}>
            {framed.data.ids.slice(0, max).map((id, i) => (
              <TokenChip key={i} view={chips[i]!} special={specials.has(id)} title={`#${id}`} />
            ))}
            {framed.data.ids.length > max && ' …'}
          </p>
        </>
      )}
      <h3 className={styles.heading}>{t.special.list}</h3>
      {facts.added.length === 0 ? (
        <p className={styles.none}>{t.special.noneAdded}</p>
      ) : (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.special.list}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.special.id}</th>
                <th scope="col">{t.special.token}</th>
                <th scope="col">{t.special.roles}</th>
              </tr>
            </thead>
            <tbody>
              {facts.added.slice(0, 300).map((a) => (
                <tr key={a.id}>
                  <td>{a.id}</td>
                  <th scope="row">
                    <TokenChip
                      view={
                        viewTokens([
                          { position: 0, id: a.id, text: a.text, bytes: [], special: a.special, generated: false },
                        ])[0]!
                      }
                      special={a.special}
                    />
                  </th>
                  <td>{[roles(a.id), (a.lstrip || a.rstrip) && t.special.strips].filter(Boolean).join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {facts.template ? (
        <details className={styles.template}>
          <summary>{t.special.template}</summary>
          <pre tabIndex={0} role="region" aria-label={t.special.template}>
            {facts.template}
          </pre>
        </details>
      ) : (
        <p className={styles.none}>{t.special.noTemplate}</p>
      )}
    </Figure>
  )
}
