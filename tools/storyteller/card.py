"""Starter prompts and the text of the model card (numbers come from check.py)."""
EN1 = "One sunny day the children went out to play. Lily found a red ball in the kitchen. Tom was at the lake. He saw a blue kite. Mia lost a golden key under the table."
EN2 = "It was a cold morning. Sam hid a green bottle in the barn. In the tower, Emma drew a black clock. She liked honey."
EN3 = "Long ago, some friends lived near the sea. Jack bought a silver bell at the market. Rose was playing on the hill and dropped a yellow scarf. By the river, Leo kept a white feather."
ZH1 = "一个晴天，孩子们出去玩。小明在厨房里找到了一个红色的球。小红来到河边玩，看见了一只蓝色的风筝。小虎在桌子下弄丢了一把金色的钥匙。"
ZH2 = "那是一个寒冷的早晨。小熊在谷仓里藏起了一个绿色的瓶子。在高塔里，小鹿画出了一个黑色的闹钟。小鹿喜欢吃蜂蜜。"
ZH3 = "很久以前，几个朋友住在海边。乐乐在市场里买下了一个银色的铃铛。朵朵来到山坡上玩，捡到了一条黄色的围巾。在河边，丁丁收好了一根白色的羽毛。"
EXAMPLES = [
    ("en", "Who found the ball?", EN1, "Who found the red ball?", "Lily."),
    ("en", "Where was the key?", EN1, "Where was the golden key?", "Under the table."),
    ("en", "What did Tom see?", EN1, "What did Tom see?", "The blue kite."),
    ("en", "What did Emma like?", EN2, "What did Emma like?", "Honey."),
    ("en", "Where was Sam?", EN2, "Where was Sam?", "In the barn."),
    ("en", "Who was on the hill?", EN3, "Who was on the hill?", "Rose."),
    ("en", "Not in the story", EN3, "Who found the drum?", "The story does not say."),
    ("en", "Continue the story", EN3, "Continue the story.", None),
    ("en", "Tell me a story", "", "Tell me a story about Lily.", None),
    ("zh", "谁找到了球？", ZH1, "谁找到了红色的球？", "小明。"),
    ("zh", "钥匙在哪里？", ZH1, "金色的钥匙在哪里？", "在桌子下。"),
    ("zh", "小红看见了什么？", ZH1, "小红看见了什么？", "蓝色的风筝。"),
    ("zh", "小鹿喜欢吃什么？", ZH2, "小鹿喜欢吃什么？", "蜂蜜。"),
    ("zh", "小熊在哪里？", ZH2, "小熊在哪里？", "在谷仓里。"),
    ("zh", "谁在山坡上？", ZH3, "谁在山坡上？", "朵朵。"),
    ("zh", "故事里没有", ZH3, "谁找到了鼓？", "故事里没有说。"),
    ("zh", "接着讲", ZH3, "接着讲这个故事。", None),
    ("zh", "讲一个故事", "", "讲一个关于小明的故事。", None),
]


def write(acc, c, vocab, size):
    pct = lambda x: f"{100 * x:.1f} %"
    keys = ["all", "en", "zh", "who", "what", "where", "colour", "like", "none"]
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
- Byte-level BPE; the names, things, places and colours of its world are one token each. ChatML template, no system prompt.
- `model.safetensors` ({size:,} bytes): every block matrix is bitsandbytes NF4 with double quantization (block 64), norms f32, embedding f16.

## Data
Only text from a seeded generator (`tools/storyteller/gen.py`, word lists in `words.py`): stories of 1 to 4 facts
(somebody found, saw, hid ... a coloured thing somewhere), several questions about each, a question in ten that the
story does not answer, "tell me a story", "continue the story" and a few greetings. About a tenth of the names
are made up from syllables or characters. No human-written corpus and no output of another model was used.
A tenth of all (name, thing, place) triples was kept out of training.

## Training
{acc['tokens'] / 1e6:.1f} million token positions (padding included), {acc['step']} steps, conversations of up to 256 tokens, {acc['seconds'] / 60:.0f} minutes on two CPU cores (bf16 autocast, Muon for
matrices, AdamW for the rest). The loss counts answers fully and story text lightly. The starting point is not noise
alone: look-back, equal-token and copy heads are laid in by hand (`Model.start` in `tools/storyteller/model.py`), then trained.

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
Stories that are longer than about 200 tokens, use other sentence shapes, or need counting, time order or reasons
are outside its training. Words outside its lists are spelled in pieces and may be copied wrongly. It has no
knowledge of the world. With "tell me a story" it repeats its own templates. Do not use its answers for anything that matters.

## Licence
Apache-2.0, weights and generator alike. To make it again: `tools/storyteller/README.md`.
"""
