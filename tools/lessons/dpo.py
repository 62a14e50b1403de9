"""Trains public/lessons/dpo-stories and dpo-short, LoRA adapters of the storyteller by direct preference optimization: of its own
stories it shall prefer those without a fault (tools/storyteller/tale.py, `check`).

python dpo.py [--steps N] [--seed S] [--keep]

Both are trained alike, but for the pairs. A story with a fault is the longer one more often than not: the more is told, the more can
go wrong. dpo-stories has pairs of about one length only, dpo-short all of them, and learns to be short.
"""
import random

import torch
import torch.nn.functional as F

import shared
from shared import common, lookup
import evaluate
import stories_judged as judged
import storyteller
from storyteller import T

KINDS, BETA, RATE, STEPS, REQUESTS, NEAR = ("dpo-stories", "dpo-short"), .1, 3e-4, 200, 1500, 3
a, _ = common.arguments()
net = storyteller.base()
adapter = storyteller.Adapter(net, range(4))
start = [p.detach().clone() for p in adapter.parameters]


def tokens(text): return len(T.encode(text).ids)


def near(pair): return abs(tokens(pair[1]) - tokens(pair[2])) <= NEAR


def margins(items):
    """Of pairs (request, good, broken): log-probabilities (good, broken) with the adapter, and without."""
    both = [judged.ids_of(q, t) for q, *ts in items for t in ts]
    with torch.no_grad(), adapter.set(0): ref = storyteller.scored(net, both).view(-1, 2)
    return storyteller.scored(net, both).view(-1, 2), ref


def told(seed, sampling):
    """Of 240 held-out requests: share without a fault, mean tokens and sentences, and of the last how many begin with whom was asked about."""
    rows = judged.written(net, judged.requests(random.Random(4321), 240, True), seed, sampling)
    out = {}
    for kind in ("continue", "about"):
        own = [(t, f) for q, t, f in rows if q["kind"] == kind]
        texts = [t for t, _ in own if t]
        out[kind] = dict(good=sum(not f for _, f in own) / len(own), tokens=sum(len(T.encode(t).ids) for t in texts) / len(texts), sentences=sum(len(evaluate.tale.split(t)) for t in texts) / len(texts), different=len(set(texts)) / len(texts))
    return out, rows


def heard(items):
    """Of held-out pairs: how often the good one is the likelier one without and with the adapter, and what changed, in nats."""
    with torch.no_grad(): ours, ref = (torch.cat(x) for x in zip(*(margins(items[i:i + 10]) for i in range(0, len(items), 10))))
    change = ours - ref
    gain = change[:, 0] - change[:, 1]
    share = lambda x: x.float().mean().item()
    return dict(pairs=len(items), base=share(ref[:, 0] > ref[:, 1]), ours=share(ours[:, 0] > ours[:, 1]), gained=share(gain > 0), gain=gain.mean().item(), chosen=change[:, 0].mean().item(), rejected=change[:, 1].mean().item())


def distance(rows):
    """KL from the storyteller, estimated on what was written with the adapter: nats a story, a token."""
    items = [judged.ids_of(q, t) for q, t, _ in rows if t]
    with torch.no_grad():
        on, off = [], []
        for i in range(0, len(items), 10):
            on.append(storyteller.scored(net, items[i:i + 10]))
            with adapter.set(0): off.append(storyteller.scored(net, items[i:i + 10]))
    change = torch.cat(on) - torch.cat(off)
    return change.mean().item(), change.sum().item() / sum(len(x) for _, x in items)


if not a.keep:
    with adapter.set(0): drawn = judged.pairs(net, REQUESTS, False, a.seed)
    longer = sum(tokens(bad) > tokens(good) for _, good, bad in drawn) / len(drawn)
    print(len(drawn), "pairs, the broken one is longer in", longer, flush=True)
    for name in KINDS:
        own, rng = [p for p in drawn if name == "dpo-short" or near(p)], random.Random(a.seed)
        for p, x in zip(adapter.parameters, start): p.data = x.clone()

        def loss_of(step):
            ours, ref = margins(rng.sample(own, 8))
            change = ours - ref
            return -F.logsigmoid(BETA * (change[:, 0] - change[:, 1])).mean()
        seconds = storyteller.train(adapter, loss_of, a.steps or STEPS, RATE)
        adapter.save(name, steps=a.steps or STEPS, seed=a.seed, seconds=round(seconds), pairs=len(own), beta=BETA, longer=f"{longer:.3f}")
with adapter.set(0):
    held = judged.pairs(net, 300, True, 77)
    plain = {heat: told(5, sampling)[0] for heat, sampling in (("temperature 0.8", judged.HOT), ("as the page samples", evaluate.PAGE))}
qs = evaluate.make_questions(200)
with adapter.set(0): answered = evaluate.accuracy(net, T, qs)["all"]
TITLES = {"dpo-stories": ("Preferred stories (DPO)", "An adapter of the storyteller: of its own stories it came to prefer those that fit together.", "讲故事模型的适配器：在自己讲的故事里，更偏爱前后一致的。"),
          "dpo-short": ("Preferred, and short (DPO)", "The same as “Preferred stories”, of pairs whose good story was often the shorter one: it learned to be short.", "和“偏爱前后一致”一样训练，只是好的那篇常常更短：它学会了说短话。")}
for name in KINDS:
    made = adapter.load(name)
    all_pairs, near_pairs = heard(held), heard([p for p in held if near(p)])
    print(name, all_pairs, near_pairs, flush=True)
    table = {("storyteller", heat): row for heat, row in plain.items()}
    for heat, sampling in (("temperature 0.8", judged.HOT), ("as the page samples", evaluate.PAGE)):
        table["with the adapter", heat], rows = told(5, sampling)
        print(heat, table["with the adapter", heat], flush=True)
        if sampling is judged.HOT: story_kl, token_kl = distance(rows)
    right = evaluate.accuracy(net, T, qs)["all"]
    print("log ratio", story_kl, token_kl, "questions", answered, right, flush=True)
    cases = []
    for text in ("Tell me a story about Lily.", "小明在厨房。小明找到了球。小红在花园。\n\n接着讲这个故事。"):
        ids = T.encode(lookup.render([("user", text)], gen=True)).ids
        with torch.no_grad(): logits = net(torch.tensor([ids]))[0]
        at = [len(ids) // 2, len(ids) - 1]
        cases.append(dict(text=text, base="storyteller", inputs=dict(input_ids=[ids]), positions=at, logits=common.rows(logits[at]), load=dict(embedding="i8")))
    common.golden(name, cases)
    title, en, zh = TITLES[name]
    shared.about(name, title, en, zh, on="storyteller", tries=dict(en=["Tell me a story about Lily."], zh=["讲一个关于小明的故事。"]))
    parameters = sum(p.numel() for p in adapter.parameters)
    part = lambda row: f"{100 * row['good']:.1f} % | {row['tokens']:.1f} | {row['sentences']:.2f}"
    lines = "\n".join(f"| {who}, {heat} | {part(row['continue'])} | {part(row['about'])} |" for (who, heat), row in table.items())
    pair_line = lambda label, x: f"| {label} | {x['pairs']} | {100 * x['base']:.1f} % | {100 * x['ours']:.1f} % | {100 * x['gained']:.1f} % | {x['gain']:+.2f} | {x['chosen']:+.2f} | {x['rejected']:+.2f} |"
    which = f"of about one length (at most {NEAR} tokens apart)" if name == "dpo-stories" else "of any length"
    common.card(name, dict(language="[en, zh]", library_name="peft", base_model="storyteller"), f"""# {name}

An adapter (LoRA) of `storyteller`, trained by direct preference optimization (DPO) on pairs of its own stories for the same request: one without a fault, one with.
A fault is what `check` in `tools/storyteller/tale.py` finds: somebody in two places, a thing in two hands, thanks without a reason, too long or too short ...; no person judged.
{"The pairs are of about one length: in " + f"{100 * float(made['longer']):.0f} % of all pairs the broken story is the longer one, and who learns from all of them learns to be short (`dpo-short`)." if name == "dpo-stories" else "In " + f"{100 * float(made['longer']):.0f} % of the pairs the broken story is the longer one. Nobody meant length: it learned it, and is worse for it. `dpo-stories` is trained alike on pairs of about one length."}

- {parameters:,} parameters: rank {adapter.rank}, alpha {adapter.alpha}, on q, k, v and o of all blocks. f16.
- Data: {made['pairs']} pairs {which}, from {REQUESTS} seeded requests (half to go on with a story, half to tell one about somebody), four stories each at temperature 0.8. No human-written corpus.
- Training: `tools/lessons/dpo.py`, {made['steps']} steps of 8 pairs, beta {made['beta']}, seed {made['seed']}, {made['seconds']} s of one core beside the drawing of the pairs, on the weights as the page computes with them.

## Measured
Held-out pairs, made alike: how often the good story is the likelier one, without and with the adapter; how often log p(good) - log p(broken) rose, and what changed in the mean, in nats.

| pairs | n | without | with | rose | change | good | broken |
|--|--|--|--|--|--|--|--|
{pair_line("all", all_pairs)}
{pair_line("of about one length", near_pairs)}

Of 240 held-out requests, 120 of each kind (one seed): stories without a fault, tokens and sentences a story.

| | go on: without a fault | tokens | sentences | about somebody: without a fault | tokens | sentences |
|--|--|--|--|--|--|--|
{lines}

Distance from the storyteller on what it says itself at temperature 0.8: {story_kl:.2f} nats a story, {token_kl:.3f} a token. Questions about a story (200 held-out ones, greedy): {100 * answered:.1f} % without, {100 * right:.1f} % with.
""")
