// How a run goes: the way of calling, the tools, limits and the draw.

import { useLang } from '../../i18n/index.tsx'
import { agentWords } from '../../i18n/panels/agent.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { ranges, toolsHere, useAgent } from '../../store/agent/index.ts'
import { useModels } from '../../store/index.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import styles from './Panel.module.css'

export function Setup() {
  const t = usePanelText(agentWords)
  const lang = useLang()
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active : null))
  const { settings, set, switchTool } = useAgent()
  const isWithout = model?.info?.tools === false
  const grammars = (['react', 'native'] as const).map((value) => ({
    value,
    text: t.grammars[value],
    hint: t.grammarHint[value],
    disabled: value === 'native' && isWithout && settings.grammar !== 'native',
  }))
  return (
    <details className={styles.setup} data-testid="agent-setup">
      <summary>{t.settings}</summary>
      <div className={styles.group}>
        <Segmented
          label={t.grammar}
          quiet={false}
          options={grammars}
          value={settings.grammar}
          onChange={(grammar) => set({ grammar })}
          testId="agent-grammar"
        />
        <p className={styles.note}>{t.grammarHint[settings.grammar]}</p>
        {model && isWithout && <p className={styles.note}>{t.noNative(model.name)}</p>}
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={settings.held}
            onChange={({ target }) => set({ held: target.checked })}
            data-testid="agent-held"
          />
          <span>
            {t.held}
            <small>{t.heldHint}</small>
          </span>
        </label>
        <fieldset className={styles.tools}>
          <legend>{t.tools}</legend>
          <p className={styles.note}>{t.toolsHint}</p>
          {toolsHere.map(({ name, words }) => (
            <label key={name} className={styles.check}>
              <input
                type="checkbox"
                checked={settings.tools.includes(name)}
                onChange={({ target }) => switchTool(name, target.checked)}
                data-testid={`agent-tool-${name}`}
              />
              <span>
                {words[lang].title} <code>{name}</code>
                <small>{words[lang].about}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <div className={styles.numbers}>
          {(['steps', 'turnTokens', 'temperature', 'seed'] as const).map((name) => (
            <label key={name}>
              {t[name]}
              <input
                type="number"
                value={settings[name]}
                min={ranges[name][0]}
                max={ranges[name][1]}
                step={name === 'temperature' ? 0.1 : 1}
                onChange={({ target }) => set({ [name]: target.value === '' ? NaN : target.valueAsNumber })}
                data-testid={`agent-${name}`}
              />
            </label>
          ))}
        </div>
      </div>
    </details>
  )
}
