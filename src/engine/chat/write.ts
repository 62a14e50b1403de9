// A chat as what the model reads: by its own template, by a built-in format, or as the text it is. Says which, why, and
// what ends an answer then. Knows no tokenizer: pieces are encoded by whoever has one.

import { EngineError } from '../errors.ts'
import type { ChatMessage, ChatRole, FormatName, TemplateNotice } from '../types.ts'
import { shownOf, turnsOf, type ChatFormat, type FormatVars, type Piece } from './format.ts'
import { formats, standIn, type ChosenFormat } from './formats.ts'
import { asText } from './formats/words.ts'
import { callStyleOf, type CallStyle } from './calls.ts'
import { markData, type Counts, type Hide } from './data.ts'
import type { TemplateBudget } from './sandbox.ts'
import { renderTemplate, type ChatTemplate, type ChatVars } from './render.ts'

/** The ways in which a model may be spoken with. */
export interface Speech {
  template: ChatTemplate
  /** the template for a chat with tools, where the model has one of its own */
  toolTemplate?: string | null | undefined
  /** what a model without a template speaks; null: it completes text */
  format: ChosenFormat | null
}

export interface WriteVars extends ChatVars {
  /** chosen by the caller, in place of the model's own ways */
  format?: FormatName | undefined
  thinking?: boolean | undefined
  roleIds?: FormatVars['roleIds']
  /** without it messages may spell tokens */
  hide?: Hide
}

export interface WrittenChat {
  pieces: Piece[]
  /** the tokens around a text are the tokenizer's to add: no format has written them */
  bare?: true
  notice?: TemplateNotice
  /** how the answer calls tools, where the model can */
  calls: CallStyle | null
  /** what ends the answer, beside the model's own ends */
  ends: Ends
}
export interface Ends {
  stops: readonly string[]
  ids: readonly number[]
}

export function writeChat(
  speech: Speech,
  messages: readonly ChatMessage[],
  vars: WriteVars,
  budget?: Partial<TemplateBudget>,
): WrittenChat {
  const { template, toolTemplate } = speech
  const beside = [template, toolTemplate, vars.tools, vars.extra]
  const means = meaning(speech, vars)
  const spelled = new Set<string>()
  const write = (left: ReadonlySet<string>): WrittenChat => {
    const counts = (role: ChatRole): Counts => {
      if (role !== 'assistant') return means(role)
      return (token, special) => {
        if (!means(role)(token, special)) return false
        spelled.add(token)
        return !left.has(token)
      }
    }
    const data = markData(messages, vars.documents, vars.hide, counts, beside)
    const written = writeWhole(speech, data.messages, { ...vars, documents: data.documents }, budget)
    return { ...written, pieces: data.told(written.pieces) }
  }
  const written = write(new Set())
  // A template may look for a token in an answer: for </think>, to leave out what was thought. It cannot find one with a
  // mark in it; so those are left as they are without which it would write something else.
  if (spelled.size === 0 || spelled.size > mostTried) return written
  const left = new Set([...spelled].filter((token) => token !== vars.eosToken && token !== vars.bosToken))
  let found = write(left)
  const shown = shownIn(found)
  if (shown === shownIn(written) || (found.notice && !written.notice)) return written
  for (const token of [...left]) {
    left.delete(token)
    const without = write(left)
    if (shownIn(without) === shown) found = without
    else left.add(token)
  }
  return found
}

/** Tokens in answers that are tried one by one: an answer that spells more is a list of them. */
const mostTried = 40

const shownIn = ({ pieces, notice }: WrittenChat): string =>
  JSON.stringify([notice, pieces.map((piece) => ('text' in piece ? shownOf(piece) : piece.id))])

/**
 * Which tokens mean something in a chat, where a message whose `data` is 'special' spells them: special tokens, and what is written
 * around the turns (DeepSeek's <｜User｜> is no special token). A text without turns is read as it is; only what the model
 * itself wrote in it were no special tokens.
 */
function meaning(speech: Speech, vars: WriteVars): (role: ChatRole) => Counts {
  const frame = frameOf(speech, vars)
  if (frame === null) return (role) => (_, special) => special && role === 'assistant'
  return () => (token, special) => frame !== '' && (special || (/\p{L}/u.test(token) && frame.includes(token)))
}

/** Where the tokens around the turns stand: the template, or a talk in the format; null: there are no turns, '': they are ids. */
function frameOf(speech: Speech, vars: WriteVars): string | null {
  const template = templateOf(speech, vars)
  if (vars.format === undefined && typeof template === 'string') return template
  const chosen = speech.format?.format ?? (template === null ? null : standIn({ idOf: vars.idOf ?? (() => undefined) }))
  const format = vars.format === undefined ? chosen : vars.format === 'Text' ? null : formats[vars.format]
  if (!format) return null
  const talk = (['system', 'user', 'assistant', 'user'] as const).map((role): ChatMessage => ({ role, content: 'x' }))
  const { pieces } = byFormat(format, talk, { idOf: vars.idOf, bosToken: vars.bosToken, roleIds: vars.roleIds })
  return pieces
    .map((piece) => ('text' in piece && piece.special ? piece.text : ''))
    .join('\n')
    .trim()
}

const templateOf = ({ template, toolTemplate }: Speech, { tools }: WriteVars): ChatTemplate =>
  (tools && toolTemplate) || template

function writeWhole(
  speech: Speech,
  messages: readonly ChatMessage[],
  vars: WriteVars,
  budget?: Partial<TemplateBudget>,
): WrittenChat {
  const idOf = vars.idOf ?? (() => undefined)
  if (vars.format !== undefined) return byFormat(vars.format === 'Text' ? null : formats[vars.format], messages, vars)
  const template = templateOf(speech, vars)
  // a template of plain turns only, of a model whose own code writes its tools
  const own = speech.format
  if (vars.tools && typeof template === 'string' && !reads(template, 'tools') && own?.certain && own.format.calls) {
    return byFormat(own.format, messages, vars)
  }
  let error: TemplateNotice['error'] = null
  if (template !== null) {
    try {
      if (typeof template !== 'string') throw template
      const text = renderTemplate(template, messages, { ...vars, extra: variablesFor(template, vars) }, budget)
      const calls = callStyleOf(template)
      return { pieces: [{ text, special: true }], calls, ends: endsOf(speech, vars) }
    } catch (thrown) {
      if (thrown instanceof EngineError && thrown.code === 'PARAM_INVALID') throw thrown
      error = toNotice(thrown)
    }
  }
  const chosen = speech.format ?? (template === null ? null : { format: standIn({ idOf }), certain: false })
  const written = byFormat(chosen?.format ?? null, messages, vars)
  return chosen && (error || !chosen.certain) ? { ...written, notice: { error, format: chosen.format.name } } : written
}

/** Has a chat in the model's own way a place for tools, and are the calls in its answers known? */
export function takesTools({ template, toolTemplate, format }: Speech): boolean {
  const byFormat = format?.certain === true && format.format.calls !== undefined && format.format.name !== 'ChatML'
  const text = toolTemplate || template
  return typeof text === 'string' ? (reads(text, 'tools') && callStyleOf(text) !== null) || byFormat : byFormat
}

/** What ends an answer of a model that is asked in its own way. */
export function endsOf({ template, format }: Pick<Speech, 'template' | 'format'>, vars: WriteVars): Ends {
  const by = vars.format === undefined ? format?.format : vars.format === 'Text' ? undefined : formats[vars.format]
  const counts = vars.format !== undefined || template === null || format?.certain === true
  return by && counts ? ends(by, vars) : { stops: [], ids: [] }
}

/** How answers of this model call tools. */
export function callsOf(
  { template, toolTemplate, format }: Speech,
  vars: Pick<WriteVars, 'format' | 'tools'>,
): CallStyle | null {
  if (vars.format !== undefined) return vars.format === 'Text' ? null : (formats[vars.format].calls ?? null)
  const text = (vars.tools && toolTemplate) || template
  return typeof text === 'string' ? callStyleOf(text) : (format?.format.calls ?? null)
}

const ends = (format: ChatFormat, { idOf = () => undefined }: WriteVars): Ends => ({
  stops: format.stops ?? [],
  ids: [...new Set(format.stopTokens?.({ idOf }) ?? [])].filter((id) => id !== undefined),
})

function byFormat(format: ChatFormat | null, messages: readonly ChatMessage[], vars: WriteVars): WrittenChat {
  const called = format ? `the format "${format.name}"` : 'a model that completes text'
  if (vars.tools && !(format?.calls && format.name !== 'ChatML')) none('tools', called)
  if (vars.documents) none('documents', called)
  if (vars.thinking !== undefined && format?.name !== 'Qwen3') none('thinking', called)
  const extra = Object.keys(vars.extra ?? {})[0]
  if (extra !== undefined) none(`templateVariables.${extra}`, called)
  const turns = turnsOf(messages)
  if (!format) {
    return { pieces: [{ text: asText(turns), special: true }], bare: true, calls: null, ends: { stops: [], ids: [] } }
  }
  const written = format.write(turns, {
    bosToken: vars.bosToken ?? '',
    eosToken: vars.eosToken ?? '',
    addGenerationPrompt: vars.addGenerationPrompt ?? true,
    thinking: vars.thinking,
    tools: vars.tools as readonly object[] | undefined,
    idOf: vars.idOf ?? (() => undefined),
    roleIds: vars.roleIds,
  })
  return {
    pieces: typeof written === 'string' ? [{ text: written, special: true }] : written,
    calls: format.calls ?? null,
    ends: ends(format, vars),
  }
}

/** What nobody would read is refused, not dropped. */
function none(param: string, who: string): never {
  const need = `left out: ${who} has no place for it`
  throw new EngineError('PARAM_INVALID', `Cannot generate with "${param}": it must be ${need}.`, { param, need })
}

/** Does the template look at a variable of this name. */
const reads = (template: string, name: string): boolean => new RegExp(`(?<![\\w.'"])${name}(?![\\w'"])`).test(template)

/** The template's own variables; the switch of its thinking goes by two names. */
function variablesFor(template: string, { tools, documents, thinking, extra }: WriteVars): Record<string, unknown> {
  const who = "the model's chat template"
  if (tools && !reads(template, 'tools')) none('tools', who)
  if (documents && !reads(template, 'documents')) none('documents', who)
  for (const name of Object.keys(extra ?? {})) {
    if (!/^[A-Za-z_]\w*$/.test(name) || !reads(template, name)) none(`templateVariables.${name}`, who)
  }
  if (thinking === undefined) return { ...extra }
  const name = ['enable_thinking', 'thinking'].find((each) => reads(template, each))
  return name === undefined ? none('thinking', who) : { ...extra, [name]: thinking }
}

/** Plain data: it crosses to the page. */
function toNotice(thrown: unknown): NonNullable<TemplateNotice['error']> {
  const { code, message, facts } =
    thrown instanceof EngineError
      ? thrown
      : new EngineError('TEMPLATE_FAILED', `The model's chat template cannot be run: ${String(thrown)}.`, {
          problem: String(thrown),
        })
  return { code, message, facts }
}

export interface RenderedChat {
  text: string
  notice?: TemplateNotice
  usedFallback: boolean
}

/**
 * The text alone; where the template is missing or cannot be used, a format by the vocabulary, or without one by the
 * tokens that the template names. @param template from chatTemplateOf()
 */
export function renderChat(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  { hasToken, ...vars }: WriteVars & { /** is this a token of the vocabulary */ hasToken?: (token: string) => boolean },
  budget?: Partial<TemplateBudget>,
): RenderedChat {
  const has = hasToken ?? ((token: string) => typeof template === 'string' && template.includes(token))
  const idOf = vars.idOf ?? ((token: string) => (has(token) ? 0 : undefined))
  const format = { format: standIn({ idOf }), certain: false }
  const { pieces, notice } = writeChat({ template, format }, messages, { ...vars, idOf }, budget)
  const text = pieces.map((piece) => ('text' in piece ? shownOf(piece) : '')).join('')
  return { text, usedFallback: notice !== undefined, ...(notice && { notice }) }
}
