// Messages → the text the model was trained to see, by the model's own chat template
// or, when that is missing or misbehaves, by a built-in format and a notice.
//
// The template writes bos itself: encode the result with addSpecial: false.

import { EngineError } from '../errors.ts'
import type { ChatMessage, TemplateNotice } from '../types.ts'
import { builtinTemplate } from './builtin.ts'
import { defaultBudget, runTemplate, type TemplateBudget } from './sandbox.ts'

export { builtinTemplate } from './builtin.ts'
export type { TemplateBudget } from './sandbox.ts'

export interface RenderedChat { text: string; notice?: TemplateNotice; usedFallback: boolean }

export interface ChatVars {
  bosToken?: string
  eosToken?: string
  /** default true */
  addGenerationPrompt?: boolean
  /** tools and documents of the conversation, as data; templates see None without them */
  tools?: readonly unknown[]
  documents?: readonly unknown[]
  /** more variables for the template (enable_thinking …) */
  extra?: Record<string, unknown>
  /** is this a token of the vocabulary; without it the built-in format is guessed from the template's own text */
  hasToken?: (token: string) => boolean
}

/** @param template the model's own, from chatTemplateOf(), or null */
export function renderChat(template: string | null, messages: readonly ChatMessage[], vars: ChatVars, budget?: Partial<TemplateBudget>): RenderedChat {
  let error: TemplateNotice['error'] = null
  if (template !== null) {
    try {
      return { text: renderTemplate(template, messages, vars, budget), usedFallback: false }
    } catch (thrown) {
      // plain data: it crosses to the page
      const { code, message, facts } = thrown instanceof EngineError ? thrown : new EngineError('TEMPLATE_FAILED', `The model's chat template cannot be run: ${String(thrown)}.`, { problem: String(thrown) })
      error = { code, message, facts }
    }
  }
  const { name, render } = builtinTemplate(vars.hasToken ?? (token => template?.includes(token) ?? false), vars)
  return { text: render(messages), usedFallback: true, notice: { error, format: name } }
}

/** A message as a template may see it: more fields than ours, and contents that are null or lists. */
export type TemplateMessage = Readonly<Record<string, unknown>>

/** The template alone. @throws EngineError TEMPLATE_LIMIT, TEMPLATE_FAILED */
export function renderTemplate(template: string, messages: readonly (ChatMessage | TemplateMessage)[], vars: ChatVars, budget?: Partial<TemplateBudget>): string {
  const limits = { ...defaultBudget, ...budget }
  const variables = {
    ...vars.extra, messages, add_generation_prompt: vars.addGenerationPrompt ?? true,
    bos_token: vars.bosToken ?? '', eos_token: vars.eosToken ?? '', tools: vars.tools ?? null, documents: vars.documents ?? null,
  }
  const said = size([messages, variables.tools, variables.documents])
  return runTemplate(template, variables, {
    ...limits,
    // every character may be gone through some thirty times
    steps: limits.steps + limits.perMessage * messages.length + said / 4, characters: limits.characters + 2 * said, items: limits.items + 8 * messages.length,
  }).text
}

/** Characters of all texts in the data. */
function size(data: unknown, depth = 0): number {
  if (typeof data === 'string') return data.length
  if (data === null || typeof data !== 'object' || depth > 100) return 1
  return Object.values(data).reduce<number>((sum, value) => sum + size(value, depth + 1), 0)
}

/** A model's chat template: the file chat_template.jinja, else tokenizer_config's string or its list of {name, template}. */
export function chatTemplateOf(tokenizerConfig: unknown, jinjaFile: string | null): string | null {
  if (jinjaFile !== null && jinjaFile.trim() !== '') return jinjaFile
  const given = tokenizerConfig !== null && typeof tokenizerConfig === 'object' ? (tokenizerConfig as Record<string, unknown>).chat_template : undefined
  if (typeof given === 'string') return given
  if (!Array.isArray(given)) return null
  const named = given.filter((entry): entry is { name: string; template: string } =>
    entry !== null && typeof entry === 'object' && typeof (entry as { template?: unknown }).template === 'string')
  return (named.find(entry => entry.name === 'default') ?? named[0])?.template ?? null
}
