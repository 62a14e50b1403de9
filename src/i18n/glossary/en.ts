// The words of the textbooks, in English. Where a textbook is wrong or out of date, what is right stands here.

import type { Terms } from './types.ts'

export const en: Terms = {
  token: {
    term: 'token',
    text: 'A piece of text with a number: a word, a part of one, a sign or a byte. A model reads and writes tokens, never letters.',
    see: ['tokenizer', 'vocabulary'],
  },
  tokenizer: {
    term: 'tokenizer',
    text: 'What cuts text into tokens and joins them again. Its rules are learned from counts in a corpus, before the model is trained; they are no grammar.',
    see: ['bpe', 'wordpiece', 'unigram'],
  },
  vocabulary: {
    term: 'vocabulary',
    text: 'All tokens that a model knows, each with its id. A larger one makes texts shorter and the first and last matrices bigger.',
  },
  bpe: {
    term: 'BPE',
    text: 'Byte-pair encoding: begin with characters or bytes, and join the commonest neighbours again and again. The list of joins is the tokenizer.',
    see: ['byte-fallback', 'fertility'],
  },
  wordpiece: {
    term: 'WordPiece',
    text: 'The cutting of BERT: the longest piece of the vocabulary that fits comes first; a word that cannot be built becomes [UNK].',
    see: ['unknown', 'bert'],
  },
  unigram: {
    term: 'Unigram',
    also: ['unigram'],
    text: 'A tokenizer that gives every piece a probability and takes the most probable cutting of the whole text.',
  },
  'byte-fallback': {
    term: 'byte fallback',
    text: 'A character that the vocabulary lacks is written as its bytes, so nothing is unknown. One emoji may cost four tokens.',
    see: ['unknown'],
  },
  unknown: {
    term: 'unknown token',
    also: ['[UNK]'],
    text: 'The stand-in, often [UNK], for what a tokenizer cannot cut. What it was cannot be got back.',
  },
  fertility: {
    term: 'fertility',
    text: 'Tokens per word. It tells what a language costs: the same sentence may take twice the tokens in another one.',
  },
  'special-token': {
    term: 'special token',
    also: ['special tokens'],
    text: 'A token that no text gives: begin, end, a turn of a chat, a blank. Models are trained to obey them.',
    see: ['chat-template'],
  },
  'one-hot': {
    term: 'one-hot vector',
    also: ['one-hot'],
    text: 'A vector as long as the vocabulary, all 0 but a single 1. Any two different ones have cosine 0: it says which word, not what it is like.',
    see: ['embedding'],
  },
  embedding: {
    term: 'embedding',
    text: 'The vector that a token begins with: a row of a trained table. Words that the task treats alike come to lie near each other. It is no database that is looked up for facts.',
    see: ['one-hot', 'cosine'],
  },
  cosine: {
    term: 'cosine',
    text: 'The dot product of two vectors divided by both lengths: 1 the same direction, 0 none in common. A dot product alone is not normalized.',
  },
  rnn: {
    term: 'RNN',
    text: 'A recurrent network reads one token after another and keeps a single state of fixed size. What it read long ago must survive every step in between.',
    see: ['lstm', 'attention'],
  },
  lstm: {
    term: 'LSTM',
    text: 'A recurrent network with gates that keep, write and show its cell. They help against vanishing gradients; exploding ones are cured by clipping.',
    see: ['gate', 'rnn'],
  },
  gate: {
    term: 'gate',
    text: 'A number, computed from the input, by which something is multiplied: 0 stops it. In an LSTM it lies between 0 and 1; in SwiGLU it is SiLU of a number and may be larger.',
  },
  transformer: {
    term: 'transformer',
    text: 'A network of blocks that each look around (attention) and compute per token (MLP), and add both to a stream. All tokens of a known text are computed at once.',
    see: ['attention', 'mlp', 'residual'],
  },
  attention: {
    term: 'attention',
    text: 'Each token asks with its query, compares it with the keys of the tokens it may see, and takes in their values, weighted by a softmax.',
    see: ['qkv', 'softmax', 'head'],
  },
  qkv: {
    term: 'query, key, value',
    also: ['query', 'key', 'value'],
    text: 'Three vectors made of each token: what it looks for, what it can be found by, and what it hands over. In cross-attention keys and values come from the encoder.',
  },
  head: {
    term: 'head',
    also: ['heads'],
    text: 'One of several attentions side by side, each with a small part of the width. Heads share work, and often spare each other.',
    see: ['ablation', 'gqa'],
  },
  softmax: {
    term: 'softmax',
    text: 'Turns scores into shares: e to each score, divided by the sum. What is masked is set to minus infinity before, so that its share is exactly 0.',
  },
  'causal-mask': {
    term: 'causal mask',
    also: ['mask'],
    text: 'Every token sees itself and what came before, nothing later. A model that writes needs it; one that fills blanks sees both sides.',
    see: ['masked-lm'],
  },
  'cross-attention': {
    term: 'cross-attention',
    text: 'The decoder asks, and the encoder’s tokens answer: queries from the text being written, keys and values from the source.',
    see: ['encoder-decoder'],
  },
  gqa: {
    term: 'grouped-query attention',
    also: ['GQA'],
    text: 'Several query heads share one head of keys and values, so the cache is smaller. With one for all it is called multi-query. Equal keys do not make equal attention.',
    see: ['kv-cache'],
  },
  position: {
    term: 'position code',
    text: 'Attention alone does not know order: shuffled tokens give shuffled outputs. So positions are added (learned, sinusoids), turned in (RoPE) or subtracted from the scores (ALiBi).',
    see: ['rope', 'alibi'],
  },
  rope: {
    term: 'RoPE',
    text: 'Pairs of query and key numbers are rotated by an angle that grows with the position; their product then depends on the distance only. Beyond the trained length it needs scaling.',
    see: ['position', 'context-length'],
  },
  alibi: {
    term: 'ALiBi',
    text: 'Each head subtracts a slope times the distance from its scores. Loss stays nearly flat beyond the trained length; far facts are still hard to reach.',
    see: ['position'],
  },
  'context-length': {
    term: 'context length',
    also: ['trained length'],
    text: 'How many tokens a model was trained to see at once. Longer texts are cut off, or read badly; how badly depends on the position code.',
  },
  residual: {
    term: 'residual stream',
    also: ['residual'],
    text: 'The vector of a token that every block adds to. Nothing is replaced: the last sum is read out as logits.',
    see: ['contribution', 'lens'],
  },
  norm: {
    term: 'normalization',
    also: ['RMSNorm', 'LayerNorm'],
    text: 'LayerNorm takes the mean away and divides by the standard deviation; RMSNorm only divides by the root mean square. Today it mostly stands before each part of a block.',
  },
  mlp: {
    term: 'MLP',
    also: ['feed-forward'],
    text: 'The part of a block that computes for each token alone. In SwiGLU one branch is a gate that the other is multiplied by, before the last matrix.',
    see: ['gate'],
  },
  'encoder-decoder': {
    term: 'encoder and decoder',
    also: ['encoder', 'decoder', 'encoder–decoder'],
    text: 'The encoder reads a source both ways; the decoder writes, looking at what it wrote and across at the source. Translation and speech use it to this day.',
    see: ['cross-attention', 't5'],
  },
  bert: {
    term: 'BERT',
    text: 'An encoder that learned to fill blanks with both sides in view. Its positions are learned, not sinusoids; RoBERTa, ALBERT and SpanBERT change how it is trained or shared.',
    see: ['masked-lm'],
  },
  'masked-lm': {
    term: 'masked language modelling',
    also: ['fill in', 'blank', '[MASK]'],
    text: 'Some tokens are hidden and guessed from both sides. BERT hides 15 %: of those 80 % become [MASK], 10 % another token, 10 % stay.',
  },
  t5: {
    term: 'T5',
    text: 'Text-to-Text Transfer Transformer: an encoder–decoder for which every task is text in, text out.',
  },
  gpt: {
    term: 'GPT',
    text: 'A decoder trained to guess the next token. GPT-1 was tuned for each task; from GPT-3 on a few examples in the prompt may do, with no weight changed.',
    see: ['autoregressive', 'in-context'],
  },
  autoregressive: {
    term: 'autoregressive',
    text: 'Every new token is drawn from the ones before it and then read as if it had been given. Writing is therefore one step after another.',
    see: ['prefill'],
  },
  logit: {
    term: 'logit',
    also: ['logits'],
    text: 'The raw score of one token, any number. A softmax over all of them makes the probabilities.',
    see: ['softmax', 'probability'],
  },
  probability: {
    term: 'probability',
    also: ['chance'],
    text: 'The share, from 0 to 1, that the model gives one token as the next one. It measures its expectation, not the truth.',
    see: ['entropy', 'hallucination'],
  },
  entropy: {
    term: 'entropy',
    also: ['bits'],
    text: 'How open a choice is, in bits: 0 for a sure thing, 1 for a fair coin, 12 for all of 4,096 tokens alike.',
    see: ['perplexity'],
  },
  perplexity: {
    term: 'perplexity',
    text: 'e to the mean loss per token: as if it had to guess among so many alike. Models with different tokenizers cannot be compared by it.',
    see: ['loss'],
  },
  temperature: {
    term: 'temperature',
    text: 'Logits are divided by it before the softmax. Below 1 the likeliest gains, above 1 the rest; it adds risk, no knowledge.',
    see: ['greedy'],
  },
  'top-k': { term: 'top-k', text: 'Only the k likeliest tokens may be drawn.', see: ['top-p'] },
  'top-p': {
    term: 'top-p',
    also: ['nucleus'],
    text: 'The smallest set of likeliest tokens whose probabilities reach p may be drawn. The token that crosses the line stays.',
  },
  greedy: {
    term: 'greedy',
    text: 'Always take the likeliest token, as at temperature 0. Equal texts then, but for exact ties and other orders of adding.',
  },
  seed: {
    term: 'seed',
    text: 'Where the random numbers begin. The same seed, settings and text draw the same answer on the same device.',
  },
  'repetition-penalty': {
    term: 'repetition penalty',
    text: 'Makes tokens that already occurred less likely. Too strong, and an answer may not repeat even what it should.',
  },
  prefill: {
    term: 'prefill and decode',
    also: ['prefill', 'decode'],
    text: 'Reading a prompt computes all its tokens at once; writing goes token by token. That is why reading is the faster one.',
    see: ['kv-cache'],
  },
  'kv-cache': {
    term: 'KV cache',
    text: 'Keys and values of all tokens read so far, kept so that they are not computed again. It grows with every token and is the memory bill of long texts.',
    see: ['gqa'],
  },
  quantization: {
    term: 'quantization',
    text: 'Weights are rounded to few levels, with a scale for each small block. In NF4, GPTQ and Q4 that is weights only: the rest is computed in 16 or 32 bits.',
    see: ['normal-float'],
  },
  'normal-float': {
    term: 'NF4',
    text: 'Four bits, whose 16 levels lie where normally distributed weights do. They are not used equally often: scaling by the largest thins out the ends.',
  },
  lens: {
    term: 'logit lens',
    also: ['lens'],
    text: 'Reads the residual after each block as if it were the last one. It shows when an answer is there; early rows are unreliable.',
    see: ['residual'],
  },
  ablation: {
    term: 'ablation',
    also: ['ablate'],
    text: 'Take one part away and see what changes. Nothing changing may mean that another part stands in.',
    see: ['patching'],
  },
  patching: {
    term: 'patching',
    also: ['patch'],
    text: 'Put a state of one run into another at the same place. If the answer follows, the fact was there.',
  },
  contribution: {
    term: 'contribution',
    text: 'What one part adds to a token’s logit. All of them sum to the logit; the largest need not be the cause.',
    see: ['residual'],
  },
  induction: {
    term: 'induction',
    text: 'Heads that find an earlier copy of the present token and look at what followed it, so that a repeated text goes on. Not every small model has them.',
  },
  loss: {
    term: 'loss',
    also: ['cross-entropy'],
    text: 'What training makes small: minus the logarithm of the probability that the model gave the right token.',
    see: ['perplexity', 'gradient'],
  },
  gradient: {
    term: 'gradient',
    text: 'How much the loss changes with each weight. Training takes small steps against it, over and over.',
    see: ['adamw'],
  },
  adamw: {
    term: 'AdamW',
    text: 'The usual way to take the steps: a running mean of the gradient, divided by its running size; the decay of weights is applied to the step, not to the gradient.',
  },
  pretraining: {
    term: 'pre-training',
    text: 'Guessing tokens of much raw text. What comes out goes on with texts; it does not yet answer.',
    see: ['sft'],
  },
  sft: {
    term: 'fine-tuning (SFT)',
    also: ['SFT', 'fine-tuning'],
    text: 'Training on questions with good answers, where mostly the answer’s tokens count. It teaches a form well; new facts little and unreliably.',
    see: ['chat-template', 'rlhf'],
  },
  'instruction-data': {
    term: 'instruction data',
    text: 'Pairs of a task and an answer, written by people (good, dear), by models (cheap, uneven), or both.',
  },
  rlhf: {
    term: 'RLHF',
    text: 'People rank answers, a reward model learns the ranking, and the model is moved towards answers with a high reward. It gets what is rewarded, also what was not meant.',
    see: ['reward', 'dpo'],
  },
  reward: {
    term: 'reward model',
    also: ['reward'],
    text: 'A model that gives an answer one number, learned from pairs of a better and a worse one.',
  },
  dpo: {
    term: 'DPO',
    text: 'Moves probability from the worse to the better answer of a pair directly, without a reward model, held near the model it began with.',
    see: ['rlhf'],
  },
  adapter: {
    term: 'adapter',
    text: 'Few new weights beside frozen old ones. It can be put on, taken off and merged.',
    see: ['lora'],
  },
  lora: {
    term: 'LoRA',
    text: 'Beside a matrix W stands a thin product B·A, scaled by α/r, and only that is trained. B begins at 0, so the model begins unchanged; old skills may still suffer.',
    see: ['adapter', 'qlora'],
  },
  qlora: {
    term: 'QLoRA',
    text: 'LoRA beside weights that are kept in NF4. It does train chat models.',
    see: ['normal-float'],
  },
  prompt: {
    term: 'prompt',
    text: 'All that a model reads before it writes: a role, the task, examples, a form. It changes activations, never weights.',
  },
  'in-context': {
    term: 'in-context learning',
    also: ['few-shot'],
    text: 'A few examples in the prompt steer the answer; no weight is changed. The skill itself was trained, and small models may lack it.',
    see: ['prompt'],
  },
  'chain-of-thought': {
    term: 'chain of thought',
    text: 'The model writes steps before the answer, and reads them as it goes on. More tokens are more computing; the steps need not be how it came to the answer.',
  },
  'chat-template': {
    term: 'chat template',
    text: 'How a chat becomes one text: which special tokens stand around each turn. A chat model goes on with texts of this form; without it, it stumbles.',
    see: ['special-token', 'role'],
  },
  role: {
    term: 'role',
    text: 'Who speaks in a turn: system, user, assistant. To the model it is a word in the template.',
  },
  hallucination: {
    term: 'hallucination',
    text: 'A fluent answer with nothing behind it. It may have a high probability; context, retrieval and limits make it rarer, never impossible.',
    see: ['probability', 'rag'],
  },
  rag: {
    term: 'RAG',
    also: ['retrieval'],
    text: 'Retrieval-augmented generation: find passages first, put them into the context, then answer and point at them. A wrong passage gives a wrong answer.',
    see: ['vector-store'],
  },
  'vector-store': {
    term: 'vector store',
    text: 'Keeps vectors of passages and finds those nearest to a question’s. It lies outside the model.',
    see: ['cosine'],
  },
  agent: {
    term: 'agent',
    also: ['tool call'],
    text: 'A loop around a model: it asks for a tool, a program runs it, the result is read, and so on. The model itself runs nothing.',
  },
  metrics: {
    term: 'EM, F1, BLEU, ROUGE',
    also: ['BLEU', 'ROUGE', 'F1'],
    text: 'Ways to hold a text against a model answer: the very same, shared words, shared runs of words. Each answers one question only.',
    see: ['interval'],
  },
  interval: {
    term: 'confidence interval',
    text: 'How far a measured share may be off, given how many cases were tried. Four times the cases halve it.',
  },
  emergence: {
    term: 'emergence',
    text: 'An ability that seems to appear at some size. Part of the jump often comes from the measure, which counts only perfect answers.',
  },
  zero: {
    term: 'ZeRO',
    text: 'Training memory is split over devices: with Adam 16 bytes per weight; stage 1 splits the optimizer’s 12, stage 2 the gradients, stage 3 the weights too.',
  },
}
