// The words of the OpenAI-shaped API, assignable to and from the official package's (types.test.ts). Types only.
// What a request may hold here beyond OpenAI's: every number of the sampler in snake_case (top_k, min_p,
// repetition_penalty …), stop_token_ids, and what shapes a prompt. What the types allow and nothing computes (images,
// custom tools) is refused by name when it is asked for.

import type { FormatName, ModelInfo } from '../engine/types.ts'
import type { ParameterName } from '../engine/sampler/stages.ts'

export type Snake<S extends string> = S extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${Snake<Rest>}`
    : `_${Lowercase<First>}${Snake<Rest>}`
  : S
type Sampling = { [P in ParameterName as Snake<P>]?: number | null }

/** The official client's: `signal` stops the work, with the signal's reason. */
export interface RequestOptions {
  signal?: AbortSignal | null | undefined
}

/** In both kinds of requests. null is "as if it were absent". */
export interface WriteRequest extends Sampling {
  /** a name of models.list() */
  model: string
  /** default: the model's own, else 0: the same request gives the same answer */
  seed?: number | null
  stop?: string | string[] | null
  /** by token id, -100 to 100 and beyond */
  logit_bias?: Record<string, number> | null
  /** answers to each prompt, 1 to 8, with the seeds from `seed` on */
  n?: number | null
  max_tokens?: number | null
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; include_obfuscation?: boolean } | null
  /** ours: more token ids that end an answer */
  stop_token_ids?: number[] | null
  /** changes nothing */
  user?: string
}

export interface ChatRequest extends WriteRequest {
  messages: Message[]
  /** the same as max_tokens. Default: the model's own, else as many as its context holds */
  max_completion_tokens?: number | null
  logprobs?: boolean | null
  /** 0 to 50; needs `logprobs` */
  top_logprobs?: number | null
  tools?: Tool[]
  /** required, or a tool's name: the answer is a call, its arguments held to the tool's schema token by token */
  tool_choice?: ToolChoice
  /** default true; false: one call at most */
  parallel_tool_calls?: boolean
  /** json_object, or json_schema: held to token by token, strict or not. What of the schema is not is said in `notices` */
  response_format?: ResponseFormat
  /** ours: what shapes the prompt (engine/types.ts, PromptOptions) */
  documents?: Record<string, unknown>[] | null
  thinking?: boolean | null
  chat_template_kwargs?: Record<string, unknown> | null
  format?: FormatName | null
}

export interface CompletionRequest extends WriteRequest {
  /** texts or token ids, one or several */
  prompt: string | string[] | number[] | number[][] | null
  /** default 16, as at OpenAI */
  max_tokens?: number | null
  /** how many of the best tokens are listed beside each, 0 to 50 */
  logprobs?: number | null
  /** the prompt in front of each text; not together with logprobs */
  echo?: boolean | null
}

export interface EmbeddingRequest {
  model: string
  /** texts; token ids are refused */
  input: string | string[] | number[] | number[][]
  encoding_format?: 'float' | 'base64'
  /** refused, but for the model's own */
  dimensions?: number
  user?: string
}

// ---- messages and tools ------------------------------------------------------

export interface TextPart {
  type: 'text'
  text: string
}
interface RefusalPart {
  type: 'refusal'
  refusal: string
}
/** Refused: models here read text. */
type OtherPart =
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }
  | { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
  | { type: 'file'; file: { file_data?: string; file_id?: string; filename?: string } }

export type Message =
  | { role: 'system' | 'developer'; content: string | TextPart[]; name?: string }
  | { role: 'user'; content: string | (TextPart | OtherPart)[]; name?: string }
  | {
      role: 'assistant'
      content?: string | (TextPart | RefusalPart)[] | null
      tool_calls?: ToolCall[]
      name?: string
      refusal?: string | null
      audio?: { id: string } | null
      function_call?: { name: string; arguments: string } | null
    }
  | { role: 'tool'; content: string | TextPart[]; tool_call_id: string }
  | { role: 'function'; content: string | null; name: string }

export interface FunctionTool {
  type: 'function'
  /** `strict`: arguments are held to `parameters`, also where the answer may be words */
  function: { name: string; description?: string; parameters?: Record<string, unknown>; strict?: boolean | null }
}
type Tool = FunctionTool | { type: 'custom'; custom: { name: string; description?: string } }
type ToolChoice =
  | ('none' | 'auto' | 'required')
  | { type: 'function'; function: { name: string } }
  | { type: 'custom'; custom: { name: string } }
  | { type: 'allowed_tools'; allowed_tools: { mode: 'auto' | 'required'; tools: Record<string, unknown>[] } }
type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema'
      json_schema: { name: string; description?: string; schema?: Record<string, unknown>; strict?: boolean | null }
    }

/** One that an answer asks for; `arguments` is JSON. */
export interface FunctionCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}
type ToolCall = FunctionCall | { id: string; type: 'custom'; custom: { name: string; input: string } }

// ---- answers -----------------------------------------------------------------

/** A token as the model saw it: before every stage of the sampler. */
export interface TopLogprob {
  /** bytes that are no whole character as \xE4 */
  token: string
  /** natural logarithm, at least -9999 */
  logprob: number
  /** always there; those of an answer's tokens, joined, are its text */
  bytes: number[] | null
}
export interface TokenLogprob extends TopLogprob {
  top_logprobs: TopLogprob[]
}
export interface ChatLogprobs {
  content: TokenLogprob[] | null
  refusal: TokenLogprob[] | null
}
export interface CompletionLogprobs {
  text_offset?: number[]
  token_logprobs?: number[]
  tokens?: string[]
  top_logprobs?: Record<string, number>[]
}

export interface Usage {
  /** of all prompts, each once */
  prompt_tokens: number
  /** of all answers, with the tokens that ended them */
  completion_tokens: number
  total_tokens: number
  /** prompt tokens whose keys and values were still in the cache */
  prompt_tokens_details?: { cached_tokens?: number }
}

/** stop: the model, or a stop text, ended it; length: max_tokens or the context's end; tool_calls: it calls tools. */
export type ChatFinish = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

/** In every object that comes back. */
interface Made {
  id: string
  /** seconds since 1970 */
  created: number
  model: string
  /** of the model, how its weights are kept, what computes, and the build */
  system_fingerprint?: string
  /** ours: what is to be known before the answer is trusted, such as a chat template that could not be used */
  notices?: string[]
}
export interface ChatCompletion extends Made {
  object: 'chat.completion'
  choices: {
    index: number
    message: { role: 'assistant'; content: string | null; refusal: string | null; tool_calls?: ToolCall[] }
    logprobs: ChatLogprobs | null
    finish_reason: ChatFinish
  }[]
  usage?: Usage
}
export interface ChatDelta {
  role?: 'developer' | 'system' | 'user' | 'assistant' | 'tool'
  content?: string | null
  refusal?: string | null
  tool_calls?: { index: number; id?: string; type?: 'function'; function?: { name?: string; arguments?: string } }[]
}
export interface ChatChunk extends Made {
  object: 'chat.completion.chunk'
  choices: { index: number; delta: ChatDelta; logprobs?: ChatLogprobs | null; finish_reason: ChatFinish | null }[]
  usage?: Usage | null
}
export interface Completion extends Made {
  object: 'text_completion'
  choices: {
    index: number
    text: string
    logprobs: CompletionLogprobs | null
    finish_reason: 'stop' | 'length' | 'content_filter'
  }[]
  usage?: Usage
}
/** A piece of a completion: as one, but that only the last of a choice says why it ended. */
export type CompletionChunk = Completion

export interface EmbeddingResponse {
  object: 'list'
  model: string
  /** base64, where that was asked for: the bytes of 32-bit floats, little end first */
  data: { object: 'embedding'; index: number; embedding: number[] }[]
  usage: { prompt_tokens: number; total_tokens: number }
}

export interface Model {
  id: string
  object: 'model'
  /** seconds since 1970: when it was stored, or handed over */
  created: number
  owned_by: string
}
/** What is known of a model here. `info`: once it is loaded. */
export interface LocalModel extends Model {
  loaded: boolean
  info?: ModelInfo
}
export interface ModelList {
  object: 'list'
  data: LocalModel[]
}
export interface ModelDeleted {
  id: string
  object: string
  deleted: boolean
}
