"""What the makers of the tiny models share: the training loop, the rounding that the page does, the files of a model.

Whoever loads a model in the page computes with NF4 matrices and int8 embeddings unless told otherwise, so the last part of
every training runs on weights rounded that way (the rounding is passed through by the gradient), and every number in a card
is measured twice: with the f16 values of the file, and rounded.
"""
import argparse
import contextlib
import json
import math
import os
import random
import time

import torch
from safetensors import safe_open
from safetensors.torch import save_file

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
LIMIT = 300_000  # bytes of a model's folder
PLACE, GOLDENS = "models", "tiny"  # folders of public/ and fixtures/; tools/lessons has its own
LEVELS = torch.tensor([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
                       -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
                       0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0])
MIDDLES = (LEVELS[1:] + LEVELS[:-1]) / 2


def nf4(w):
    """Blocks of 64 along the flat weight, each by its absolute maximum, to the nearest of 16 levels."""
    flat = torch.nn.functional.pad(w.flatten(), (0, -w.numel() % 64)).view(-1, 64)
    top = flat.abs().amax(1, keepdim=True).clamp_min(1e-20)
    return (LEVELS[torch.bucketize(flat / top, MIDDLES)] * top).flatten()[:w.numel()].view_as(w)


def int8(w):
    """Groups of 64 along each row, absolute maximum to 127."""
    out = []
    for part in w.split(64, 1):
        top = part.abs().amax(1, keepdim=True).clamp_min(1e-20)
        # a plain 127 / top is 127 * top.reciprocal() in torch: two roundings, other codes at the ties
        out.append(torch.round(part * (torch.tensor(127.) / top)) * (top / 127))
    return torch.cat(out, 1)


def role(name, p):
    """How the page keeps this weight: vectors as they are, embedding, head and every table that is added to the embedding int8, matrices NF4."""
    if p.ndim < 2 or "relative_attention_bias" in name: return None
    return int8 if any(part in name for part in ("wpe", "wte", "shared", "embed", "lm_head", "w_out")) else nf4


@contextlib.contextmanager
def rounded(model, on=True):
    """Within it the model computes with rounded weights; gradients reach the weights themselves."""
    turned = {id(m.weight) for m in model.modules() if type(m).__name__ == "Conv1D"}  # kept as [in, out]; the page has rows of out
    kept = [(p, p.data, role(n, p)) for n, p in model.named_parameters()] if on else []
    for p, data, how in kept:
        if how: p.data = how(data.T).T if id(p) in turned else how(data)
    yield
    for p, data, _ in kept: p.data = data


def arguments():
    ap = argparse.ArgumentParser()
    ap.add_argument("--steps", type=int)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--keep", action="store_true", help="train nothing: measure the model that is there, write its card and golden again")
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    return a, random.Random(a.seed)


def train(model, loss_of, steps, lr):
    """AdamW with warm-up and cosine; loss_of(step) draws a batch. -> seconds of processor time."""
    decay = [p for p in model.parameters() if p.ndim >= 2]
    opt = torch.optim.AdamW([dict(params=decay, weight_decay=.01), dict(params=[p for p in model.parameters() if p.ndim < 2], weight_decay=0.)], lr=lr, betas=(.9, .98))
    start, recent = time.process_time(), 0.
    model.train()
    for step in range(1, steps + 1):
        for g in opt.param_groups: g["lr"] = lr * min(1, step / 100) * (.02 + .98 * .5 * (1 + math.cos(math.pi * step / steps)))
        with rounded(model, step > .6 * steps):
            loss = loss_of(step)
            opt.zero_grad()
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.)
        opt.step()
        recent += (loss.item() - recent) * max(.02, 1 / step)
        if step % 250 == 0: print(f"{step} of {steps}: loss {recent:.4f}, {time.process_time() - start:.0f} s", flush=True)
    model.eval()
    return time.process_time() - start


def folder(name):
    path = os.path.join(ROOT, "public", PLACE, name)
    os.makedirs(path, exist_ok=True)
    return path


def write_json(path, value, indent=1):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False, indent=indent)
        f.write("\n")


def export(name, tensors, config, **trained):
    """f16 weights and config.json; how it was trained (steps, seed, seconds) goes into the weights' metadata."""
    path = folder(name)
    half = {k: v.detach().half().contiguous() for k, v in tensors.items()}
    assert all(torch.isfinite(v).all() for v in half.values())
    save_file(half, f"{path}/model.safetensors", metadata={"format": "pt", **{k: str(v) for k, v in trained.items()}})
    os.chmod(f"{path}/model.safetensors", 0o644)
    write_json(f"{path}/config.json", config)


def stored(name):
    """The weights that lie there, widened to f32, and how they were trained."""
    with safe_open(os.path.join(folder(name), "model.safetensors"), "pt") as f:
        return {k: f.get_tensor(k).float() for k in f.keys()}, f.metadata()


def plain_config(config, architecture, **more):
    """transformers' config without what means nothing for a checkpoint."""
    junk = ("_name_or_path", "id2label", "label2id", "problem_type", "output_hidden_states", "output_attentions", "return_dict", "chunk_size_feed_forward", "transformers_version")
    made = config.to_dict() | {"architectures": [architecture], "dtype": "float16"} | more
    return {k: v for k, v in sorted(made.items()) if k not in junk}


def golden(name, cases):
    """fixtures/<tiny or lessons>/<name>.json: cases of {text, inputs, logits | vector …} from PyTorch, on the f16 values in f32."""
    write_json(os.path.join(ROOT, "fixtures", GOLDENS, f"{name}.json"), {"cases": cases}, None)


def rows(x):
    return [[round(v, 5) for v in row] for row in x.tolist()]


def card(name, head, body):
    """README.md of the model, then a look at what the folder weighs."""
    path = folder(name)
    lines = "\n".join(f"{k}: {v}" for k, v in head.items())
    with open(f"{path}/README.md", "w", encoding="utf-8") as f:
        f.write(f"---\nlicense: apache-2.0\n{lines}\n---\n{body.strip()}\n")
    sizes = {r: sum(os.path.getsize(os.path.join(r, f)) for f in fs) for r, _, fs in os.walk(path)}
    assert sum(sizes.values()) <= LIMIT, sizes
    print("bytes", sum(sizes.values()))


def percent(right, of):
    return f"{100 * right / of:.1f} %"
