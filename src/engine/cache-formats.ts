// How keys and values may lie in the KV cache. Names only: ops/cache-format.ts says what they are.

export const cacheFormats = ['f32', 'f16', 'int8'] as const
export type CacheFormat = (typeof cacheFormats)[number]
