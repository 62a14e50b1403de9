// A chat with a model that runs in this tab, and where its attention went.
import { StrictMode, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useEngine, useGeneration } from 'glassbox/react'
import 'glassbox/elements'

function App() {
  const { client, load, status, info, progress, error } = useEngine()
  const answer = useGeneration(client)
  const [problem, setProblem] = useState(null)
  const panel = useRef(null)

  async function open({ target }) {
    setProblem(null)
    try {
      const { id } = await client.models.import([...target.files])
      await load(id, { context: 256 })
    } catch (failed) {
      setProblem(failed)
    }
  }
  async function ask(event) {
    event.preventDefault()
    const content = new FormData(event.target).get('question')
    await answer.generate([{ role: 'user', content }], { maxTokens: 40 })
    panel.current.engine = client // draws the run that just ended
  }
  const said = problem ?? error ?? answer.error

  return (
    <main>
      <label>
        A model: config.json, tokenizer.json, *.safetensors, or one .gguf{' '}
        <input type="file" multiple onChange={open} disabled={!client} />
      </label>
      <p role="status">
        {status === 'loading' && `Loading: ${progress?.phase ?? 'open'}`}
        {status === 'ready' &&
          `${info.name}: ${info.parameters.toLocaleString()} parameters on the ${info.device.kind}`}
      </p>
      <form onSubmit={ask}>
        <input name="question" aria-label="Question" defaultValue="Tell me a story about Lily." />
        <button disabled={status !== 'ready' || answer.status === 'writing'}>Ask</button>
        <button type="button" onClick={answer.stop} disabled={answer.status !== 'writing'}>
          Stop
        </button>
      </form>
      <p data-testid="answer">{answer.text}</p>
      {said && <p role="alert">{said.message}</p>}
      <glass-attention ref={panel} layer="1" />
    </main>
  )
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
