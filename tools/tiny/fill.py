"""Trains public/models/fill-in, a BERT that fills blanks in English and Chinese sentences, from noise.

python fill.py [--steps N] [--seed S] [--keep]
"""
import random

import torch
from transformers import BertConfig, BertForMaskedLM

import common
import wordpiece
import words

NAME = "fill-in"
CONFIG = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128, max_position_embeddings=64, type_vocab_size=2,
              hidden_dropout_prob=0., attention_probs_dropout_prob=0., pad_token_id=0, attn_implementation="eager")
a, rng = common.arguments()
T = wordpiece.build()
MASK = T.token_to_id("[MASK]")
net = BertForMaskedLM(BertConfig(vocab_size=T.get_vocab_size(), **CONFIG))


def blank(rng, held):
    """-> (encoding, positions that are blank, of a slot: the words that may stand there)."""
    lang, texts, slots = words.draw(rng, held)
    e = T.encode(*texts)
    spans = [[i for i, (s, (x, y)) in enumerate(zip(e.sequence_ids, e.offsets)) if s == k and x >= start and y <= end] for k, start, end, _ in slots]
    return lang, e, spans, slots, texts


def batch(rng, size):
    made = []
    for _ in range(size):
        _, e, spans, _, _ = blank(rng, False)
        chosen = set(rng.choice(spans)) if rng.random() < .7 else set()
        chosen |= {i for i, s in enumerate(e.special_tokens_mask) if not s and rng.random() < (.08 if chosen else .2)}
        made.append((e, chosen or {1}))
    n = max(len(e.ids) for e, _ in made)
    x, y, seg, see = (torch.zeros(size, n, dtype=torch.long) for _ in range(4))
    y -= 100
    for k, (e, chosen) in enumerate(made):
        x[k, :len(e.ids)], seg[k, :len(e.ids)], see[k, :len(e.ids)] = torch.tensor(e.ids), torch.tensor(e.type_ids), 1
        for i in chosen:
            y[k, i] = x[k, i]
            draw = rng.random()
            if draw < .9: x[k, i] = MASK
            elif draw < .95: x[k, i] = rng.randrange(5, T.get_vocab_size())
    return dict(input_ids=x, token_type_ids=seg, attention_mask=see, labels=y)


@torch.no_grad()
def logits(ids, types=None):
    return net(torch.tensor([ids]), token_type_ids=torch.tensor([types or [0] * len(ids)])).logits[0]


def measure(blind=False, n=1500):
    """Share of held-out blanks whose best word is one that may stand there. `blind`: what stands right of the blank is hidden, too."""
    r, right = random.Random(99), {}
    for _ in range(n):
        lang, e, spans, slots, texts = blank(r, True)
        k = r.randrange(len(slots))
        span, allowed = spans[k], slots[k][3]
        ids = list(e.ids)
        for i in (range(span[0], len(ids) - 1) if blind else span): ids[i] = MASK
        best = logits(ids, e.type_ids)[span].argmax(1).tolist()
        kind = "a pair of sentences" if len(texts) == 2 else "one word fits" if len(allowed) == 1 else "several words fit"
        for key in (lang, kind):
            was = right.setdefault(key, [0, 0])
            was[0] += any(T.encode(w, add_special_tokens=False).ids == best for w in allowed)
            was[1] += 1
    return right


ASK = ["Lily put the [MASK] into the box.", "The [MASK] barked at Tom.", "[MASK] put on her hat.", "[MASK] put on his hat.", "It rained, so Emma took her [MASK].",
       "The [MASK] is white.", "小明把[MASK]放进盒子里。", "小[MASK]穿上了她的裙子。", "[MASK]会飞。", "[MASK]会游。"]
if not a.keep:
    steps = a.steps or 6000
    seconds = common.train(net, lambda step: net(**batch(rng, 48)).loss, steps, 3e-3)
    wordpiece.save(T, NAME)
    tensors = {k: v for k, v in net.state_dict().items() if not k.startswith("cls.predictions.decoder") and "position_ids" not in k}
    common.export(NAME, tensors, common.plain_config(net.config, "BertForMaskedLM"), steps=steps, seed=a.seed, seconds=round(seconds))
weights, made = common.stored(NAME)
left = net.load_state_dict(weights, strict=False)
assert not left.unexpected_keys and all("decoder" in k for k in left.missing_keys), left
net.tie_weights()
net.eval()
full = measure()
with common.rounded(net): page, blind = measure(), measure(True)
answers = []
with common.rounded(net):
    for text in ASK:
        e = T.encode(text)
        p = logits(e.ids)[e.ids.index(MASK)].softmax(0).topk(3)
        answers.append((text, ", ".join(f"{T.id_to_token(i)} {100 * v:.0f} %" for v, i in zip(p.values.tolist(), p.indices.tolist()))))
        print(*answers[-1])
common.golden(NAME, [dict(text=texts, inputs=dict(input_ids=[e.ids], token_type_ids=[e.type_ids]), logits=common.rows(logits(e.ids, e.type_ids)))
                     for texts in (["Lily put the [MASK] into the box."], ["小红有[MASK][MASK]。", "她玩风筝。"]) for e in [T.encode(*texts)]])
line = lambda k: f"| {k} | {common.percent(*full[k])} | {common.percent(*page[k])} | {common.percent(*blind[k])} |"
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="fill-mask"), f"""# fill-in

A very small BERT, trained from noise, that fills blanks in simple English and Chinese sentences. It reads a text both ways: words to the
right of a blank decide as much as words to its left. It exists so that fill-in-the-blank can be tried, and looked into, with next to nothing to download.

- {sum(p.numel() for p in net.parameters()):,} parameters: {CONFIG['num_hidden_layers']} layers, hidden {CONFIG['hidden_size']}, {CONFIG['num_attention_heads']} heads, feed-forward {CONFIG['intermediate_size']}, two segments, vocabulary {T.get_vocab_size()} (WordPiece, lower-cased; Chinese by characters). f16.
- Data: `tools/tiny/words.py`, seeded templates with slots; one choice of words in eight was kept out of training. No human-written corpus, no output of another model.
- Training: `tools/tiny/fill.py`, {made['steps']} steps of 48 texts, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them.

## Measured
1500 held-out blanks: the best word must be one that the template allows there. "Rounded" is what the page computes with: NF4 matrices, int8 embedding.
"Left only": the same with everything to the right of the blank hidden.

| | f16 | rounded | rounded, left only |
|--|--|--|--|
{chr(10).join(line(k) for k in full)}

## Its first three words (rounded)
| text | |
|--|--|
{chr(10).join(f"| {t} | {w} |" for t, w in answers)}

Sentences come from the same templates as the training text: other ones it fills badly, and it knows no word outside its list.
Two blanks side by side are filled each for itself.
""")
