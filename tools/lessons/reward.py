"""Trains public/lessons/reward, a small LLaMA that gives a story one number: higher for stories that fit together. From noise.

python reward.py [--steps N] [--seed S] [--keep]

Pairs (a story without a fault, the same with one put in) come from the generator without end; it is measured on stories that the
storyteller wrote itself, which it was never trained on.
"""
import random

import torch
import torch.nn.functional as F
from transformers import LlamaConfig, LlamaForSequenceClassification

import shared
from shared import common, lookup
import stories
import stories_judged as judged
import storyteller
import tale

NAME, WIDTH = "reward", 96
a, rng = common.arguments()
T = stories.tokenizer()
net = LlamaForSequenceClassification(LlamaConfig(vocab_size=T.get_vocab_size(), hidden_size=WIDTH, intermediate_size=2 * WIDTH, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=4, head_dim=WIDTH // 4, max_position_embeddings=256,
                                                 rms_norm_eps=1e-6, rope_parameters=dict(rope_type="default", rope_theta=10000.), num_labels=1, pad_token_id=0, bos_token_id=1, eos_token_id=2, tie_word_embeddings=False, attn_implementation="eager"))


def rewards(texts):
    ids = [T.encode(t).ids for t in texts]
    n = max(map(len, ids))
    x = torch.tensor([i + [0] * (n - len(i)) for i in ids])
    return net(input_ids=x, attention_mask=torch.tensor([[1] * len(i) + [0] * (n - len(i)) for i in ids])).logits[:, 0]


def share(items):
    """Of (good, broken): how often the good one gets more, and the mean difference."""
    with torch.no_grad(): d = torch.cat([rewards([g for g, _ in items[i:i + 50]]) - rewards([b for _, b in items[i:i + 50]]) for i in range(0, len(items), 50)])
    return (d > 0).float().mean().item(), d.mean().item(), len(items)


if not a.keep:
    steps = a.steps or 6000
    print(sum(p.numel() for p in net.parameters()), "parameters", flush=True)

    def loss_of(step):
        made = [judged.pair(rng, False) for _ in range(24)]
        r = rewards([t for _, *two in made for t in two]).view(-1, 2)
        return -F.logsigmoid(r[:, 0] - r[:, 1]).mean() + .001 * (r ** 2).mean()
    seconds = common.train(net, loss_of, steps, 2e-3)
    stories.save(T, NAME)
    shared.export(NAME, net, shared.config_of(net) | dict(id2label={"0": "reward"}, label2id={"reward": 0}), steps=steps, seed=a.seed, seconds=round(seconds))
made = shared.load(NAME, net)
r = random.Random(99)
generated = {lang: share([(g, b) for _ in range(400) for l, g, b in [judged.pair(r, True)] if l == lang]) for lang in shared.LANGS}
teller = storyteller.base()
own = judged.pairs(teller, 400, True, 77)
# a story is judged whole, with what it went on from; what does not stop, or is only too long, is no fault in itself here
whole = lambda q, t: tale.join(q["lang"], [q["before"], t]) if q["before"] else t
real = {kind: share([(whole(q, g), whole(q, b)) for q, g, b in own if kind in (q["kind"], q["lang"])]) for kind in ("continue", "about", "en", "zh")}
print(generated, real, flush=True)
longer = [(g, b) for q, g, b in own for g, b in [(whole(q, g), whole(q, b))] if len(T.encode(g).ids) > len(T.encode(b).ids)]
print("the good one is longer", share(longer), flush=True)
ASK = [("en", "Lily was in the kitchen. Lily found a ball. Tom was in the garden. Lily brought the ball to Tom. Tom was happy."), ("en", "Lily was in the kitchen. Lily found a ball. Tom was in the garden. Tom brought the ball to Lily. Tom was happy."),
       ("zh", "小明在厨房。小明找到了球。小红在花园。小明把球带给小红。小红很开心。"), ("zh", "小明在厨房。小明找到了球。小红在花园。小红把球带给小明。小红很开心。")]
with torch.no_grad(): said = [(t, judged.fault_of(l, t) or "none", rewards([t]).item()) for l, t in ASK]
print(*said, sep="\n")
cases = []
for _, text in (ASK[0], ASK[3]):
    with torch.no_grad(): cases.append(dict(text=text, inputs=dict(input_ids=[T.encode(text).ids]), labels=[round(rewards([text]).item(), 5)], load=dict(embedding="i8")))
common.golden(NAME, cases)
shared.about(NAME, "Reward", "Gives a story one number: higher where people, places and things fit together.", "给故事打一个分：人物、地点和东西前后一致，分就高。", tries=dict(en=[t for l, t in ASK if l == "en"], zh=[t for l, t in ASK if l == "zh"]))
row = lambda label, x: f"| {label} | {x[2]} | {common.percent(x[0], 1)} | {x[1]:+.2f} |"
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text-classification"), f"""# reward

A very small reward model, trained from noise: it reads a story and gives one number, higher where the story has no fault in the sense of `tools/storyteller/tale.py` (`check`).
Only differences mean something: it was trained on pairs, to give the good one more (Bradley and Terry).

- {sum(p.numel() for p in net.parameters()):,} parameters: LLaMA, 3 layers, hidden {WIDTH}, 4 heads, feed-forward {2 * WIDTH}, one label, vocabulary {T.get_vocab_size()} (Unigram, one piece a word). Matrices NF4, embedding and head f16.
- Data: `tools/lessons/reward.py`, seeded: stories of the storyteller's generator, and the same with one fault put in (a word changed, a sentence left out, twice, moved). No person judged, no human-written corpus.
- Training: {made['steps']} steps of 24 pairs, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them.

## Measured
With the shipped weights, embedding as int8: how often the good story of a pair gets more. The first rows are held-out pairs of the generator; the others are stories that the storyteller wrote itself at temperature 0.8 (held-out requests), one
without and one with a fault for the same request: it never saw any such.

| pairs | n | good one gets more | mean difference |
|--|--|--|--|
{row("generator, English", generated["en"])}
{row("generator, Chinese", generated["zh"])}
{row("storyteller's, going on", real["continue"])}
{row("storyteller's, about somebody", real["about"])}
{row("storyteller's, English", real["en"])}
{row("storyteller's, Chinese", real["zh"])}
{row("storyteller's, the good one is the longer", share(longer))}

| story | fault | reward |
|--|--|--|
{chr(10).join(f"| {t} | {f} | {v:+.2f} |" for t, f, v in said)}
""")
