"""Makes public/lessons/positions-rope-2bit: positions-rope with weights of two bits, of which three values are used. Trains nothing.

python bits.py

Every 64 weights keep their largest size and, each, one of -1, 0, 1 times it: levels that NF4 has, so that the file is an ordinary one.
"""
import json
import os
import random
import shutil

import torch
from transformers import AutoConfig, AutoModelForCausalLM

import shared
from shared import common

OF, NAME = "positions-rope", "positions-rope-2bit"
T = shared.tokenizer()
torch.set_num_threads(1)


def rounded(w, bits):
    """Integer codes of so many bits, one scale for every 64 weights."""
    top = 2 ** (bits - 1) - 1
    flat = w.flatten()
    blocks = torch.nn.functional.pad(flat, (0, -len(flat) % 64)).view(-1, 64)
    scale = blocks.abs().amax(1, keepdim=True).clamp_min(1e-20) / top
    return (torch.round(blocks / scale) * scale).flatten()[:len(flat)].view_as(w)


def fresh():
    with open(os.path.join(common.folder(OF), "config.json"), encoding="utf-8") as f: config = json.load(f)
    config.pop("quantization_config")
    net = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config), attn_implementation="eager")
    shared.load(OF, net)
    return net


@torch.no_grad()
def recall(net, lang, which, n=200, seed=7):
    """Share of n stories of two people where the place of the asked one is the best word."""
    r, right = random.Random(seed), 0
    for _ in range(n):
        fs = shared.people(r, lang, 2)
        name, place = fs[which]
        text = shared.joined(lang, [shared.where(lang, *f) for f in fs] + [shared.asked(lang, name), shared.begun(lang, name)])
        right += T.decode([net(input_ids=torch.tensor([T.encode(text).ids])).logits[0, -1].argmax().item()]).strip() == place
    return right / n


def measured(bits):
    """-> (recall by language, relative error of the matrices), None: as they are."""
    net = fresh()
    off = size = 0.
    for key, p in net.named_parameters():
        if common.role(key, p) is not common.nf4: continue
        w = rounded(p.data, bits) if bits else p.data
        off, size = off + ((w - p.data) ** 2).sum().item(), size + (p.data ** 2).sum().item()
        p.data = w
    return {lang: [recall(net, lang, w) for w in (0, 1)] for lang in shared.LANGS}, (off / size) ** .5, net


rows = {bits: measured(bits) for bits in (None, 8, 4, 3, 2)}
for bits, (facts, off, _) in rows.items(): print(bits, facts, off, flush=True)
path = common.folder(NAME)
for file in ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"): shutil.copyfile(os.path.join(common.folder(OF), file), os.path.join(path, file))
with open(os.path.join(path, "config.json"), encoding="utf-8") as f: config = json.load(f)
config.pop("quantization_config")
net = rows[2][2]
values = {k: p.detach().clone() for k, p in net.named_parameters()}
shared.export(NAME, net, config)
shared.load(NAME, net)
# what is left of a rounded weight is a level of NF4: nothing is rounded twice
assert all((p - values[k]).abs().max() < 1e-6 for k, p in net.named_parameters() if common.role(k, p) is common.nf4)
cases = []
for text in ("Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the", "小明在厨房。小刚在图书馆。小明在哪里？小明在"):
    ids = T.encode(text).ids
    with torch.no_grad(): logits = net(input_ids=torch.tensor([ids])).logits[0]
    cases.append(dict(text=text, inputs=dict(input_ids=[ids]), logits=common.rows(logits), load=dict(embedding="i8")))
common.golden(NAME, cases)
shared.about(NAME, "Positions: RoPE, two bits", "The decoder with RoPE, each weight rounded to one of three values: what is left of it.", "用旋转位置的解码器，每个权重只剩三种值：看看还剩下什么。",
             tries=dict(en=["Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the"], zh=["小明在厨房。小刚在图书馆。小明在哪里？小明在"]))
row = lambda bits, facts, off: f"| {'NF4, as it is' if bits is None else f'{bits}-bit integers'} | {off:.3f} | " + " | ".join(f"{facts[lang][w]:.2f}" for lang in shared.LANGS for w in (0, 1)) + " |"
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text-generation"), f"""# {NAME}

`{OF}` with its matrices rounded to two bits: of every 64 weights the largest size is kept, and each is -1, 0 or 1 times it. Not trained again; embedding and norms are as they were. The file is NF4 like the others, of whose 16 levels three are used.

- Made by `tools/lessons/bits.py`, in seconds.

## Measured
The matrices of `{OF}` (NF4) rounded to integers of so many bits, one scale for every 64: how far they are from what they were (relative, root of the sum of squares), and the share of 200 held-out stories of two people (drawn with a seed of their own) whose asked place is the best word, of the first told and of the second.

| weights | error | English, first | second | Chinese, first | second |
|--|--|--|--|--|--|
{chr(10).join(row(bits, facts, off) for bits, (facts, off, _) in rows.items())}
""")
