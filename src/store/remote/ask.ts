// Asking a server: which models it has, and one answer as it streams. Loaded when somebody uses one.
//
// Text leaves the device here and nowhere else in the page. No cookies go with it, no referrer, and no redirect is
// followed: the key and the text reach the address that the reader typed, or nobody.

import type { ChatMessage, FinishReason, GenerateRequest, Prompt } from '../../worker/protocol.ts'
import { partsOf, textUpTo } from '../body.ts'
import { keyNow } from './key.ts'
import { fail, originOf, type RemoteServer } from './server.ts'
import { complaintOf, eventsOf, readChunk, type RemoteToken } from './stream.ts'

export type Said =
  /** first of all: settings that the server refuses, and answers without */
  | { type: 'without'; names: readonly string[] }
  | { type: 'said'; text: string; tokens: readonly RemoteToken[] }
  /** `logprobs` false: the server gave none */
  | { type: 'end'; reason: FinishReason; logprobs: boolean }

/** Characters that are read of a refusal, and of a list of models. */
const longestRefusal = 20_000,
  longestList = 5_000_000
/** Milliseconds that a list of models may take to come: nobody can stop it. */
const patience = 30_000

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
const what = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem))

async function ask(base: string, path: string, body: object | null, signal?: AbortSignal): Promise<Response> {
  const url = base + path
  let blocked = false
  const watch = ({ blockedURI, disposition }: SecurityPolicyViolationEvent): void => {
    if (disposition === 'enforce' && blockedURI.startsWith(originOf(base))) blocked = true
  }
  const page = typeof document === 'undefined' ? null : document
  page?.addEventListener('securitypolicyviolation', watch)
  const key = keyNow()
  try {
    return await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { ...(body && { 'content-type': 'application/json' }), ...(key && { authorization: `Bearer ${key}` }) },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    })
  } catch (error) {
    signal?.throwIfAborted()
    // the event comes as a task of its own
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (blocked) {
      return fail('blocked', `The page's policy does not let it reach ${originOf(base)}.`, { url: originOf(base) })
    }
    return fail('unreachable', `Cannot reach ${url}: ${what(error)}`, { url })
  } finally {
    page?.removeEventListener('securitypolicyviolation', watch)
  }
}

const refusalOf = async (response: Response): Promise<string> =>
  (await textUpTo(response, longestRefusal).catch(() => '')).slice(0, longestRefusal)

/** @param said the body, where it was read already */
async function refused(response: Response, url: string, said?: string): Promise<never> {
  said ??= await refusalOf(response)
  const json = parsed(said)
  const plain = /<html|<!doctype/i.test(said) ? null : said.trim().slice(0, 200) || null
  const words = json === null ? plain : complaintOf(json)
  const { status } = response
  const why = status === 401 || status === 403 ? 'key' : 'status'
  return fail(why, `${url} refused with status ${status}${words === null ? '.' : `: ${words}`}`, {
    url,
    status,
    ...(words !== null && { said: words }),
  })
}

/** The models that a server offers, by its own names. @throws REMOTE_FAILED */
export async function modelsOf(base: string): Promise<string[]> {
  const url = `${base}/models`
  const limit = AbortSignal.timeout(patience)
  let said: string
  try {
    const response = await ask(base, '/models', null, limit)
    if (!response.ok) return await refused(response, url)
    said = await textUpTo(response, longestList)
  } catch (error) {
    if (!limit.aborted) throw error
    return fail('unreachable', `Cannot reach ${url}: no answer within ${patience / 1000} seconds.`, { url })
  }
  let found: unknown
  try {
    found = JSON.parse(said)
  } catch {
    return fail('answer', `${url} gave no JSON.`, { url, found: 'json' })
  }
  const { data } = Object(found) as { data?: unknown }
  if (!Array.isArray(data)) return fail('answer', `${url} gave no list of models.`, { url, found: 'models' })
  const names = data.map((one) => (Object(one) as { id?: unknown }).id)
  return [
    ...new Set(names.filter((id): id is string => typeof id === 'string' && id !== '' && id.length <= 500)),
  ].slice(0, 1000)
}

/** What of the reader's settings a server is told. What it cannot do is refused by name. */
function bodyOf(
  { model }: RemoteServer,
  messages: readonly ChatMessage[],
  options: GenerateRequest,
): Record<string, unknown> {
  const cannot: Record<string, unknown> = {
    n: (options.n ?? 1) > 1,
    force: options.force && Object.keys(options.force).length > 0,
    continueFrom: options.continueFrom !== undefined,
    tools: options.tools?.length,
    logitBias: Object.keys(options.logitBias ?? {}).length > 0,
    pattern: typeof options.constraint === 'object' && 'pattern' in options.constraint,
  }
  const option = Object.keys(cannot).find((name) => cannot[name])
  if (option) fail('unsupported', `A server cannot be asked for "${option}".`, { option })
  const { constraint, temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, seed } =
    options
  const format =
    constraint === undefined
      ? null
      : constraint === 'json'
        ? { type: 'json_object' }
        : 'schema' in constraint
          ? { type: 'json_schema', json_schema: { name: 'answer', schema: constraint.schema } }
          : null
  return {
    model,
    messages: messages.map(({ data: _, ...message }) => message),
    stream: true,
    max_tokens: options.maxTokens,
    temperature,
    top_p: topP,
    seed,
    ...(options.stop?.length && { stop: options.stop }),
    ...(presencePenalty && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty && { frequency_penalty: frequencyPenalty }),
    // `extras`: left out where they change nothing
    ...(topK && { top_k: topK }),
    ...(minP && { min_p: minP }),
    ...(repetitionPenalty !== undefined &&
      repetitionPenalty !== 1 && { repetition_penalty: repetitionPenalty, repeat_penalty: repetitionPenalty }),
    ...(format && { response_format: format }),
  }
}

const finishes: Readonly<Record<string, FinishReason>> = { length: 'length', max_tokens: 'length' }

/** How many candidates are asked for; a server that refuses so many, or any, is asked again for fewer. */
const wishes = [20, 5, 0]

/** Not OpenAI's own words, and those of llama.cpp, vLLM and Ollama; others refuse what they do not know. */
const extras = ['top_k', 'min_p', 'repetition_penalty', 'repeat_penalty'] as const

/**
 * Asks as the server wants to be asked: with fewer candidates, without the settings that it refuses by name, and with
 * OpenAI's newer name of the longest answer.
 * @throws REMOTE_FAILED
 */
async function asking(
  { base }: RemoteServer,
  body: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<{ response: Response; without: string[] }> {
  const without: string[] = []
  for (let wish = 0; ;) {
    const top = wishes[wish]!
    const response = await ask(
      base,
      '/chat/completions',
      { ...body, ...(top > 0 && { logprobs: true, top_logprobs: top }) },
      signal,
    )
    if (response.ok) return { response, without }
    const said = await refusalOf(response)
    const names = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(said)
    const unknown = extras.filter((name) => name in body && names(name))
    if (response.status !== 400 && response.status !== 422) return refused(response, `${base}/chat/completions`, said)
    if ('max_tokens' in body && names('max_completion_tokens')) {
      const { max_tokens, ...others } = body
      body = { ...others, max_completion_tokens: max_tokens }
    } else if (unknown.length > 0) {
      body = Object.fromEntries(Object.entries(body).filter(([name]) => !unknown.some((one) => one === name)))
      without.push(...unknown)
    } else if (++wish === wishes.length) return refused(response, `${base}/chat/completions`, said)
  }
}

/**
 * One answer, as it comes.
 * @throws REMOTE_FAILED; what had come before was told already
 */
export async function* answer(
  server: RemoteServer,
  input: Prompt,
  { signal, ...options }: GenerateRequest & { signal?: AbortSignal },
): AsyncGenerator<Said, void, undefined> {
  const url = `${server.base}/chat/completions`
  const body = bodyOf(
    server,
    Array.isArray(input)
      ? input
      : fail('unsupported', 'A server cannot go on with tokens.', { option: 'continueFrom' }),
    options,
  )
  const { response, without } = await asking(server, body, signal)
  yield { type: 'without', names: without }
  const type = response.headers.get('content-type') ?? ''
  if (!response.body || !/^text\/event-stream\b/i.test(type)) {
    const words = complaintOf(parsed(await textUpTo(response, longestRefusal).catch(() => '')))
    return fail('answer', `${url} sent no stream of events.`, {
      url,
      found: 'stream',
      ...(words !== null && { said: words }),
    })
  }
  let finish: string | null = null,
    done = false,
    logprobs = false,
    thinking = false as boolean
  try {
    for await (const data of eventsOf(partsOf(response.body))) {
      signal?.throwIfAborted()
      if (data === '[DONE]') {
        done = true
        break
      }
      let event: unknown
      try {
        event = JSON.parse(data)
      } catch {
        return fail('answer', `${url} sent an event that is no JSON.`, { url, found: 'json' })
      }
      const words = complaintOf(event)
      if (words !== null && !('choices' in Object(event))) {
        return fail('status', `${url} broke off: ${words}`, { url, status: response.status, said: words })
      }
      const chunk = readChunk(event)
      if (typeof chunk === 'string') return fail('answer', `${url} sent ${chunk}.`, { url, found: 'event' })
      logprobs ||= chunk.tokens.length > 0
      finish = chunk.finish ?? finish
      // as a model here writes it: the page folds it
      const opens: boolean = chunk.thinks !== '' && !thinking,
        closes: boolean = thinking && chunk.text !== ''
      thinking = (thinking || opens) && !closes
      const text = (opens ? '<think>' : '') + chunk.thinks + (closes ? '</think>' : '') + chunk.text
      if (text !== '' || chunk.tokens.length > 0) yield { type: 'said', text, tokens: chunk.tokens }
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof Error && error.name === 'EngineError') throw error
    return fail('cut', `The answer of ${url} was cut: ${what(error)}`, { url })
  }
  if (!done && finish === null) return fail('cut', `The answer of ${url} ended before its end was said.`, { url })
  yield { type: 'end', reason: finishes[finish ?? ''] ?? 'stop', logprobs }
}
