// A parsed template. Types only.

export type Expression =
  | { type: 'const'; value: null | boolean | string }
  | { type: 'integer' | 'float'; value: number }
  | { type: 'name'; name: string }
  | { type: 'list' | 'tuple' | 'concat'; items: Expression[] }
  | { type: 'dict'; entries: [Expression, Expression][] }
  | { type: 'attribute'; of: Expression; name: string }
  | { type: 'item'; of: Expression; index: Expression }
  | { type: 'slice'; from: Expression | null; to: Expression | null; by: Expression | null }
  | { type: 'call'; callee: Expression; given: Given }
  | { type: 'filter'; /** null: the body of a filter block */ of: Expression | null; name: string; given: Given }
  | { type: 'test'; of: Expression; name: string; given: Given }
  | { type: 'condition'; test: Expression; yes: Expression; otherwise: Expression | null }
  | { type: 'and' | 'or'; left: Expression; right: Expression }
  | { type: 'not'; of: Expression }
  | { type: 'unary'; operator: string; of: Expression }
  | { type: 'binary'; operator: string; left: Expression; right: Expression }
  | { type: 'compare'; first: Expression; rest: { operator: string; of: Expression }[] }

/** Arguments of a call. */
export interface Given {
  args: Expression[]
  named: [string, Expression][]
  rest: Expression | null
  restNamed: Expression | null
}

export type Target =
  | { type: 'name'; name: string }
  | { type: 'tuple'; items: Target[] }
  | { type: 'namespace'; name: string; attribute: string }

export interface Signature {
  parameters: string[]
  defaults: (Expression | null)[]
}

export type Statement =
  | { type: 'data'; text: string }
  | { type: 'output'; of: Expression }
  | { type: 'if'; branches: { test: Expression; body: Statement[] }[]; otherwise: Statement[] }
  | {
      type: 'for'
      target: Target
      over: Expression
      test: Expression | null
      recursive: boolean
      body: Statement[]
      otherwise: Statement[]
    }
  | { type: 'set'; target: Target; value: Expression }
  | { type: 'set-block'; target: Target; filter: Expression | null; body: Statement[] }
  | { type: 'with'; targets: Target[]; values: Expression[]; body: Statement[] }
  | { type: 'filter-block'; filter: Expression; body: Statement[] }
  | { type: 'macro'; name: string; signature: Signature; special: Special; body: Statement[] }
  | {
      type: 'call-block'
      call: Expression & { type: 'call' }
      signature: Signature
      special: Special
      body: Statement[]
    }
  | { type: 'scope'; body: Statement[] }
  | { type: 'break' | 'continue' }
  /** what jinja2 knows and we do not run */
  | { type: 'unsupported'; what: string }

/** Which of caller, kwargs and varargs a macro's body reads. */
export interface Special {
  caller: boolean
  kwargs: boolean
  varargs: boolean
}
