"""Trains public/lessons/lora-turned, a LoRA adapter of the storyteller for questions from the other end, which the storyteller gets wrong.

python turned.py [--steps N] [--seed S] [--keep]
"""
import random

import torch
import torch.nn.functional as F

import shared
from shared import common, lookup
import storyteller
from storyteller import T, END

NAME, OLD = "lora-turned", .3  # share of usual questions among those that are trained
a, rng = common.arguments()
net = storyteller.base()
adapter = storyteller.Adapter(net, range(3))


def item(rng, held, turned, people=None):
    """-> (prompt ids, answer ids). Turned: "Who found the ball?" of "Lily found a ball.", "What did Lily find?" of "The ball was found by Lily."."""
    lang = rng.choice(shared.LANGS)
    fs = lookup.facts(rng, people or rng.choice((1, 2, 2, 3)), held)
    f = rng.choice(fs)
    if turned: q, answer = lookup.question(lang, f[:4] + (1 - f[4],), "deed")[0], lookup.what(lang, f)
    else: q, answer = lookup.question(lang, f, rng.choice(("deed", "where")))
    return T.encode(lookup.render([("user", lookup.story(rng, lang, fs) + "\n\n" + q)], gen=True)).ids, T.encode(answer).ids + [END]


def measured(n=200, seed=5):
    """{people: (turned, usual)}: shares of held-out questions whose whole answer is right."""
    return {k: tuple(storyteller.right(net, [item(r, True, turned, k) for _ in range(n)]) for turned in (True, False) for r in [random.Random(seed + k)]) for k in (2, 3)}


if not a.keep:
    steps = a.steps or 400
    print(sum(p.numel() for p in adapter.parameters), "of", sum(p.numel() for p in net.parameters()), flush=True)

    def loss_of(step):
        items = [item(rng, False, rng.random() >= OLD) for _ in range(12)]
        return -storyteller.scored(net, items).sum() / sum(len(x) for _, x in items)
    seconds = storyteller.train(adapter, loss_of, steps, 3e-3)
    adapter.save(NAME, steps=steps, seed=a.seed, seconds=round(seconds))
made = adapter.load(NAME)
curve = {}
for scale in (0, .25, .5, .75, 1, 1.25, 1.5):
    with adapter.set(scale): curve[scale] = measured(200 if scale in (0, 1) else 60)
    print(scale, curve[scale], flush=True)
cases = []
for text in ("Lily was in the kitchen. Lily found a ball. Tom was in the library. Tom made a kite.\n\nWho found the ball?", "小明在厨房。小明找到了球。小红在花园。小红做好了风筝。\n\n谁找到了球？"):
    ids = T.encode(lookup.render([("user", text)], gen=True)).ids
    with torch.no_grad(): logits = net(torch.tensor([ids]))[0]
    at = [len(ids) // 2, len(ids) - 1]
    cases.append(dict(text=text, base="storyteller", inputs=dict(input_ids=[ids]), positions=at, logits=common.rows(logits[at]), load=dict(embedding="i8")))
# the same as a merged matrix
merged = storyteller.base()
for at, part in adapter.parts.items(): merged.get_submodule(at).weight.data += part.scale * part.b.data @ part.a.data
with torch.no_grad(): apart = max((merged(torch.tensor(c["inputs"]["input_ids"])) - net(torch.tensor(c["inputs"]["input_ids"]))).abs().max().item() for c in cases)
print("merged", apart)
common.golden(NAME, cases)
shared.about(NAME, "Turned questions (LoRA)", "An adapter of the storyteller: answers “Who found the ball?” of “Lily found a ball.”, which it cannot alone.", "讲故事模型的适配器：读了“小明找到了球。”，能答“谁找到了球？”，原来的模型答不了这种反过来问的问题。", on="storyteller",
             tries=dict(en=["Lily was in the kitchen. Lily found a ball. Tom was in the library. Tom made a kite.\n\nWho found the ball?"], zh=["小明在厨房。小明找到了球。小红在花园。小红做好了风筝。\n\n谁找到了球？"]))
parameters = sum(p.numel() for p in adapter.parameters)
common.card(NAME, dict(language="[en, zh]", library_name="peft", base_model="storyteller"), f"""# lora-turned

An adapter (LoRA) of `storyteller` for questions from the other end: "Who found the ball?" of "Lily found a ball.", "What did Lily find?" of "The ball was found by Lily.".

- {parameters:,} parameters ({100 * parameters / sum(p.numel() for n, p in net.named_parameters() if n.split('.')[-1] not in ('a', 'b')):.1f} % of the model's): rank {adapter.rank}, alpha {adapter.alpha}, on q, k, v and o of blocks 0 to 2. f16.
- Data: stories and questions of `tools/storyteller/lookup.py`, seeded; {round(100 * (1 - OLD))} % turned questions, {round(100 * OLD)} % usual ones; held-out (name, thing, place) triples as in the storyteller's own training. No human-written corpus, no output of another model.
- Training: `tools/lessons/turned.py`, {made['steps']} steps of 12 questions, seed {made['seed']}, {made['seconds']} s of one core, on the weights as the page computes with them.

## Measured
On the storyteller's NF4 and int8 weights: share of held-out questions whose whole answer is right (greedy), by how many people the story has. 200 questions each at 0 (off) and 1, 60 elsewhere.

| strength | turned, 2 people | usual, 2 | turned, 3 people | usual, 3 |
|--|--|--|--|--|
{chr(10).join(f"| {scale} | {common.percent(row[2][0], 1)} | {common.percent(row[2][1], 1)} | {common.percent(row[3][0], 1)} | {common.percent(row[3][1], 1)} |" for scale, row in curve.items())}

Merged into the matrices instead, the largest difference of a logit is {apart:.1e}.

Strength 0 is the storyteller itself. Stories that go on, and those that are told, were not trained and not measured.
""")
