// The one error class of Glassbox: a code, a full sentence, and the facts in it.
//
// The sentence says what was tried, what was required, what was found, what is
// kept and what to do. `message` is English; the page looks the code up in its
// catalogs (src/i18n/errors.*.ts) and fills in the same facts for the reader's language.

/** Every code there is. Adding one: CONTRIBUTING.md. */
export const errorCodes = [
  // the machine
  'NO_WEBGPU',
  'INSECURE_CONTEXT',
  'NO_ADAPTER',
  'LIMIT_TOO_SMALL',
  'GPU_OUT_OF_MEMORY',
  'CPU_OUT_OF_MEMORY',
  'GPU_VALIDATION',
  'GPU_LOST',
  'KERNEL_FAILED',
  // files
  'FILE_MISSING',
  'FILE_TRUNCATED',
  'FILE_FORMAT',
  'FILE_HEADER',
  'TENSOR_MISSING',
  'TENSOR_SHAPE',
  'TENSOR_UNUSED',
  'DTYPE_UNSUPPORTED',
  'CONFIG_INVALID',
  'FAMILY_UNSUPPORTED',
  'ADAPTER_UNSUPPORTED',
  'ADAPTER_MISFIT',
  'TOKENIZER_INVALID',
  'TOKENIZER_UNSUPPORTED',
  // download and storage
  'NETWORK',
  'HTTP_STATUS',
  'HASH_MISMATCH',
  'STORAGE_QUOTA',
  'STORAGE_CORRUPT',
  'STORAGE_UNAVAILABLE',
  'REMOTE_FAILED',
  // generation
  'TASK_UNSUPPORTED',
  'VIEW_ABSENT',
  'TEMPLATE_FAILED',
  'TEMPLATE_LIMIT',
  'PARAM_INVALID',
  'CONSTRAINT_INVALID',
  'CONTEXT_FULL',
  'NUMERIC',
  'BUSY',
  'RECORDING_TOO_LONG',
  // training
  'TRAIN_UNSUPPORTED',
  // documents
  'DOCUMENT_REFUSED',
  // links
  'LINK_INVALID',
  'LINK_TOO_LONG',
  // chats
  'CHAT_UNREADABLE',
  'CHAT_FILE',
  'LESSON_INVALID',
  // plumbing
  'WORKER_DIED',
  'WORKER_TIMEOUT',
  'ABORTED',
  'INTERNAL',
] as const

export type ErrorCode = (typeof errorCodes)[number]
/**
 * What was assumed or left out while a model was opened, though its answers may depend on it, and what makes it slower
 * than it could be. Each has its sentence in src/i18n/notices.ts.
 */
export const noticeCodes = [
  'PRE_ASSUMED',
  'TOKENIZER_ASSUMED',
  'TOKENS_BEYOND',
  'ENDS_BEYOND',
  'CONTEXT_BEYOND',
  'NAMES_PREFIX',
  'HEAD_ABSENT',
  'HEAD_ASSUMED',
  'POOLING_ASSUMED',
  'LAYERS_UNREAD',
  'TENSORS_UNREAD',
  'KEYS_OVERRULED',
  'KEYS_UNREAD',
  'KEYS_UNKNOWN',
  'ACTIVATIONS_KEPT',
  'SAMPLING_UNREAD',
  'FORMAT_STAYS',
  'KV_CACHE_F32',
  'PROCESSOR_ONE_THREAD',
  'PROCESSOR_REFERENCES',
  'THREAD_ENDED',
  'ADAPTERS_LEFT_OUT',
] as const
export type NoticeCode = (typeof noticeCodes)[number]

/** The names and numbers of a sentence. */
export type Facts = Record<string, string | number | boolean | null>

/** What everything here fails with: a code to act on, a full sentence in English, and its facts for other languages. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  /** @param facts the quoted names and numbers of the sentence: plain values, they cross threads */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly facts: Facts = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Throws ABORTED when the signal has fired. Call it between chunks of long work. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new EngineError('ABORTED', 'The work was stopped before it finished; nothing that was complete is lost.')
  }
}
