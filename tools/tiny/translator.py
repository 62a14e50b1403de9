"""Trains public/models/translator, a T5 that turns lists of words around and translates a small English grammar, from noise.

python translator.py [--steps N] [--seed S] [--keep]
"""
import random

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import T5Config, T5ForConditionalGeneration

import common
import phrases

NAME = "translator"
CONFIG = dict(d_model=64, d_kv=12, num_heads=4, d_ff=64, num_layers=2, num_decoder_layers=2, relative_attention_num_buckets=16, relative_attention_max_distance=32,
              dropout_rate=0., pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, feed_forward_proj="relu", tie_word_embeddings=True)


def tokenizer():
    """Unigram as T5's: pad, end, unknown, then pieces; words of the grammar are one piece, other words are spelled."""
    first = ["▁translate", "▁reverse", ":", ".", "。", "▁"] + ["▁" + w for w in phrases.ENGLISH + [c for c in phrases.LISTS if len(c) == 1]] + phrases.CHINESE
    pieces = [("<pad>", 0.), ("</s>", 0.), ("<unk>", 0.)] + [(p, -3.) for p in dict.fromkeys(first)]
    pieces += [(c, -8.) for c in "abcdefghijklmnopqrstuvwxyz0123456789" if c not in dict(pieces)]
    t = Tokenizer(models.Unigram(pieces, 2, False))
    t.normalizer = normalizers.Lowercase()
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    t.decoder = decoders.Metaspace(prepend_scheme="always")
    t.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    t.add_special_tokens(["<pad>", "</s>", "<unk>"])
    return t


a, rng = common.arguments()
T = tokenizer()
net = T5ForConditionalGeneration(T5Config(vocab_size=T.get_vocab_size(), attn_implementation="eager", **CONFIG))


def padded(lists, fill):
    n = max(map(len, lists))
    return torch.tensor([ids + [fill] * (n - len(ids)) for ids in lists])


def target(text):
    """Chinese begins without the space that the tokenizer puts before a text."""
    ids = T.encode(text).ids
    return ids[1:] if ids[0] == T.token_to_id("▁") else ids


def batch(rng, size, step):
    pairs = [phrases.draw(rng, held=False) for _ in range(size)]
    x, y = padded([T.encode(s).ids for s, _ in pairs], 0), padded([target(t) for _, t in pairs], -100)
    return dict(input_ids=x, attention_mask=(x != 0).long(), labels=y)


@torch.no_grad()
def answer(texts):
    """Greedy."""
    x = padded([T.encode(s).ids for s in texts], 0)
    out = net.generate(input_ids=x, attention_mask=(x != 0).long(), max_new_tokens=32, do_sample=False, num_beams=1)
    return [T.decode(ids.tolist()) for ids in out]


def measure(kind, n=400):
    r = random.Random(99)
    pairs = [phrases.draw(r, kind, True) for _ in range(n)]
    said = [s for i in range(0, n, 50) for s in answer([p[0] for p in pairs[i:i + 50]])]
    return sum(s == p[1] for s, p in zip(said, pairs)), n


if not a.keep:
    steps = a.steps or 9000
    seconds = common.train(net, lambda step: net(**batch(rng, 32, step)).loss, steps, 3e-3)
    path = common.folder(NAME)
    T.save(f"{path}/tokenizer.json", pretty=False)
    common.write_json(f"{path}/tokenizer_config.json", dict(tokenizer_class="T5Tokenizer", extra_ids=0, model_max_length=64, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", clean_up_tokenization_spaces=False))
    common.write_json(f"{path}/generation_config.json", dict(decoder_start_token_id=0, eos_token_id=1, pad_token_id=0, do_sample=False))
    tensors = {k: v for k, v in net.state_dict().items() if k not in ("lm_head.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")}
    common.export(NAME, tensors, common.plain_config(net.config, "T5ForConditionalGeneration"), steps=steps, seed=a.seed, seconds=round(seconds))
weights, made = common.stored(NAME)
left = net.load_state_dict(weights, strict=False)
assert not left.unexpected_keys and all("embed_tokens" in k or "lm_head" in k for k in left.missing_keys), left
net.tie_weights()
net.eval()
full = {kind: measure(kind) for kind in ("translate", "reverse")}
ASK = ["translate: Lily sees a red bird in the garden today.", "translate: the small dog wants three apples.", "translate: Tom sings by the river every day.", "reverse: cat tree sun book", "reverse: the old horse likes green apples", "reverse: 1 2 3 4 5 6 7"]
with common.rounded(net):
    page = {kind: measure(kind) for kind in full}
    answers = list(zip(ASK, answer(ASK)))
for pair in answers: print(*pair, sep="  →  ")
print(full, page)
cases = []
for text, out in (ASK[0], None), (ASK[4], None):
    x, out = T.encode(text).ids, target(answer([text])[0])
    with torch.no_grad(): logits = net(input_ids=torch.tensor([x]), decoder_input_ids=torch.tensor([[0, *out]])).logits[0]
    cases.append(dict(text=text, inputs=dict(input_ids=[x], decoder_input_ids=[[0, *out]]), logits=common.rows(logits), greedy_ids=out))
common.golden(NAME, cases)
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text2text-generation"), f"""# translator

A very small T5, trained from noise: an encoder reads the input both ways, a decoder writes the output and looks back at the input. It knows two tasks,
named at the beginning of the input: `translate:` a sentence of a small English grammar into Chinese, and `reverse:` a list of words, letters or digits.
Its cross-attention shows which word is being translated, or taken from the end of the list.

- {sum(p.numel() for p in net.parameters()):,} parameters: {CONFIG['num_layers']} encoder and {CONFIG['num_decoder_layers']} decoder layers, hidden {CONFIG['d_model']}, {CONFIG['num_heads']} heads of {CONFIG['d_kv']}, feed-forward {CONFIG['d_ff']}, relative positions in {CONFIG['relative_attention_num_buckets']} buckets, tied embedding, vocabulary {T.get_vocab_size()} (Unigram). f16.
- Data: `tools/tiny/phrases.py`, a seeded grammar (subject, verb, object, place, time; numbers and measure words) and random lists of 2 to 10 words; one text in ten was kept out of training. No human-written corpus, no output of another model.
- Training: `tools/tiny/translator.py`, {made['steps']} steps of 32 pairs, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them.

## Measured
400 held-out inputs each, greedy, the whole output must be equal. "Rounded" is what the page computes with: NF4 matrices, int8 embedding.

| | f16 | rounded |
|--|--|--|
{chr(10).join(f"| {k} | {common.percent(*full[k])} | {common.percent(*page[k])} |" for k in full)}

## What it says (rounded)
| input | output |
|--|--|
{chr(10).join(f"| {x} | {y} |" for x, y in answers)}

It knows about 100 English words and no grammar but its own; lists longer than 10 were not trained.
""")
