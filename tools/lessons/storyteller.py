"""The storyteller as the page computes with it (NF4 blocks, embedding rounded to int8), and LoRA on it, written as PEFT does."""
import contextlib
import json
import os

import torch
from torch import nn
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

import shared
from shared import common
import model as M
from export import dequant, int8_64

FOLDER = os.path.join(common.ROOT, "public", "models", "storyteller")
T = Tokenizer.from_file(f"{FOLDER}/tokenizer.json")
END = T.token_to_id("<|im_end|>")


def base():
    with open(f"{FOLDER}/config.json", encoding="utf-8") as f: net = M.Model(json.load(f))
    t = load_file(f"{FOLDER}/model.safetensors")
    net.load_state_dict({k: int8_64(t[k]) if "embed" in k else t[k] if p.ndim == 1 else dequant(t, k) for k, p in net.state_dict().items()})
    for p in net.parameters(): p.requires_grad_(False)
    return net.eval()


class Lora(nn.Module):
    def __init__(s, linear, rank, alpha):
        super().__init__()
        s.linear, s.scale, s.on = linear, alpha / rank, 1.
        s.a, s.b = nn.Parameter(torch.randn(rank, linear.in_features) * linear.in_features ** -.5), nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(s, x):
        y = s.linear(x)
        return y + F.linear(F.linear(x, s.a), s.b) * (s.scale * s.on) if s.on else y


class Adapter:
    """LoRA on q, k, v and o of some blocks."""
    def __init__(s, net, layers, rank=8, alpha=16):
        s.layers, s.rank, s.alpha, s.parts = list(layers), rank, alpha, {}
        for l in s.layers:
            for n in ("q_proj", "k_proj", "v_proj", "o_proj"):
                made = Lora(getattr(net.model.layers[l].self_attn, n), rank, alpha)
                setattr(net.model.layers[l].self_attn, n, made)
                s.parts[f"model.layers.{l}.self_attn.{n}"] = made

    @property
    def parameters(s): return [p for x in s.parts.values() for p in (x.a, x.b)]

    @contextlib.contextmanager
    def set(s, scale):
        was = [x.on for x in s.parts.values()]
        for x in s.parts.values(): x.on = float(scale)
        yield
        for x, on in zip(s.parts.values(), was): x.on = on

    def save(s, name, **trained):
        path = common.folder(name)
        tensors = {f"base_model.model.{at}.lora_{which}.weight": w.detach().half().contiguous() for at, x in s.parts.items() for which, w in (("A", x.a), ("B", x.b))}
        save_file(tensors, f"{path}/adapter_model.safetensors", metadata={"format": "pt", **{k: str(v) for k, v in trained.items()}})
        os.chmod(f"{path}/adapter_model.safetensors", 0o644)
        common.write_json(f"{path}/adapter_config.json", dict(peft_type="LORA", task_type="CAUSAL_LM", base_model_name_or_path="storyteller", r=s.rank, lora_alpha=s.alpha, lora_dropout=0., bias="none", fan_in_fan_out=False, inference_mode=True,
                                                             target_modules=["q_proj", "k_proj", "v_proj", "o_proj"], layers_to_transform=s.layers, modules_to_save=None, use_dora=False, use_rslora=False))

    def load(s, name):
        """The f16 values of the file. -> how they were trained."""
        with safe_open(os.path.join(common.folder(name), "adapter_model.safetensors"), "pt") as f:
            for at, x in s.parts.items(): x.a.data, x.b.data = (f.get_tensor(f"base_model.model.{at}.lora_{w}.weight").float() for w in "AB")
            return f.metadata()


def train(adapter, loss_of, steps, lr):
    """AdamW with warm-up, then falling evenly. -> seconds of processor time."""
    import time
    opt, start, recent = torch.optim.AdamW(adapter.parameters, lr=lr, weight_decay=0.), time.process_time(), 0.
    for step in range(1, steps + 1):
        for g in opt.param_groups: g["lr"] = lr * min(1, step / 20) * max(.02, 1 - step / steps)
        loss = loss_of(step)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(adapter.parameters, 1.)
        opt.step()
        recent += (loss.item() - recent) * max(.05, 1 / step)
        if step % 25 == 0: print(f"{step} of {steps}: loss {recent:.4f}, {time.process_time() - start:.0f} s", flush=True)
    return time.process_time() - start


def scored(net, items):
    """items: (prompt ids, answer ids) -> log-probability of each answer, in nats (with gradients)."""
    n = max(len(p) + len(a) for p, a in items)
    x, rows, who = torch.zeros(len(items), n, dtype=torch.long), [], []
    for i, (p, a) in enumerate(items):
        x[i, :len(p) + len(a)] = torch.tensor([*p, *a])
        rows += [i * n + len(p) - 1 + j for j in range(len(a))]
        who += [i] * len(a)
    logits = net(x, torch.tensor(rows)).log_softmax(1)
    each = logits.gather(1, torch.tensor([t for _, a in items for t in a])[:, None])[:, 0]
    return torch.zeros(len(items)).index_add(0, torch.tensor(who), each)


def right(net, items):
    """Share of answers that come out token by token when the best one is taken: greedy, asked at once."""
    ok = 0
    with torch.no_grad():
        for p, a in items:
            ok += net(torch.tensor([[*p, *a[:-1]]]))[0, len(p) - 1:].argmax(1).tolist() == list(a)
    return ok / len(items)
