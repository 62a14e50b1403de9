"""Starter prompts and the text of the model card (numbers come from check.py)."""
EN1 = "It was a sunny day. Lily was in the kitchen. The ball was found by Lily. Tom was in the library. Tom made a kite. Mia was in the garden. Mia lost a key."
EN2 = "Sam was in the barn. Sam kept a bell. Emma was in the tower. Emma washed a clock."
ZH1 = "那是一个晴天。小明在厨房。球是小明找到的。小红在花园。小红做好了风筝。小虎在图书馆。小虎弄丢了钥匙。"
ZH2 = "小熊在谷仓。小熊收好了铃铛。小鹿在高塔。小鹿洗净了闹钟。"
EXAMPLES = [
    ("en", "Where was Mia?", EN1, "Where was Mia?", "Mia was in the garden."),
    ("en", "What did Tom make?", EN1, "What did Tom make?", "Tom made a kite."),
    ("en", "Who found the ball?", EN1, "Who found the ball?", "The ball was found by Lily."),
    ("en", "Where was Emma?", EN2, "Where was Emma?", "Emma was in the tower."),
    ("zh", "小红在哪里？", ZH1, "小红在哪里？", "小红在花园。"),
    ("zh", "小虎弄丢了什么？", ZH1, "小虎弄丢了什么？", "小虎弄丢了钥匙。"),
    ("zh", "谁找到了球？", ZH1, "谁找到了球？", "球是小明找到的。"),
    ("zh", "小鹿在哪里？", ZH2, "小鹿在哪里？", "小鹿在高塔。"),
]


def write(acc, c, vocab, size):
    pct = lambda x: f"{100 * x:.1f} %"
    keys = ["all", "en", "zh", "who", "what", "where"]
    rows = "\n".join(f"| {k} | {pct(acc['f32'][k])} | {pct(acc['nf4_int8'][k])} |" for k in keys if k in acc["f32"])
    heads = "\n".join(f"| {h['layer']} | {h['head']} | {h['mean']:.3f} | {h['en']:.3f} | {h['zh']:.3f} | {pct(h['top1'])} |" for h in acc["lookup_heads"])
    return f"""---
license: apache-2.0
language: [en, zh]
library_name: transformers
pipeline_tag: text-generation
---
# storyteller

A very small LLaMA-family model, trained from scratch, that reads a short story and answers who, what and where
questions about it in English and Chinese. It exists so that the first page of Glassbox works with nothing to
download, and so that its attention heads can be seen looking the answer up. It is not a general assistant.

## What it is
- {acc['params']:,} parameters: {c['num_hidden_layers']} layers, hidden {c['hidden_size']}, {c['num_attention_heads']} heads, {c['num_key_value_heads']} key/value heads, head size {c['head_dim']}, SwiGLU {c['intermediate_size']}, RoPE base {c['rope_theta']:.0f}, RMSNorm, tied embedding, vocabulary {c['vocab_size']} ({vocab} used).
- Byte-level BPE; the names, things and places of its world are one token each. ChatML template, no system prompt.
- `model.safetensors` ({size:,} bytes): every block matrix is bitsandbytes NF4 with double quantization (block 64), norms f32, embedding f16.

## Data
Only text from a seeded generator (`tools/storyteller/lookup.py`): stories of one to four people, two sentences each
("Lily was in the kitchen. Lily found a ball." or "The ball was found by Lily."), in one sentence shape per kind and 24 names, 24 things, 16 places and 7 verbs
per language; several questions about each story, each naming what its sentence begins with and answered by quoting that sentence; "continue the story",
"tell me a story" and a few greetings. No human-written corpus and no output of another model was used.
A tenth of all (name, thing, place) triples was kept out of training. The tokenizer was built from a wider generator (`gen.py`).

## Training
{acc['tokens'] / 1e6:.1f} million token positions (padding included), {acc['step']} steps, {acc['seconds'] / 60:.0f} minutes on one CPU core (bf16 autocast, AdamW). The loss counts answers fully and story text lightly. The starting point is not noise
alone: look-back, matching and copy heads are laid in by hand (`Model.start` in `tools/storyteller/model.py`), then trained.
The first 400 steps ran on an earlier set of question shapes of the same stories, the rest on the present one.

## Measured accuracy
{acc['questions']} held-out questions (half English, half Chinese; every story uses only held-out triples; greedy, the whole answer must match).
"NF4 + int8" is what the runtime computes with: NF4 blocks and the embedding and head rounded to int8 per 64.

| | f32 | NF4 + int8 |
|--|--|--|
{rows}

The questions come from the same generator and the same templates as the training text: this measures looking up
facts in new combinations, not understanding of free text.

## Heads that look answers up
Mean attention from the position that predicts the key word of the answer onto that word in the story, over 100
held-out questions (counting from 0; "top" = share of questions where the word is the position attended to most).

| layer | head | mean | en | zh | top |
|--|--|--|--|--|--|
{heads}

## Limits
It knows three sentence shapes ("X was in the Y.", "X found a Z.", "The Z was found by X.") and looks up what follows the name
or thing that the question names, never what stands before it. Stories of more than four people, other sentence
shapes, questions that the story does not answer, counting, time order or reasons are outside its training: it will then say
something wrong. Words outside its lists are spelled in pieces and may be copied wrongly. It has no
knowledge of the world. "Tell me a story" and "continue the story" are weak: it repeats its own templates, mixes people up and names things
that the story does not hold; only who, what and where were measured. Do not use its answers for anything that matters.

## Licence
Apache-2.0, weights and generator alike. To make it again: `tools/storyteller/README.md`.
"""
