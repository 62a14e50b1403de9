// What a model that is loaded reads and writes text with: tokenizer, chat template, sampler, the loop. One piece, fetched while
// the model's headers are read.

export { meanOfTokens, openPooling } from './embedding.ts'
export { encodePrompt, generate } from './generate.ts'
export { generateMany } from './many.ts'
export { readText } from './reading.ts'
export { openText, textNotices, vocabularyNotices } from './text.ts'
export { takesTools } from './chat/write.ts'
