"""Makes public/lessons/trigram: word trigrams, counted, and a network that sees two words only and was fitted to the counts.

python trigram.py [--steps N] [--seed S] [--keep]

One layer of Mistral with a window of two tokens is a function of the last two words, as a table of trigrams is: so the counts run in the
page as any model does. The card says how far the network is from the counts.
"""
import collections
import math
import random

import torch
import torch.nn.functional as F
from transformers import MistralConfig, MistralForCausalLM

import shared
from shared import common
import stories

NAME, WIDTH, STORIES = "trigram", 64, 20_000
a, rng = common.arguments()
T = stories.tokenizer()
V = T.get_vocab_size()
net = MistralForCausalLM(MistralConfig(vocab_size=V, hidden_size=WIDTH, intermediate_size=4 * WIDTH, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=4, head_dim=WIDTH // 4, sliding_window=2, max_position_embeddings=512, rms_norm_eps=1e-6,
                                       rope_parameters=dict(rope_type="default", rope_theta=10000.), tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, pad_token_id=None, attn_implementation="eager"))


def told(rng, held=False):
    return T.encode(stories.story(rng, rng.choice(shared.LANGS), held)).ids + [2]


def count(rng, n):
    """{two tokens: {the third: how often}} of n stories; a story's first word is counted behind <s> alone."""
    table = collections.defaultdict(collections.Counter)
    for _ in range(n):
        ids = [-1, *told(rng)]
        for x, y, z in zip(ids, ids[1:], ids[2:]): table[x, y][z] += 1
    return table


table = count(random.Random(a.seed), STORIES)
pairs = list(table)
weight = [sum(table[p].values()) for p in pairs]
targets = torch.zeros(len(pairs), V)
for i, p in enumerate(pairs):
    for z, n in table[p].items(): targets[i, z] = n / weight[i]
# (-1, <s>) is read as <s> alone: two columns of <s>, of which the first is seen as a word before, would be another text
xs = torch.tensor([[max(x, 1), y] for x, y in pairs])
first = torch.tensor([x < 0 for x, _ in pairs])
share = torch.tensor(weight, dtype=torch.float) / sum(weight)


def rows(i):
    """Logits behind the pairs i."""
    out = net(input_ids=xs[i]).logits
    return torch.where(first[i][:, None], out[:, 0], out[:, 1])


def away(i, logits):
    """Mean KL(counts || network) in nats, by how often the pairs come."""
    t = targets[i]
    kl = (t * (t.clamp_min(1e-12).log() - logits.log_softmax(1))).sum(1)
    return (kl * share[i]).sum() / share[i].sum()


@torch.no_grad()
def perplexity(n=400, seed=99):
    """Of a token of held-out stories: (network, counts with the pair's shares, share of tokens whose trigram was counted)."""
    r, net_nll, table_nll, tokens, known = random.Random(seed), 0., 0., 0, 0
    for _ in range(n):
        ids = told(r, True)
        logp = net(input_ids=torch.tensor([ids[:-1]])).logits[0].log_softmax(1)
        for i, z in enumerate(ids[1:]):
            p = (ids[i - 1] if i else -1, ids[i])
            seen = table[p][z] if p in table else 0
            if not seen: continue  # no share to compare
            known += 1
            net_nll -= logp[i, z].item()
            table_nll -= math.log(seen / sum(table[p].values()))
        tokens += len(ids) - 1
    return math.exp(net_nll / known), math.exp(table_nll / known), known / tokens


if not a.keep:
    steps = a.steps or 6000
    chosen = torch.distributions.Categorical(share.sqrt())

    def loss_of(step):
        i = chosen.sample((192,))
        t, w = targets[i], share[i].sqrt()
        return (-(t * rows(i).log_softmax(1)).sum(1) * w).sum() / w.sum()
    print(len(pairs), "pairs,", sum(len(c) for c in table.values()), "trigrams,", sum(p.numel() for p in net.parameters()), "parameters", flush=True)
    seconds = common.train(net, loss_of, steps, 3e-3)
    stories.save(T, NAME)
    shared.export(NAME, net, shared.config_of(net), steps=steps, seed=a.seed, seconds=round(seconds))
made = shared.load(NAME, net)
with torch.no_grad(): kl = sum((away(i, rows(i)) * share[i].sum()).item() for i in torch.arange(len(pairs)).split(500))
ours, counted, known = perplexity()
best = sum(share[i].item() for j in torch.arange(len(pairs)).split(500) for i, ok in zip(j.tolist(), (rows(j).argmax(1) == targets[j].argmax(1)).tolist()) if ok)
print(f"KL {kl:.4f} nats, perplexity {ours:.3f} against {counted:.3f} of the counts ({known:.4f} of the tokens counted), same best word {best:.3f}")
cases = []
for text in ("Lily was in the kitchen. Lily found a", "小明在厨房。小明找到了"):
    ids = T.encode(text).ids
    with torch.no_grad(): logits = net(input_ids=torch.tensor([ids])).logits[0]
    cases.append(dict(text=text, inputs=dict(input_ids=[ids]), logits=common.rows(logits), load=dict(embedding="i8")))
common.golden(NAME, cases)
shared.about(NAME, "Trigram", "Sees the last two words and no more: the storyteller’s sentences, counted.", "只看最后两个词：把小故事里的词数了一遍。", tries=dict(en=["Lily was in"], zh=["小明在"]))
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text-generation"), f"""# trigram

Word trigrams of the storyteller's stories, as a network: one layer of Mistral with a window of two tokens sees the last two words and nothing else. It was
fitted to the counts, so that they run, and can be looked into, like any model.

- {sum(p.numel() for p in net.parameters()):,} parameters: 1 layer, hidden {WIDTH}, 4 heads, window 2, tied embedding, vocabulary {V} (Unigram, one piece a word). Matrices NF4, embedding f16.
- Data: {STORIES:,} stories of `tools/storyteller/tale.py` in English and Chinese, seeded: {len(pairs):,} pairs of words with {sum(len(c) for c in table.values()):,} third words. A tenth of all (name, thing, place) triples was kept out. No human-written corpus, no output of another model.
- Training: `tools/lessons/trigram.py`, {made['steps']} steps of 192 pairs, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them.

## Measured
With the shipped weights, embedding as int8. Distance from the counts: KL {kl:.3f} nats a token; the same best word behind {100 * best:.1f} % of the pairs (by how often they come).
Perplexity of a token on 400 held-out stories: {ours:.2f}, of the counts themselves {counted:.2f} (over the {100 * known:.2f} % of tokens whose trigram was counted).

It writes sentences of the right shape that do not fit together: who was spoken of three words ago it cannot know.
""")
