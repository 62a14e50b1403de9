// What a model's file holds, and what its weights shall become: each choice with the bytes that it takes, and with its error
//  against the file's own numbers, which is measured while the table is looked at.

import { useId } from 'react'
import { formatName } from '../../i18n/format-names.ts'
import { useExplain, useFormats, useLang, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { packingWords } from '../../i18n/panels/packing.ts'
import type { ChosenRole, ModelPlanSummary, Packing as Chosen } from '../../store/index.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Progress } from '../../ui/Progress.tsx'
import styles from './Packing.module.css'
import { useErrors, type ErrorsState } from './useErrors.ts'

interface Props {
  plan: ModelPlanSummary
  /** whose weights are measured */
  target: string | readonly File[]
  packing: Chosen
  setPacking: (packing: Chosen) => void
}

export function Packing({ plan, target, packing, setPacking }: Props) {
  const t = useT()
  const words = usePanelText(packingWords)
  const format = useFormats()
  const explain = useExplain()
  const measured = useErrors(target)
  const { errors, progress, error } = measured
  return (
    <section className={styles.packing} data-testid="packing" aria-label={words.title}>
      <Held formats={plan.formats} />
      {(['linear', 'embedding'] as const).map((role) =>
        plan.sizes[role].sizes.length > 0 && errors?.[role].held !== null ? (
          <Choices
            key={role}
            role={role}
            sizes={plan.sizes[role]}
            measured={measured}
            chosen={packing[role]}
            choose={(choice) => setPacking({ ...packing, [role]: choice })}
          />
        ) : null,
      )}
      {error ? (
        <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.app.details} />
      ) : errors ? (
        <p data-testid="packing-share">{errors.share === 1 ? words.all : words.sample(format.share(errors.share))}</p>
      ) : (
        <Progress
          label={words.measuring}
          value={progress?.loaded ?? 0}
          total={progress?.total ?? null}
          start={words.measuring}
        />
      )}
    </section>
  )
}

function Held({ formats: { held } }: Pick<ModelPlanSummary, 'formats'>) {
  const words = usePanelText(packingWords)
  const format = useFormats()
  const lang = useLang()
  return (
    <table className={styles.table} data-testid="held">
      <caption>{words.held}</caption>
      <thead>
        <tr>
          <th scope="col">{words.type}</th>
          <th scope="col">{words.tensors}</th>
          <th scope="col">{words.bytes}</th>
          <th scope="col">{words.becomes}</th>
        </tr>
      </thead>
      <tbody>
        {held.map(({ type, tensors, bytes, becomes }) => (
          <tr key={`${type} ${becomes}`}>
            <th scope="row">{type}</th>
            <td>{format.number(tensors)}</td>
            <td>{format.bytes(bytes)}</td>
            <td>{becomes === null ? words.unread : formatName(becomes, lang)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Choices({
  role,
  sizes: { usual, sizes },
  measured: { errors },
  chosen,
  choose,
}: {
  role: ChosenRole
  sizes: ModelPlanSummary['sizes'][ChosenRole]
  measured: ErrorsState
  chosen: Chosen[ChosenRole]
  /** undefined: what is usual */
  choose: (choice: Chosen[ChosenRole]) => void
}) {
  const words = usePanelText(packingWords)
  const format = useFormats()
  const id = useId()
  const now = chosen ?? usual
  const own = errors?.[role]
  const errorOf = (choice: (typeof sizes)[number]['choice']) => own?.errors.find((one) => one.choice === choice)
  const said = (error: number | null | undefined): string =>
    error === undefined ? '…' : error === null ? words.beyond : error === 0 ? '0' : format.share(error)
  const worst = errorOf(now)?.worst
  return (
    <fieldset className={styles.choices} data-testid={`packing-${role}`}>
      <legend>{words.roles[role]}</legend>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{words.becomes}</th>
            <th scope="col">{words.bytes}</th>
            <th scope="col" className={styles.whole}>
              {words.memory}
            </th>
            <th scope="col">{words.error}</th>
          </tr>
        </thead>
        <tbody>
          {sizes.map(({ choice, weights, total }) => (
            <tr key={choice} className={choice === now ? styles.chosen : undefined}>
              <th scope="row">
                <label htmlFor={`${id}-${choice}`}>
                  <input
                    type="radio"
                    id={`${id}-${choice}`}
                    name={id}
                    data-testid={`${role}-${choice ?? 'usual'}`}
                    checked={choice === now}
                    onChange={() => choose(choice === usual ? undefined : choice!)}
                  />
                  <span>
                    {choice === null ? words.mixed[role] : words.choices[choice]}
                    {choice === usual && choice !== null && <small>{words.usual}</small>}
                  </span>
                </label>
              </th>
              <td>{format.bytes(weights)}</td>
              <td className={styles.whole}>{format.bytes(total)}</td>
              <td>{said(errorOf(choice)?.error)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {worst && (
        <p>
          {worst.error === null ? words.tooLarge : words.worst(format.share(worst.error))} <code>{worst.tensor}</code>
        </p>
      )}
      {own?.held && <p data-testid={`against-${role}`}>{words.against[own.held]}</p>}
    </fieldset>
  )
}
