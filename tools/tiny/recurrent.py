"""Trains public/models/recurrent, an LSTM language model of the storyteller's stories, from noise.

python recurrent.py [--steps N] [--seed S] [--keep]
"""
import random

import torch
from torch import nn
import torch.nn.functional as F

import common
import stories

NAME, EMBED, HIDDEN = "recurrent", 32, 128
a, rng = common.arguments()
T = stories.tokenizer()
V = T.get_vocab_size()


class LSTM(nn.Module):
    """One layer, gates in the order i, f, g, o."""
    def __init__(s):
        super().__init__()
        new = lambda *shape, by: nn.Parameter(torch.randn(*shape) * by)
        s.embed, s.w_out, s.b_out = new(V, EMBED, by=.3), new(V, HIDDEN, by=HIDDEN ** -.5), nn.Parameter(torch.zeros(V))
        s.w_ih, s.w_hh = new(4 * HIDDEN, EMBED, by=EMBED ** -.5), new(4 * HIDDEN, HIDDEN, by=.7 * HIDDEN ** -.5)
        s.b_ih, s.b_hh = nn.Parameter(torch.zeros(4 * HIDDEN)), nn.Parameter(torch.zeros(4 * HIDDEN))
        s.b_ih.data[HIDDEN:2 * HIDDEN] = 1.  # remember at first

    def forward(s, ids, state=None):
        zero = torch.zeros(1, ids.shape[0], HIDDEN)
        out, h, c = torch.lstm(s.embed[ids], state or (zero, zero), [s.w_ih, s.w_hh, s.b_ih, s.b_hh], True, 1, 0., s.training, False, True)
        return F.linear(out, s.w_out, s.b_out), (h, c)


net = LSTM()


def padded(lists):
    n = max(map(len, lists))
    return torch.tensor([ids + [-100] * (n - len(ids)) for ids in lists])


def loss_of(ids, reduction="mean"):
    y = padded(ids)
    logits, _ = net(y[:, :-1].clamp_min(0))
    return F.cross_entropy(logits.flatten(0, 1), y[:, 1:].flatten(), ignore_index=-100, reduction=reduction)


def draw(rng): return stories.story(rng, rng.choice(("en", "zh")))


@torch.no_grad()
def go_on(text, temperature=0., seed=0, most=80):
    g = torch.Generator().manual_seed(seed)
    ids, state, out = T.encode(text).ids, None, []
    logits, state = net(torch.tensor([ids]))
    while len(out) < most:
        row = logits[0, -1]
        i = int(row.argmax()) if not temperature else int(torch.multinomial((row / temperature).softmax(0), 1, generator=g))
        if i == 2: break
        out.append(i)
        logits, state = net(torch.tensor([[i]]), state)
    return T.decode(ids + out)


@torch.no_grad()
def measure(lang, n=200):
    """-> (perplexity of a token of held-out stories, share of sentences told that are of the grammar and fit those before, share of whole stories)."""
    r = random.Random(99)
    held = [T.encode(stories.story(r, lang, True)).ids + [2] for _ in range(n)]
    perplexity = (loss_of(held, "sum") / sum(len(x) - 1 for x in held)).exp().item()
    tale, good, told, whole = stories.tale, 0, 0, 0
    for k in range(n):
        name = (stories.lookup.EN_NAMES if lang == "en" else stories.lookup.ZH_NAMES)[k % 24]
        text = go_on(f"{name} was in" if lang == "en" else f"{name}在", .5, k)
        world, faults = tale.World(), 0
        for s in tale.split(text):
            told += 1
            if s in stories.lookup.OPEN[lang] + stories.lookup.END[lang]: good += 1; continue
            e = tale.read(lang, s, world)
            if e is None or world.fits(e): faults += 1
            else:
                good += 1
                world.apply(e)
        whole += not faults
    return perplexity, good / told, whole / n


if not a.keep:
    steps = a.steps or 5000
    seconds = common.train(net, lambda step: loss_of(stories.packed(rng, T, draw, 48)), steps, 4e-3)
    stories.save(T, NAME)
    config = dict(model_type="lstm", architectures=["LSTMForCausalLM"], vocab_size=V, embedding_size=EMBED, hidden_size=HIDDEN, num_hidden_layers=1)
    common.export(NAME, dict(net.named_parameters()), config, steps=steps, seed=a.seed, seconds=round(seconds))
weights, made = common.stored(NAME)
net.load_state_dict(weights)
net.eval()
full = {lang: measure(lang) for lang in ("en", "zh")}
with common.rounded(net):
    page = {lang: measure(lang) for lang in ("en", "zh")}
    answers = [go_on(s, .5, 3) for s in ("Lily was in", "Tom found a key.", "小明在", "小红找到了球。")]
print(full, page, *answers, sep="\n")
cases = []
with torch.no_grad():
    for text in ("Lily was in the kitchen. Lily found a ball. Tom", "小明在厨房。小明找到了"):
        ids = T.encode(text).ids
        logits, (h, c) = net(torch.tensor([ids]))
        cases.append(dict(text=text, inputs=dict(input_ids=[ids]), logits=common.rows(logits[0]), state=dict(h=common.rows(h[0])[0], c=common.rows(c[0])[0])))
common.golden(NAME, cases)
line = lambda name, k, show: f"| {name} | " + " | ".join(show(x[lang][k]) for lang in ("en", "zh") for x in (full, page)) + " |"
share = lambda x: f"{100 * x:.1f} %"
common.card(NAME, dict(language="[en, zh]", pipeline_tag="text-generation"), f"""# recurrent

A very small LSTM language model, trained from noise on the storyteller's stories in English and Chinese. It has no attention: all it knows of the text
is one vector of {HIDDEN} numbers and one of cells, renewed token by token, and its gates show what it writes, keeps and forgets.

- {sum(p.numel() for p in net.parameters()):,} parameters: one layer, embedding {EMBED}, hidden {HIDDEN}, vocabulary {V} (Unigram, one piece a word). f16. Tensors: embed, w_ih, w_hh, b_ih, b_hh, w_out, b_out; rows of the gates in the order i, f, g, o.
- Data: stories of `tools/storyteller/tale.py` about one or two people, seeded; a tenth of all (name, thing, place) triples was kept out of training. No human-written corpus, no output of another model.
- Training: `tools/tiny/recurrent.py`, {made['steps']} steps of 48 stories, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them.

## Measured
Perplexity of a token on 200 held-out stories a language; 200 stories told from "NAME was in" / "NAME在" at temperature 0.5: the share of sentences that are of the
grammar and fit what was told before, and of stories without a fault. "Rounded" is what the page computes with: NF4 matrices, int8 embedding and head.

| | English, f16 | rounded | Chinese, f16 | rounded |
|--|--|--|--|--|
{line("perplexity", 0, lambda x: f"{x:.2f}")}
{line("sentences that fit", 1, share)}
{line("stories without a fault", 2, share)}

## What it tells (rounded, temperature 0.5)
{chr(10).join(f"- {x}" for x in answers)}

It forgets: with more people and things its sentences stay well formed and stop fitting together. It knows nothing but this world.
""")
