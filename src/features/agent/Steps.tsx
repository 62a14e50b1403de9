// A run step by step: where it stands, what was thought, called, decided and observed, and what each choice was made of.

import { useEffect, useRef } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { pending, repeats, useAgent, type Call, type Decision, type Run, type Turn } from '../../store/agent/index.ts'
import { useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Chain } from './Chain.tsx'
import { Choices } from './Choices.tsx'
import styles from './Panel.module.css'
import { useFree } from './useFree.ts'

const states = ['think', 'call', 'consent', 'act', 'ended'] as const

export function Steps() {
  const t = usePanelText(agentWords)
  const { run, begun, writing, opened } = useAgent()
  if (!run || !begun) return null
  return (
    <section className={styles.run} aria-labelledby="agent-run" data-testid="agent-run">
      <h2 id="agent-run">
        <bdi>{run.task}</bdi>
      </h2>
      {opened && <p className={styles.note}>{t.opened(begun.model.name)}</p>}
      <Machine run={run} />
      <ol className={styles.steps}>
        {run.turns.map((turn, i) => (
          <Step key={i} turn={turn} index={i} run={run} />
        ))}
        {writing !== null && (
          <li className={styles.step} data-testid="agent-writing">
            <p className={styles.written} aria-busy="true">
              {writing || t.writing}
            </p>
          </li>
        )}
      </ol>
    </section>
  )
}

/** Where a run stood that ended without an answer: at the call that nobody decided on or that gave nothing, else in a thought. */
function brokenAt(run: Run): (typeof states)[number] {
  const open = run.turns.at(-1)?.calls.find(({ result }) => result === null)
  return !open ? 'think' : open.consent === null ? 'consent' : 'act'
}

/** The states that a run was in: one that was answered without a call was asked nothing, and observed nothing. */
function been({ turns }: Run): ReadonlySet<(typeof states)[number]> {
  const calls = turns.flatMap((turn) => turn.calls)
  const decided = calls.filter(({ consent }) => consent !== null)
  return new Set([
    'think',
    ...(calls.length > 0 ? (['call'] as const) : []),
    ...(decided.length > 0 ? (['consent'] as const) : []),
    ...(decided.some(({ consent, result }) => consent !== 'refuse' && result) ? (['act'] as const) : []),
  ])
}

/** The states in a row, and one sentence of where it stands, which is read out. */
function Machine({ run }: { run: Run }) {
  const t = usePanelText(agentWords)
  const call = pending(run)
  const said =
    run.phase === 'ended'
      ? t.ends[run.end ?? 'stopped']
      : run.phase === 'think'
        ? t.now.think
        : t.now[run.phase](call?.name ?? '')
  const isBroken = run.phase === 'ended' && run.end !== 'answered'
  const passed = been(run)
  const at = states.indexOf(isBroken ? brokenAt(run) : run.phase)
  return (
    <div className={styles.machine}>
      <ol aria-label={t.machine}>
        {states.map((state, i) => (
          <li
            key={state}
            aria-current={i === at ? 'step' : undefined}
            data-passed={i < at && passed.has(state)}
            data-broken={isBroken && i === at}
          >
            {t.phases[state]}
          </li>
        ))}
      </ol>
      <p role="status" data-testid="agent-status">
        {said}
      </p>
    </div>
  )
}

function Step({ turn, index, run }: { turn: Turn; index: number; run: Run }) {
  const t = usePanelText(agentWords)
  const format = useFormats()
  const { by, thought, calls, answer, problem, text, tokens } = turn
  return (
    <li className={styles.step} data-testid="agent-step" data-by={by}>
      <header>
        <h3>{t.step(index + 1)}</h3>
        <span>{by === 'page' ? t.byPage : t.wrote(format.number(tokens))}</span>
      </header>
      {thought !== '' && problem === null && (
        <p dir="auto">
          <b>{t.thought}</b> {thought}
        </p>
      )}
      {problem && (
        <>
          {text.trim() !== '' && <pre dir="auto">{text}</pre>}
          <p className={styles.wrong}>{t.problems[problem]}</p>
        </>
      )}
      {calls.map((call, i) => (
        <OneCall key={i} call={call} run={run} />
      ))}
      {answer !== null && (
        <p className={styles.answer} dir="auto" data-testid="agent-answer">
          <b>{t.answer}</b> {answer}
        </p>
      )}
      <Choices turn={index} />
      <Chain turn={index} />
    </li>
  )
}

function OneCall({ call, run }: { call: Call; run: Run }) {
  const t = usePanelText(agentWords)
  const { name, args, consent, result } = call
  const waits = run.phase === 'consent' && pending(run) === call
  return (
    <div className={styles.call} data-testid="agent-call" data-consent={consent ?? 'waits'}>
      <h4>
        <bdi>{t.call(name)}</bdi> <small>{consent ? t.said[consent] : t.waits}</small>
      </h4>
      <Arguments args={args} />
      {waits && <Consent call={call} run={run} />}
      {result && consent !== 'refuse' && (
        <>
          <p className={styles.note}>{result.failed ? t.failed : t.result}</p>
          <pre dir="auto" tabIndex={0} data-testid="agent-result">
            {result.text}
          </pre>
        </>
      )}
    </div>
  )
}

function Arguments({ args }: { args: string }) {
  const t = usePanelText(agentWords)
  let given: unknown = null
  try {
    given = JSON.parse(args)
  } catch {
    // shown as it was written
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return <pre>{args}</pre>
  const rows = Object.entries(given).slice(0, 20)
  if (rows.length === 0) return <p className={styles.note}>{t.none}</p>
  return (
    <dl className={styles.arguments}>
      {rows.map(([key, value]) => (
        <div key={key}>
          <dt>
            <code>{key}</code>
          </dt>
          <dd dir="auto">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** What waits for the reader: it takes the keys when it comes, so that nobody has to look for it. */
function Consent({ call, run }: { call: Call; run: Run }) {
  const t = usePanelText(agentWords)
  const { begun, opened, decide } = useAgent()
  const free = useFree()
  const isHere = useModels((s) => s.active?.state === 'ready' && s.active.id === begun?.model.id)
  const group = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!opened) group.current?.focus()
  }, [opened])
  if (opened) return null
  const isKnown = begun?.settings.tools.includes(call.name) === true
  const button = (how: Decision) => (
    <Button
      variant={how === 'once' ? 'primary' : 'plain'}
      disabled={!free || !isHere}
      onClick={() => void decide(how)}
      data-testid={`agent-${how}`}
    >
      {t.consent[how]}
    </Button>
  )
  return (
    <>
      {!isKnown && <p className={styles.wrong}>{t.unknown}</p>}
      {repeats(run, call) && (
        <p className={styles.wrong} data-testid="agent-repeats">
          {t.repeats}
        </p>
      )}
      <div
        ref={group}
        className={styles.actions}
        role="group"
        tabIndex={-1}
        aria-label={t.now.consent(call.name)}
        data-testid="agent-consent"
      >
        {button('once')}
        {isKnown && button('run')}
        {button('refuse')}
        {!isHere && <span className={styles.note}>{t.cannotOpen}</span>}
      </div>
    </>
  )
}
