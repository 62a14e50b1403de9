// What a step has done on panels, done in Node by the modules that the page's panels do it with: for the check of the
// built-in lessons.

import { readFileSync } from 'node:fs'
import { advance, begin, pending, type Run } from '../../agent/machine.ts'
import { messagesOf } from '../../agent/prompt.ts'
import { readSet } from '../../evaluation/set.ts'
import { plainPrompt } from '../../retrieval/cite.ts'
import { MemoryRows } from '../../retrieval/memory-rows.ts'
import { Shelf, type FoundChunk } from '../../retrieval/shelf.ts'
import { readFile } from '../../store/agent/file.ts'
import { letter, letterOnly, letterSearch, letterTools } from '../../store/agent/sample.ts'
import { writeTurn } from '../../store/agent/write.ts'
import { runRow, tokenizerOf } from '../../store/evaluate/run.ts'
import { agentOf, evaluation, letterRun, rowsAsSet } from '../../store/lessons/deed-data.ts'
import { surroundings } from '../../store/surroundings.ts'
import { call, toolNamed } from '../../tools/index.ts'
import type { Deed } from '../fill.ts'
import type { Model } from '../measure/host.ts'
import { nothingThere, type Panels } from '../measure/panels.ts'

/** @param model the lesson's, where one is asked @param traces where recorded runs are */
export async function doneInNode(deeds: readonly Deed[], model: () => Promise<Model>, traces: string): Promise<Panels> {
  let shelf = new Shelf(new MemoryRows())
  let asked = ''
  let hits: FoundChunk[] = []
  let run: Run | null = null
  let rows = readSet('').rows
  const panels: { -readonly [K in keyof Panels]: Panels[K] } = { ...nothingThere }
  const signal = new AbortController().signal
  for (const { what, rows: given, text, name, language } of deeds) {
    switch (what) {
      case 'documents':
        shelf = new Shelf(new MemoryRows())
        for (const { file, text: said } of given) await shelf.add(new Blob([said!]), file!, 0)
        break
      case 'ask':
        asked = text
        hits = (await shelf.search(text, 5, null)).hits
        panels.found = hits.map((hit) => hit.text)
        break
      case 'answer': {
        const content = plainPrompt(asked, hits[0]!.text)
        let replied = ''
        const options = { temperature: 0, maxTokens: 160 }
        for await (const event of (await model()).generate([{ role: 'user', content, data: true }], options)) {
          if (event.type === 'token') replied += event.text
        }
        panels.replied = replied
        break
      }
      case 'mark': {
        const { document, start, end } = hits[0]!
        panels.marked = (await shelf.text(document))!.text.slice(start, end)
        break
      }
      case 'letter':
        run = begin(letter[language].task, letterRun.grammar, { steps: letterRun.steps, tokens: Infinity })
        run = advance(run, { type: 'wrote', by: 'page', said: letterSearch(letter[language]) })
        break
      case 'allow':
        run = await goOn(advance(run!, { type: 'decided', how: 'once' }), language, (await model()) as never, signal)
        break
      case 'recorded':
        run = readFile(readFileSync(`${traces}/${name}.agent.json`, 'utf8'))!.run
        break
      case 'questions':
        rows = readSet(rowsAsSet(given)).rows
        break
      case 'score': {
        const client = (await model()) as never
        const asking = { client, settings: evaluation, tokenizer: tokenizerOf(rows), signal }
        const scored = []
        for (const row of rows) scored.push((await runRow(row, asking)).result.scored)
        panels.scored = scored
      }
    }
  }
  return { ...panels, ...agentOf(run) }
}

/** Until a call waits for a click, or it has ended. */
async function goOn(run: Run, lang: 'en' | 'zh', client: never, signal: AbortSignal): Promise<Run> {
  const tools = letterTools.map((name) => toolNamed(name)!)
  const here = { ...surroundings('', []), ...letterOnly(letter[lang]) }
  let now = run
  while (now.phase === 'act' || now.phase === 'think') {
    if (now.phase === 'act') {
      const { name, args } = pending(now)!
      const { text, failed } = await call(name, args, letterTools, here, signal)
      now = advance(now, { type: 'observed', text, failed })
    } else {
      const messages = messagesOf(now, { tools, lang, before: [] })
      const { turnTokens: maxTokens, ...wanted } = letterRun
      const written = await writeTurn(client, messages, { ...wanted, tools, maxTokens }, signal, () => {})
      now = advance(now, { type: 'wrote', said: written!.said })
    }
  }
  return now
}
