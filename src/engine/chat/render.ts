// Messages → the text the model was trained to see, by the model's own chat template; and that template, out of a
// model's files. What stands in where there is none, or it misbehaves, is write.ts's to say.
//
// The template writes bos itself: encode the result with addSpecial: false.

import { EngineError } from '../errors.ts'
import type { ChatMessage } from '../types.ts'
import { defaultBudget, runTemplate, type TemplateBudget } from './sandbox.ts'

/** A model's own template, why it cannot be used, or null where it brings none. */
export type ChatTemplate = string | EngineError | null

export interface ChatVars {
  /** what the built-in formats write, and without `specials` what templates see */
  bosToken?: string
  eosToken?: string
  /**
   * the named special tokens (bos_token, image_token …): a template sees these and no others; one that the files do not
   * name is undefined, as in transformers
   */
  specials?: Readonly<Record<string, string>>
  /** default true */
  addGenerationPrompt?: boolean
  /**
   * tools and documents of the conversation, as data; templates see None without them. A number like 1.0 is printed as
   * 1: JSON.parse keeps no difference
   */
  tools?: readonly unknown[]
  documents?: readonly unknown[]
  /** more variables for the template (enable_thinking …) */
  extra?: Record<string, unknown>
  /** ids of the vocabulary's tokens; without it a format that needs one cannot be written */
  idOf?: (token: string) => number | undefined
}

/** A message as a template may see it: more fields than ours, and contents that are null or lists. */
export type TemplateMessage = Readonly<Record<string, unknown>>

/** The template alone. @throws EngineError TEMPLATE_LIMIT, TEMPLATE_FAILED */
export function renderTemplate(
  template: string,
  messages: readonly (ChatMessage | TemplateMessage)[],
  vars: ChatVars,
  budget?: Partial<TemplateBudget>,
): string {
  const limits = { ...defaultBudget, ...budget }
  const variables = {
    ...(vars.specials ?? {
      ...(vars.bosToken !== undefined && { bos_token: vars.bosToken }),
      ...(vars.eosToken !== undefined && { eos_token: vars.eosToken }),
    }),
    ...vars.extra,
    messages: messages.map(withReasoning),
    add_generation_prompt: vars.addGenerationPrompt ?? true,
    tools: vars.tools ?? null,
    documents: vars.documents ?? null,
  }
  const said = size([messages, variables.tools, variables.documents])
  return runTemplate(template, variables, {
    ...limits,
    // every character may be gone through some thirty times
    steps: limits.steps + limits.perMessage * messages.length + said / 4,
    characters: limits.characters + 2 * said,
    items: limits.items + 8 * messages.length,
  }).text
}

/** Reasoning goes by three names; a template finds it as `reasoning_content` and as `thinking`, as in transformers. */
function withReasoning(message: TemplateMessage | ChatMessage): TemplateMessage {
  const given: TemplateMessage = { ...message }
  const reasoning = [given.reasoning_content, given.thinking, given.reasoning].find(
    (value) => value !== null && value !== undefined,
  )
  return reasoning === undefined ? given : { thinking: reasoning, ...given, reasoning_content: reasoning }
}

/** Characters of all texts in the data. */
function size(data: unknown, depth = 0): number {
  if (typeof data === 'string') return data.length
  if (data === null || typeof data !== 'object' || depth > 100) return 1
  return Object.values(data).reduce<number>((sum, value) => sum + size(value, depth + 1), 0)
}

/** A template by its name in tokenizer_config's list; null where there is none. */
const namedTemplate = (tokenizerConfig: unknown, name: string): string | null => {
  const given =
    tokenizerConfig !== null && typeof tokenizerConfig === 'object'
      ? (tokenizerConfig as Record<string, unknown>).chat_template
      : undefined
  const found = Array.isArray(given)
    ? (given as unknown[]).findLast(
        (entry): entry is { template: string } =>
          entry !== null &&
          typeof entry === 'object' &&
          (entry as { name?: unknown }).name === name &&
          typeof (entry as { template?: unknown }).template === 'string',
      )
    : undefined
  return found?.template ?? null
}

/** The template for a chat with tools, where the configuration has one beside the default. */
export const toolTemplateOf = (tokenizerConfig: unknown): string | null => namedTemplate(tokenizerConfig, 'tool_use')

/**
 * A model's chat template: the file chat_template.jinja, else tokenizer_config's text or its list of {name, template}.
 * Of several templates "default" is the one for a chat without tools; as in transformers no other takes its place.
 * @param more names of the templates in additional_chat_templates/; the files there replace the configuration's list
 */
export function chatTemplateOf(
  tokenizerConfig: unknown,
  jinjaFile: string | null,
  more: readonly string[] = [],
): ChatTemplate {
  const refuse = (reason: 'empty' | 'default', problem: string, names = ''): EngineError =>
    new EngineError('TEMPLATE_FAILED', `The model's chat template cannot be used: ${problem}.`, {
      problem,
      reason,
      names,
    })
  const noDefault = (names: readonly string[]): EngineError => {
    const list = names
      .slice(0, 8)
      .map((name) => `"${name.slice(0, 40)}"`)
      .join(', ')
    return refuse('default', `the model has several and none is named "default" (found ${list})`, list)
  }
  const usable = (text: string): ChatTemplate =>
    text.trim() === '' ? refuse('empty', 'it is empty, and no word of a chat would reach the model') : text
  if (jinjaFile !== null) return usable(jinjaFile)
  if (more.length > 0) return noDefault(more)
  const given =
    tokenizerConfig !== null && typeof tokenizerConfig === 'object'
      ? (tokenizerConfig as Record<string, unknown>).chat_template
      : undefined
  if (typeof given === 'string') return usable(given)
  if (!Array.isArray(given)) return null
  const named = given.filter(
    (entry): entry is { name: string; template: string } =>
      entry !== null &&
      typeof entry === 'object' &&
      typeof (entry as { name?: unknown }).name === 'string' &&
      typeof (entry as { template?: unknown }).template === 'string',
  )
  if (named.length === 0) return null
  // of two with one name the later counts
  const found = named.findLast((entry) => entry.name === 'default')
  return found ? usable(found.template) : noDefault(named.map((entry) => entry.name))
}
