// "What does this layer say?" Four choices out of the cell's own first four, in the order of their ids; then the truth.
// The next question is the next layer up, then the next token: no chance is involved.

import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import styles from './Game.module.css'
import { layersOf } from './read.ts'
import { candidateView, useColumnsHere, useRun } from './run.ts'
import { useView, type CellRef } from './view.ts'

export const cellKey = (name: string, { layer, position }: CellRef, part: string): string =>
  `${name} ${part} ${layer} ${position}`

export function Game() {
  const { info, tokens, views, t, layer, position, layerName, percent, choose } = useRun()
  const { at } = useColumnsHere()
  const { part, guesses, set } = useView()
  const cell = at(position)?.cells.find((c) => c.layer === layer)
  const key = cell && cellKey(info.model, { layer, position }, `${part} ${cell.top[0]!.id}`)
  const answer = key ? guesses[key] : undefined
  const choices = cell ? cell.top.slice(0, 4).toSorted((a, b) => a.id - b.id) : []
  const all = Object.values(guesses)
  const next = () => {
    const rows = layersOf(info, part)
    const up = rows.find((l) => l > layer)
    if (up !== undefined) choose(up, position)
    else choose(rows[0]!, Math.min(tokens.length - 1, position + 1 < tokens.length ? position + 1 : 0))
  }
  return (
    <section className={styles.game} aria-labelledby="lens-game" data-testid="lens-game">
      <h2 id="lens-game">
        {t.game.title(layerName(layer))}{' '}
        <small>
          {t.game.ask} <TokenChip view={views[position]!} special={tokens[position]!.special} />
        </small>
      </h2>
      {cell && key ? (
        <>
          <div className={styles.choices} role="group" aria-label={t.game.choices}>
            {choices.map((c) => {
              const state = !answer
                ? undefined
                : c.id === answer.right
                  ? 'right'
                  : c.id === answer.choice
                    ? 'wrong'
                    : 'other'
              return (
                <button
                  key={c.id}
                  type="button"
                  data-state={state}
                  data-id={c.id}
                  disabled={answer !== undefined}
                  onClick={() => set({ guesses: { ...guesses, [key]: { choice: c.id, right: cell.top[0]!.id } } })}
                >
                  <TokenChip view={candidateView(c.id, c.text)} />
                  {answer && <output>{percent(Math.exp(c.logprob))}</output>}
                </button>
              )
            })}
          </div>
          <p className={styles.line} role="status">
            {answer ? (
              <b data-right={answer.choice === answer.right}>
                {answer.choice === answer.right
                  ? t.game.right
                  : t.game.wrong(candidateView(cell.top[0]!.id, cell.top[0]!.text).label)}
              </b>
            ) : (
              t.game.from
            )}
          </p>
        </>
      ) : (
        <p className={styles.line}>{t.game.waiting}</p>
      )}
      <div className={styles.actions}>
        {answer && (
          <Button variant="primary" onClick={next} data-testid="lens-game-next">
            {t.game.next}
          </Button>
        )}
        <Button variant="quiet" onClick={() => set({ game: false })}>
          {t.game.stop}
        </Button>
        {all.length > 0 && <span>{t.game.score(all.filter((g) => g.choice === g.right).length, all.length)}</span>}
      </div>
    </section>
  )
}
