"""Trains public/models/experts, a small mixture of experts (Qwen3-MoE) that tells stories in two languages and does little sums, from noise.

python experts.py [--steps N] [--seed S] [--keep]
"""
import random
import re

import torch
import torch.nn.functional as F
from transformers import Qwen3MoeConfig, Qwen3MoeForCausalLM

import common
import stories

NAME, KINDS = "experts", ("English", "Chinese", "sums")
CONFIG = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=16, intermediate_size=64, moe_intermediate_size=32, num_experts=6, num_experts_per_tok=2,
              norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[], max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, attention_bias=False,
              rope_parameters=dict(rope_type="default", rope_theta=10000.), bos_token_id=1, eos_token_id=2, pad_token_id=0, attn_implementation="eager", experts_implementation="eager")
a, rng = common.arguments()
T = stories.tokenizer()
net = Qwen3MoeForCausalLM(Qwen3MoeConfig(vocab_size=T.get_vocab_size(), **CONFIG))
E, K = CONFIG["num_experts"], CONFIG["num_experts_per_tok"]


def text(rng, kind, held=False):
    return stories.sums(rng) if kind == 2 else stories.story(rng, ("en", "zh")[kind], held)


def batch(rng, size):
    kinds = [i % 3 for i in range(size)]
    lists = [stories.packed(rng, T, lambda r: text(r, k), 1)[0] for k in kinds]
    n = max(map(len, lists))
    y = torch.tensor([ids + [-100] * (n - len(ids)) for ids in lists])
    return y, torch.tensor(kinds)


def loss_of(step):
    """Next token; and a small wish: all experts are used alike over all (the mean choice has a high entropy), while each kind of text keeps
    to few (the mean choice within a kind has a low one)."""
    y, kinds = batch(rng, 30)
    out = net(input_ids=y.clamp_min(0), attention_mask=(y >= 0).long(), output_router_logits=True)
    loss = F.cross_entropy(out.logits[:, :-1].flatten(0, 1), y[:, 1:].flatten(), ignore_index=-100)
    for scores in out.router_logits:
        p = scores.view(-1, E).softmax(1)
        of = kinds[:, None].expand_as(y).flatten()[(y >= 0).flatten()]
        p = p[(y >= 0).flatten()]
        entropy = lambda q: -(q * q.clamp_min(1e-9).log()).sum()
        loss = loss + .1 * (sum(entropy(p[of == k].mean(0)) for k in range(3)) / 3 - 2 * entropy(p.mean(0)))
    return loss


@torch.no_grad()
def usage(n=60):
    """[layer][kind][expert]: share of the held-out tokens of a kind that choose the expert (each chooses two)."""
    r = random.Random(99)
    count = torch.zeros(CONFIG["num_hidden_layers"], 3, E)
    tokens = [0] * 3
    for k in range(3):
        for _ in range(n):
            ids = T.encode(text(r, k, True)).ids
            tokens[k] += len(ids)
            for l, scores in enumerate(net(input_ids=torch.tensor([ids]), output_router_logits=True).router_logits):
                count[l, k] += torch.bincount(scores.view(-1, E).topk(K).indices.flatten(), minlength=E)
    return [[[count[l, k, e].item() / tokens[k] for e in range(E)] for k in range(3)] for l in range(len(count))]


@torch.no_grad()
def complete(start, most=70, stop=2):
    ids = T.encode(start).ids
    first = len(ids)
    while len(ids) < first + most:
        i = int(net(input_ids=torch.tensor([ids])).logits[0, -1].argmax())
        if i == stop: break
        ids.append(i)
    return T.decode(ids)


@torch.no_grad()
def measure(n=150):
    r, out = random.Random(98), {}
    for k, kind in enumerate(KINDS):
        lists = [T.encode(text(r, k, True)).ids + [2] for _ in range(n)]
        total = sum(F.cross_entropy(net(input_ids=torch.tensor([x])).logits[0, :-1], torch.tensor(x[1:]), reduction="sum").item() for x in lists)
        out[f"perplexity, {kind}"] = f"{torch.tensor(total / sum(len(x) - 1 for x in lists)).exp():.2f}"
    pairs = [(x, y) for x in range(stories.LARGEST + 1) for y in range(stories.LARGEST + 1 - x)]
    out["sums right (all 231)"] = common.percent(sum(re.search(r"= (\d+)", complete(f"{x} + {y} =", 1) + " ") is not None and complete(f"{x} + {y} =", 1).endswith(f"= {x + y}") for x, y in pairs), len(pairs))
    return out


if not a.keep:
    steps = a.steps or 3500
    seconds = common.train(net, loss_of, steps, 4e-3)
    stories.save(T, NAME)
    state, tensors = net.state_dict(), {}
    for k, v in state.items():  # one tensor an expert, as the files on the hub
        if k.endswith("experts.gate_up_proj"):
            for e in range(E): tensors[k.replace("gate_up_proj", f"{e}.gate_proj.weight")], tensors[k.replace("gate_up_proj", f"{e}.up_proj.weight")] = v[e].chunk(2)
        elif k.endswith("experts.down_proj"):
            for e in range(E): tensors[k.replace("down_proj", f"{e}.down_proj.weight")] = v[e]
        elif k != "lm_head.weight": tensors[k] = v
    config = common.plain_config(net.config, "Qwen3MoeForCausalLM", num_experts=E)
    config.pop("num_local_experts", None)
    common.export(NAME, tensors, config, steps=steps, seed=a.seed, seconds=round(seconds))
weights, made = common.stored(NAME)
state = {k: v for k, v in weights.items() if ".experts." not in k}
for l in range(CONFIG["num_hidden_layers"]):
    at = lambda e, part: weights[f"model.layers.{l}.mlp.experts.{e}.{part}.weight"]
    state[f"model.layers.{l}.mlp.experts.gate_up_proj"] = torch.stack([torch.cat((at(e, "gate_proj"), at(e, "up_proj"))) for e in range(E)])
    state[f"model.layers.{l}.mlp.experts.down_proj"] = torch.stack([at(e, "down_proj") for e in range(E)])
left = net.load_state_dict(state, strict=False)
assert not left.unexpected_keys and left.missing_keys == ["lm_head.weight"], left
net.tie_weights()
net.eval()
full = measure()
with common.rounded(net):
    page, share = measure(), usage()
    answers = [complete(s) for s in ("Lily was in", "小明在", "3 + 4 =", "5 6 7")]
print(full, page, share, *answers, sep="\n")
cases = []
for s in ("Lily was in the kitchen. Lily found a ball.", "小明在厨房。小明找到了球。", "3 + 4 = 7. 5 6 7 8."):
    ids = T.encode(s).ids
    with torch.no_grad(): out = net(input_ids=torch.tensor([ids]), output_router_logits=True)
    cases.append(dict(text=s, inputs=dict(input_ids=[ids]), logits=common.rows(out.logits[0]), chosen=[x.view(-1, E).topk(K).indices.tolist() for x in out.router_logits]))
common.golden(NAME, cases)
used = "\n".join(f"| layer {l}, {KINDS[k]} | " + " | ".join(f"{100 * x:.0f} %" for x in share[l][k]) + " |" for l in range(len(share)) for k in range(3))
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text-generation"), f"""# experts

A very small mixture of experts in the shape of Qwen3-MoE, trained from noise: stories in English, stories in Chinese, and little sums. In every layer a router sends each
token to {K} of {E} experts; which ones depends on what kind of text it is, and that can be watched.

- {sum(p.numel() for p in net.parameters()):,} parameters, of which a token uses the attention and {K} experts of each layer: {CONFIG['num_hidden_layers']} layers, hidden {CONFIG['hidden_size']}, {CONFIG['num_attention_heads']} heads, {CONFIG['num_key_value_heads']} key/value heads, experts of width {CONFIG['moe_intermediate_size']}, tied embedding, vocabulary {T.get_vocab_size()} (Unigram, one piece a word). f16.
- Data: stories of `tools/storyteller/tale.py`, and sums and counting up to {stories.LARGEST}, seeded; a tenth of all (name, thing, place) triples was kept out of training. No human-written corpus, no output of another model.
- Training: `tools/tiny/experts.py`, {made['steps']} steps of 30 texts, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them. Beside the next token, a small part of the loss asks that all experts
  are used alike over everything, and that each kind of text keeps to few: the experts did not find their subjects quite by themselves.

## Measured
On 150 held-out texts of each kind. "Rounded" is what the page computes with: NF4 matrices, int8 embedding.

| | f16 | rounded |
|--|--|--|
{chr(10).join(f"| {k} | {full[k]} | {page[k]} |" for k in full)}

Sums were not held out: nearly all 231 stood in the training text, so this is memory, not arithmetic.

## Which experts a kind of text goes to (rounded)
Share of held-out tokens that choose the expert; each chooses {K}, so a row sums to {100 * K} %.

| | {" | ".join(str(e) for e in range(E))} |
|--|{"--|" * E}
{used}

## What it says (rounded, greedy)
{chr(10).join(f"- {x}" for x in answers)}
""")
