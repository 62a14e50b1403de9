// What an answer can be held to. Types only.

/**
 * A form of answers: any JSON object; a value of a JSON Schema (engine/constrain/schema.ts says which keywords are
 * computed with; every other one is refused by its name); a text of a regular expression (constrain/pattern.ts)
 */
export type Constraint = 'json' | { schema: Readonly<Record<string, unknown>> | boolean } | { pattern: string }

/**
 * How an answer calls tools. Where it must, and of every tool with `strict: true`, the arguments have the tool's own schema
 * (as a Constraint has one); of the others they are an object. Refused where nobody knows how the model calls tools.
 */
export interface ToolChoice {
  /** it is a call, and nothing else; default: it may be words */
  required?: boolean
  /** names of the tools that it may call; default: all */
  only?: readonly string[]
  /** one call at most */
  one?: boolean
}
