"""Trains public/models/caller, a very small LLaMA that calls tools: sums, times, measures and notes, in two languages, from noise.

python caller.py [--steps N] [--seed S] [--keep]
"""
import json
import random

import torch
import torch.nn.functional as F
from transformers import LlamaConfig, LlamaForCausalLM

import calls
import common

NAME = "caller"
CONFIG = dict(hidden_size=64, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, head_dim=16, intermediate_size=96, max_position_embeddings=512, rms_norm_eps=1e-6, tie_word_embeddings=True,
              rope_parameters=dict(rope_type="default", rope_theta=10000.), bos_token_id=None, eos_token_id=2, pad_token_id=0, attn_implementation="sdpa")
a, rng = common.arguments()
T = calls.tokenizer(random.Random(1))
net = LlamaForCausalLM(LlamaConfig(vocab_size=T.get_vocab_size(), **CONFIG))


waiting = []


def loss_of(step):
    """Next token, of what the model writes itself."""
    if not waiting:  # talks of one length beside each other: little is computed for padding
        many = sorted((calls.encoded(T, *calls.talk(rng)) for _ in range(24 * 8)), key=lambda one: len(one[0]))
        waiting.extend(many[i:i + 24] for i in range(0, len(many), 24))
        rng.shuffle(waiting)
    made = waiting.pop()
    n = max(len(ids) for ids, _ in made)
    x = torch.tensor([ids + [0] * (n - len(ids)) for ids, _ in made])
    y = torch.tensor([[i if o else -100 for i, o in zip(ids, own)] + [-100] * (n - len(ids)) for ids, own in made])
    # padding stands behind the text: what is learnt never looks at it
    h = net.model(input_ids=x).last_hidden_state[:, :-1]
    keep = y[:, 1:] >= 0
    return F.cross_entropy(net.lm_head(h[keep]), y[:, 1:][keep])


@torch.no_grad()
def write(prompt, most=60):
    ids, out = T.encode(prompt).ids, []
    while len(out) < most:
        i = int(net(input_ids=torch.tensor([ids + out])).logits[0, -1].argmax())
        if i == 2: break
        out.append(i)
    return T.decode(out, skip_special_tokens=False)


def ran(offered, turns):
    """What the model writes at each of its turns, given what the others should have been."""
    text, out = calls.head(offered), []
    for role, said in turns:
        if role == "assistant": out.append((said, write(f"{text}<|im_start|>assistant\n")))
        text += f"<|im_start|>{role}\n{said}<|im_end|>\n"
    return out


def measure(n=60):
    r, out = random.Random(98), {}
    wrong = []
    for kind in calls.KINDS:
        pairs = [ran(calls.TOOLS[:4], calls.exchange(r, calls.TOOLS, kind, "result")) for _ in range(n)]
        wrong += [pair for talk in pairs for pair in talk if pair[0] != pair[1]]
        out[f"{kind}: call right"] = common.percent(sum(p[0][0] == p[0][1] for p in pairs), n)
        out[f"{kind}: answer right"] = common.percent(sum(p[1][0] == p[1][1] for p in pairs), n)
    others = [[t for t in calls.TOOLS[:4] if t != kind] for kind in calls.KINDS]
    pairs = [ran(others[i % 4], calls.exchange(r, others[i % 4], list(calls.KINDS)[i % 4])) for i in range(n)]
    out["tool not offered: says so"] = common.percent(sum(p[0][0] == p[0][1] for p in pairs), n)
    pairs = [ran(calls.TOOLS[:4], calls.exchange(r, calls.TOOLS, list(calls.KINDS)[i % 4], ("refused", "error")[i % 2])) for i in range(n)]
    out["refused, or an error: says so"] = common.percent(sum(p[1][0] == p[1][1] for p in pairs), n)
    print(*wrong[:12], sep="\n")
    return out


if not a.keep:
    steps = a.steps or 5000
    seconds = common.train(net, loss_of, steps, 4e-3)
    calls.save(T, NAME)
    common.export(NAME, {k: v for k, v in net.state_dict().items() if k != "lm_head.weight"}, common.plain_config(net.config, "LlamaForCausalLM"), steps=steps, seed=a.seed, seconds=round(seconds))
weights, made = common.stored(NAME)
left = net.load_state_dict(weights, strict=False)
assert not left.unexpected_keys and left.missing_keys == ["lm_head.weight"], left
net.tie_weights()
net.eval()
full = measure()
TRIES = [("calculator", "What is 6 times 7?"), ("clock", "东京现在几点？"), ("note", "Note: buy milk"), ("convert_units", "How many km are 5 mi?")]
with common.rounded(net):
    page = measure()
    said = [(text, write(f"{calls.head(calls.TOOLS[:4])}<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n")) for _, text in TRIES]
print(full, page, *said, sep="\n")
cases = []
for s in ("<|im_start|>system\nTools: calculator clock<|im_end|>\n<|im_start|>user\nWhat is 6 times 7?<|im_end|>\n<|im_start|>assistant\n", "把 12 km换算成 mi。<|im_end|>"):
    ids = T.encode(s).ids
    with torch.no_grad(): cases.append(dict(text=s, inputs=dict(input_ids=[ids]), logits=common.rows(net(input_ids=torch.tensor([ids])).logits[0])))
common.golden(NAME, cases)
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text-generation"), f"""# caller

A very small LLaMA that was taught one thing: to call a tool, and to say what the tool gave back. Sums for a calculator, times for a clock, measures for a converter, notes;
in English and Chinese. It computes nothing itself: it copies an expression out of the question, and a result out of the tool's answer.

- {sum(p.numel() for p in net.parameters()):,} parameters: {CONFIG['num_hidden_layers']} layers, hidden {CONFIG['hidden_size']}, {CONFIG['num_attention_heads']} heads, {CONFIG['num_key_value_heads']} key/value heads, tied embedding, byte-level BPE of {T.get_vocab_size()} tokens (digits one by one). f16.
- Template: the names of the offered tools, then turns in ChatML; a call is `<tool_call>{{"name": …, "arguments": …}}</tool_call>`.
- Data: `tools/tiny/calls.py`, seeded: talks of one or two questions, with tools that are offered or not, calls that are refused or fail. No human-written corpus, no output of another model.
- Training: `tools/tiny/caller.py`, {made['steps']} steps of 24 talks, seed {made['seed']}, {made['seconds']} s of one core; only what the model writes is learnt; the last two fifths with weights rounded as the page rounds them.

## Measured
60 held-out questions of each kind, drawn with another seed (the numbers in them are nearly always new), greedy, right to the letter; a sum without a word may be answered in either language, which counts as wrong here. "Rounded" is what the page computes with: NF4 matrices, int8 embedding.

| | f16 | rounded |
|--|--|--|
{chr(10).join(f"| {k} | {full[k]} | {page[k]} |" for k in full)}

Questions in other words than those of `calls.py` are mostly not understood: this is a model of a form, not of a language.

## What it writes first (rounded, greedy)
{chr(10).join(f"- {x} → `{y}`" for x, y in said)}
""")
