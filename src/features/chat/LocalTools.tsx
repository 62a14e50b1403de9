// The tools of this page that the loaded model is told of: those whose definitions stand in the list of tools it may call.

import { useLang } from '../../i18n/index.tsx'
import { kindWords } from '../../i18n/panels/kinds.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { switchTool, toolsHere, toolsOn } from '../../store/calls.ts'
import { useChat, useModels } from '../../store/index.ts'
import styles from './Settings.module.css'

export default function LocalTools() {
  const t = usePanelText(kindWords).tools.local
  const lang = useLang()
  const model = useModels((s) => s.active)
  const params = useChat((s) => s.params)
  const setParams = useChat((s) => s.setParams)
  const on = toolsOn(params)
  // a format that was chosen by hand says itself whether it has a place for them
  const none = params.format === 'auto' && model?.info?.tools === false
  return (
    <fieldset className={styles.localTools} data-testid="local-tools">
      <legend>{t.title}</legend>
      <p>{t.hint}</p>
      {none && (
        <p role="note" data-testid="tools-none">
          {t.none(model.name)}
        </p>
      )}
      {toolsHere.map(({ name, words }) => (
        <div key={name}>
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={on.includes(name)}
              disabled={!model?.info || (none && !on.includes(name))}
              data-testid={`tool-${name}`}
              aria-describedby={`about-${name}`}
              onChange={(event) => setParams({ tools: switchTool(params, name, event.target.checked) })}
            />{' '}
            {words[lang].title}
          </label>
          <p id={`about-${name}`}>{words[lang].about}</p>
        </div>
      ))}
    </fieldset>
  )
}
