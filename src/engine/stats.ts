// What an answer took, and where its tokens were drawn. Types only.

/** Where tokens are drawn; see LoadOptions.sampling. */
export type SamplingPlace = 'auto' | 'device' | 'host'

export interface GenerateStats {
  promptTokens: number
  /** prompt tokens whose keys and values were still in the cache */
  reusedTokens: number
  generatedTokens: number
  /** seconds */
  prefillSeconds: number
  decodeSeconds: number
  /**
   * tokens run per second, null where none was. The first token comes out of the prefill: an answer of n tokens decodes
   * n - 1
   */
  prefillPerSecond: number | null
  decodePerSecond: number | null
  /** per decoded token */
  dispatchesPerToken: number
  submitsPerToken: number
  readBytesPerToken: number
  /** compute passes; this and what follows is absent in answers that were stored before it was counted */
  passesPerToken?: number
  /** buffers written by the host */
  writesPerToken?: number
  /** times that the device had nothing to do until the host had heard of it */
  waitsPerToken?: number
  /** tokens that were guessed (Speculation), and those of them that were right: each saved a forward */
  drafted: number
  accepted: number
  /** tokens that the device drew itself, of those that were decoded */
  drawnOnDevice?: number
  /** why the last one that it did not draw was drawn by the host */
  drawnByHost?: DrawnByHost
}

/**
 * Why a token was drawn by the host. model: what runs it, or how, needs the host for every token; settings: the device
 * does not draw so; watched: someone looks inside, and there is no memory for what that needs; kernels: off, or wrong here;
 * software: the GPU is a processor, and slower at it; soon: they are being made ready; row: a row that the device cannot draw from
 */
export type DrawnByHost = 'model' | 'settings' | 'watched' | 'kernels' | 'software' | 'soon' | 'row'
