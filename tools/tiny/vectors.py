"""Trains public/models/sentence-vectors, a BERT that makes a vector of a sentence: sentences that mean the same are near.

python vectors.py [--steps N] [--seed S] [--keep]
"""
import os
import random

import torch
import torch.nn.functional as F
from transformers import BertConfig, BertModel

import common
import meanings
import wordpiece

NAME = "sentence-vectors"
CONFIG = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128, max_position_embeddings=64, type_vocab_size=2,
              hidden_dropout_prob=0., attention_probs_dropout_prob=0., pad_token_id=0, attn_implementation="eager")
a, rng = common.arguments()
T = wordpiece.build(meanings.vocabulary())
net = BertModel(BertConfig(vocab_size=T.get_vocab_size(), **CONFIG), add_pooling_layer=False)


def vectors(texts):
    """Mean over all tokens, [CLS] and [SEP] too, then length 1."""
    es = [T.encode(s) for s in texts]
    n = max(len(e.ids) for e in es)
    pad = lambda xs: torch.tensor([x + [0] * (n - len(x)) for x in xs])
    see = pad([e.attention_mask for e in es])
    h = net(pad([e.ids for e in es]), attention_mask=see).last_hidden_state * see[..., None]
    return F.normalize(h.sum(1) / see.sum(1, keepdim=True), dim=1)


def loss_of(step):
    """Each of 40 sentences must find its twin among 40 twins and 40 sentences that differ in one part."""
    events = [meanings.draw(rng) for _ in range(40)]
    near = [meanings.close(rng, e) for e in events]
    langs = [rng.choice((("en", "zh"), ("zh", "en"), ("en", "en"), ("zh", "zh"))) for _ in events]
    texts = [meanings.say(rng, e, l[0]) for e, l in zip(events, langs)] + [meanings.say(rng, e, l[1]) for e, l in zip(events, langs)] + [meanings.say(rng, e, l[1]) for e, l in zip(near, langs)]
    x, y = vectors(texts).split((40, 80))
    scores = x @ y.T / .05
    same = torch.tensor([[i != j and e == f for j, f in enumerate(events + near)] for i, e in enumerate(events)])
    return F.cross_entropy(scores.masked_fill(same, -1e4), torch.arange(40))


@torch.no_grad()
def measure(n=300):
    """Held-out events: how often the nearest of n sentences is the twin; and means of the cosine."""
    r = random.Random(99)
    events = list(dict.fromkeys(meanings.draw(r, True) for _ in range(20 * n)))[:n]
    out = {}
    for name, (l, m) in {"English → Chinese": ("en", "zh"), "Chinese → English": ("zh", "en"), "English → other words": ("en", "en")}.items():
        x, y = vectors([meanings.say(r, e, l) for e in events]), vectors([meanings.say(r, e, m) for e in events])
        scores = x @ y.T
        out[f"nearest of {len(events)}, {name}"] = common.percent((scores.argmax(1) == torch.arange(len(events))).sum().item(), len(events))
        if l != m and l == "en": out["mean cosine of twins"], out["mean cosine of others"] = (f"{v:.2f}" for v in (scores.diag().mean(), (scores.sum() - scores.diag().sum()) / (scores.numel() - len(events))))
    return out


if not a.keep:
    steps = a.steps or 1200
    seconds = common.train(net, loss_of, steps, 2e-3)
    wordpiece.save(T, NAME)
    common.export(NAME, {k: v for k, v in net.state_dict().items() if "position_ids" not in k}, common.plain_config(net.config, "BertModel"), steps=steps, seed=a.seed, seconds=round(seconds))
    path = common.folder(NAME)
    kinds = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    common.write_json(f"{path}/modules.json", [dict(idx=i, name=str(i), path=p, type=f"sentence_transformers.models.{k}") for i, (k, p) in enumerate(kinds)])
    common.write_json(f"{path}/1_Pooling/config.json", dict(word_embedding_dimension=64, pooling_mode_cls_token=False, pooling_mode_mean_tokens=True, pooling_mode_max_tokens=False, pooling_mode_mean_sqrt_len_tokens=False))
    common.write_json(f"{path}/sentence_bert_config.json", dict(max_seq_length=64, do_lower_case=False))
weights, made = common.stored(NAME)
net.load_state_dict(weights)
net.eval()
ASK = ["The girl bought a bike.", "The bicycle was purchased by the young lady.", "女孩买了自行车。", "The king lost the coat in the forest.", "国王在森林里把外套弄丢了。"]
full = measure()
with common.rounded(net), torch.no_grad():
    page = measure()
    v = vectors(ASK)
    matrix = (v @ v.T).tolist()
print(full, page, *matrix, sep="\n")
with torch.no_grad():
    common.golden(NAME, [dict(text=s, inputs=dict(input_ids=[T.encode(s).ids]), hidden=common.rows(net(torch.tensor([T.encode(s).ids])).last_hidden_state[0]), vector=common.rows(vectors([s]))[0]) for s in ASK])
card_rows = "\n".join(f"| {k} | {full[k]} | {page[k]} |" for k in full)
common.card(NAME, dict(language="[en, zh]", library_name="sentence-transformers", pipeline_tag="sentence-similarity"), f"""# sentence-vectors

A very small BERT, trained from noise, that makes a vector of 64 numbers of an English or Chinese sentence: the mean over its tokens, then length 1 (`modules.json`).
Sentences that tell the same event lie near each other whatever the words, the order or the language, so a matrix of similarities shows what it takes for the same.

- {sum(p.numel() for p in net.parameters()):,} parameters: {CONFIG['num_hidden_layers']} layers, hidden {CONFIG['hidden_size']}, {CONFIG['num_attention_heads']} heads, feed-forward {CONFIG['intermediate_size']}, vocabulary {T.get_vocab_size()} (WordPiece, lower-cased; Chinese by characters). f16.
- Data: `tools/tiny/meanings.py`: who did what to which thing, and where, said actively, passively, with synonyms, in two languages; one event in ten was kept out of training. No human-written corpus, no output of another model.
- Training: `tools/tiny/vectors.py`, {made['steps']} steps of 40 events: a sentence must find its twin among 40, and 40 that differ in one part. Seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them.

## Measured
Held-out events, up to 300. "Rounded" is what the page computes with: NF4 matrices, int8 embedding.

| | f16 | rounded |
|--|--|--|
{card_rows}

## Cosines (rounded)
| | {" | ".join(str(i + 1) for i in range(len(ASK)))} |
|--|{"--|" * len(ASK)}
{chr(10).join(f"| {i + 1}. {s} | " + " | ".join(f"{x:.2f}" for x in matrix[i]) + " |" for i, s in enumerate(ASK))}

It knows eight people, eight deeds, twelve things and six places, and nothing else of the world.
""")
