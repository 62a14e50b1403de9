"""Tiny models of the families that transformers has no code for, by forwards written from their formulas, in f64.

    python3 own_families.py OUT KIND [--seed 3] [--T 20] [--dtype float32] [--set '{"hidden_size": 40}']
    python3 own_families.py --check FOLDER…      a folder's golden against the forward: the shared ones were made by the original code

Kinds: baichuan-7b (rope), baichuan-13b (ALiBi), baichuan2-7b, baichuan2-13b (normalized head), chatglm-6b, chatglm2-6b, lstm, rnn.
Baichuan and ChatGLM: the original remote code (Baichuan-Inc, THUDM). Recurrent: Elman 1990; Hochreiter and Schmidhuber 1997.
"""
import argparse
import json
import math
import os
import re

import torch
from safetensors.torch import load_file, save_file

import golden


def rms(x, w, eps):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * w


def layer_norm(x, w, b, eps):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], w, b, eps)


def turn(x, pos, r, interleaved=False, half=False, theta=10000.0):
    """Rotary positions on the first r values of every head: x (T, H, d). `half` rounds the frequencies to f16."""
    inv = theta ** -(torch.arange(0, r, 2).double() / r)
    inv = inv.half().double() if half else inv
    angle = (pos.double()[:, None] * inv)[:, None]
    a, b = (x[..., 0:r:2], x[..., 1:r:2]) if interleaved else (x[..., : r // 2], x[..., r // 2 : r])
    p, q = a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()
    turned = torch.stack([p, q], -1).flatten(-2) if interleaved else torch.cat([p, q], -1)
    return torch.cat([turned, x[..., r:]], -1)


def attend(q, k, v, mask, bias=None):
    """q (T, H, d), k and v (T, K, d) → (T, H·d)."""
    T, H, d = q.shape
    k, v = (t.repeat_interleave(H // k.shape[1], 1) for t in (k, v))
    score = torch.einsum("ihd,jhd->hij", q, k) / math.sqrt(d)
    score = (score if bias is None else score + bias).masked_fill(~mask, -math.inf)
    return torch.einsum("hij,jhd->ihd", score.softmax(-1), v).reshape(T, H * d)


def causal(T):
    return torch.arange(T)[None] <= torch.arange(T)[:, None]


def slopes(H):
    p = 2 ** int(math.log2(H))
    return torch.tensor([2 ** (-8 * (h + 1) / p) if h < p else 2 ** (-4 * (2 * (h - p) + 1) / p) for h in range(H)], dtype=torch.double)


def baichuan(c, w, ids):
    D, H, T = c["hidden_size"], c["num_attention_heads"], len(ids)
    d, eps = D // H, c["rms_norm_eps"]
    alibi = "model_max_length" in c and "max_position_embeddings" not in c
    x, at = w["model.embed_tokens.weight"][ids], torch.arange(T)
    bias = slopes(H)[:, None, None] * (at[None, None] - at[None, :, None]) if alibi else None
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        q, k, v = ((rms(x, w[p + "input_layernorm.weight"], eps) @ w[p + "self_attn.W_pack.weight"].T).view(T, 3, H, d)).unbind(1)
        if not alibi:
            q, k = turn(q, at, d), turn(k, at, d)
        x = x + attend(q, k, v, causal(T), bias) @ w[p + "self_attn.o_proj.weight"].T
        h = rms(x, w[p + "post_attention_layernorm.weight"], eps)
        x = x + (torch.nn.functional.silu(h @ w[p + "mlp.gate_proj.weight"].T) * (h @ w[p + "mlp.up_proj.weight"].T)) @ w[p + "mlp.down_proj.weight"].T
    head = w["lm_head.weight"]
    if "z_loss_weight" in c:  # Baichuan 2
        head = head / head.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    return rms(x, w["model.norm.weight"], eps) @ head.T


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(0.7978845608028654 * x * (1 + 0.044715 * x * x)))


def chatglm(c, w, ids):
    """ChatGLM-6B: prefix mask, two positions, and what is added to is the normalized input, √56 of it."""
    D, H, T, eps = c["hidden_size"], c["num_attention_heads"], len(ids), c["layernorm_epsilon"]
    d, alpha = D // H, math.sqrt(56)
    C = ids.index(c["bos_token_id"])
    marks = [c[k] for k in ("gmask_token_id", "mask_token_id") if c[k] in ids]
    gap, at = ids.index(marks[0]), torch.arange(T)
    first, second = torch.where(at < C, at, gap), torch.where(at < C, 0, at - C + 1)
    mask = causal(T) | (at[None] < C)
    x = w["transformer.word_embeddings.weight"][ids]
    for i in range(c["num_layers"]):
        p = f"transformer.layers.{i}."
        lin = lambda h, name: h @ w[p + name + ".weight"].T + w[p + name + ".bias"]  # noqa: B023, E731
        norm = lambda h, name: layer_norm(h, w[p + name + ".weight"], w[p + name + ".bias"], eps)  # noqa: B023, E731
        a = norm(x, "input_layernorm")
        q, k, v = lin(a, "attention.query_key_value").view(T, H, 3 * d).split(d, -1)
        q, k = (torch.cat([turn(t[..., : d // 2], first, d // 2, half=True), turn(t[..., d // 2 :], second, d // 2, half=True)], -1) for t in (q, k))
        x = alpha * a + lin(attend(q, k, v, mask), "attention.dense")
        b = norm(x, "post_attention_layernorm")
        x = alpha * b + lin(gelu(lin(b, "mlp.dense_h_to_4h")), "mlp.dense_4h_to_h")
    return layer_norm(x, w["transformer.final_layernorm.weight"], w["transformer.final_layernorm.bias"], eps) @ w["lm_head.weight"].T


def chatglm2(c, w, ids):
    D, H, T, eps, d = c["hidden_size"], c["num_attention_heads"], len(ids), c["layernorm_epsilon"], c["kv_channels"]
    G = c["multi_query_group_num"] if c["multi_query_attention"] else H
    x, at = w["transformer.embedding.word_embeddings.weight"][ids], torch.arange(T)
    for i in range(c["num_layers"]):
        p = f"transformer.encoder.layers.{i}."
        qkv = rms(x, w[p + "input_layernorm.weight"], eps) @ w[p + "self_attention.query_key_value.weight"].T + w.get(p + "self_attention.query_key_value.bias", 0)
        if c["multi_query_attention"]:
            q, k, v = (t.view(T, -1, d) for t in qkv.split([H * d, G * d, G * d], -1))
        else:
            q, k, v = qkv.view(T, H, 3 * d).split(d, -1)
        q, k = (turn(t, at, d // 2, interleaved=True, theta=10000.0 * c.get("rope_ratio", 1)) for t in (q, k))
        x = x + attend(q, k, v, causal(T)) @ w[p + "self_attention.dense.weight"].T
        a, b = (rms(x, w[p + "post_attention_layernorm.weight"], eps) @ w[p + "mlp.dense_h_to_4h.weight"].T).chunk(2, -1)
        x = x + (torch.nn.functional.silu(a) * b) @ w[p + "mlp.dense_4h_to_h.weight"].T
    return rms(x, w["transformer.encoder.final_layernorm.weight"], eps) @ w["transformer.output_layer.weight"].T


def recurrent(c, w, ids):
    h = cell = torch.zeros(c["hidden_size"], dtype=torch.double)
    rows = []
    for i in ids:
        a = w["w_ih"] @ w["embed"][i] + w["b_ih"] + w["w_hh"] @ h + w["b_hh"]
        if c["model_type"] == "rnn":
            h = a.tanh()
        else:
            into, forget, new, out = a.chunk(4)
            cell = forget.sigmoid() * cell + into.sigmoid() * new.tanh()
            h = out.sigmoid() * cell.tanh()
        rows.append(w["w_out"] @ h + w["b_out"])
    return torch.stack(rows)


def forward_of(c):
    if c["model_type"] == "chatglm":
        return chatglm if "position_encoding_2d" in c else chatglm2
    return {"baichuan": baichuan, "lstm": recurrent, "rnn": recurrent}[c["model_type"]]


def run(folder, ids):
    c = json.load(open(os.path.join(folder, "config.json"), encoding="utf-8"))
    w = {k: v.double() for k, v in load_file(os.path.join(folder, "model.safetensors")).items()}
    return forward_of(c)(c, w, ids)


# ---- what there is to draw ------------------------------------------------------------------------------------------

BAICHUAN = {"model_type": "baichuan", "vocab_size": 97, "hidden_size": 60, "intermediate_size": 44, "num_hidden_layers": 2, "num_attention_heads": 5, "hidden_act": "silu", "rms_norm_eps": 1e-6,
            "use_cache": True, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False, "initializer_range": 0.02, "gradient_checkpointing": False}
ROPE, ALIBI, SECOND = {"max_position_embeddings": 96}, {"model_max_length": 96}, {"z_loss_weight": 0}
KINDS = {
    "baichuan-7b": BAICHUAN | ROPE | {"architectures": ["BaiChuanForCausalLM"]},
    "baichuan-13b": BAICHUAN | ALIBI | {"architectures": ["BaichuanForCausalLM"]},
    "baichuan2-7b": BAICHUAN | ROPE | SECOND | {"model_max_length": 96, "architectures": ["BaichuanForCausalLM"]},
    "baichuan2-13b": BAICHUAN | ALIBI | SECOND | {"architectures": ["BaichuanForCausalLM"]},
    "chatglm-6b": {"model_type": "chatglm", "architectures": ["ChatGLMModel"], "num_layers": 3, "vocab_size": 97, "hidden_size": 60, "num_attention_heads": 3, "inner_hidden_size": 88, "max_sequence_length": 96, "layernorm_epsilon": 1e-5,
                   "bos_token_id": 90, "eos_token_id": 91, "pad_token_id": 3, "mask_token_id": 88, "gmask_token_id": 89, "position_encoding_2d": True, "use_cache": True, "quantization_bit": 0, "pre_seq_len": None, "prefix_projection": False},
    "chatglm2-6b": {"model_type": "chatglm", "architectures": ["ChatGLMModel"], "num_layers": 2, "vocab_size": 97, "padded_vocab_size": 97, "hidden_size": 44, "ffn_hidden_size": 52, "kv_channels": 12, "num_attention_heads": 6, "seq_length": 96,
                    "layernorm_epsilon": 1e-5, "rmsnorm": True, "apply_residual_connection_post_layernorm": False, "post_layer_norm": True, "add_bias_linear": False, "add_qkv_bias": True, "multi_query_attention": True, "multi_query_group_num": 3,
                    "apply_query_key_layer_scaling": True, "attention_softmax_in_fp32": True, "original_rope": True, "use_cache": True, "tie_word_embeddings": False, "eos_token_id": 2, "pad_token_id": 0},
    "lstm": {"model_type": "lstm", "architectures": ["LSTMForCausalLM"], "vocab_size": 83, "embedding_size": 18, "hidden_size": 30, "num_hidden_layers": 1},
    "rnn": {"model_type": "rnn", "architectures": ["RNNForCausalLM"], "vocab_size": 83, "embedding_size": 18, "hidden_size": 30, "num_hidden_layers": 1},
}


def shapes(c):
    kind = c["model_type"]
    if kind in ("lstm", "rnn"):
        V, E, H = c["vocab_size"], c["embedding_size"], c["hidden_size"]
        G = H * (4 if kind == "lstm" else 1)
        return {"embed": (V, E), "w_ih": (G, E), "w_hh": (G, H), "b_ih": (G,), "b_hh": (G,), "w_out": (V, H), "b_out": (V,)}
    D, V = c["hidden_size"], c["vocab_size"]
    made = {}
    if kind == "baichuan":
        F = c["intermediate_size"]
        layer = {"input_layernorm.weight": (D,), "post_attention_layernorm.weight": (D,), "self_attn.W_pack.weight": (3 * D, D), "self_attn.o_proj.weight": (D, D), "mlp.gate_proj.weight": (F, D), "mlp.up_proj.weight": (F, D), "mlp.down_proj.weight": (D, F)}
        made = {"model.embed_tokens.weight": (V, D), "model.norm.weight": (D,), "lm_head.weight": (V, D)}
        where, L = "model.layers", c["num_hidden_layers"]
    elif "position_encoding_2d" in c:
        F = c["inner_hidden_size"]
        layer = {f"{n}.{k}": s for n, s in {"attention.query_key_value": (3 * D, D), "attention.dense": (D, D), "mlp.dense_h_to_4h": (F, D), "mlp.dense_4h_to_h": (D, F)}.items() for k, s in (("weight", s), ("bias", s[:1]))}
        layer |= {f"{n}.{k}": (D,) for n in ("input_layernorm", "post_attention_layernorm") for k in ("weight", "bias")}
        made = {"transformer.word_embeddings.weight": (V, D), "transformer.final_layernorm.weight": (D,), "transformer.final_layernorm.bias": (D,), "lm_head.weight": (V, D)}
        where, L = "transformer.layers", c["num_layers"]
    else:
        H, d, F = c["num_attention_heads"], c["kv_channels"], c["ffn_hidden_size"]
        rows = (H + 2 * (c["multi_query_group_num"] if c["multi_query_attention"] else H)) * d
        layer = {"self_attention.query_key_value.weight": (rows, D), "self_attention.dense.weight": (D, H * d), "mlp.dense_h_to_4h.weight": (2 * F, D), "mlp.dense_4h_to_h.weight": (D, F), "input_layernorm.weight": (D,), "post_attention_layernorm.weight": (D,)}
        if c["add_qkv_bias"]:
            layer["self_attention.query_key_value.bias"] = (rows,)
        made = {"transformer.embedding.word_embeddings.weight": (V, D), "transformer.encoder.final_layernorm.weight": (D,), "transformer.output_layer.weight": (V, D)}
        where, L = "transformer.encoder.layers", c["num_layers"]
    return made | {f"{where}.{i}.{k}": s for i in range(L) for k, s in layer.items()}


def make(out, kind, seed=0, T=20, dtype="float32", set=None, rows=None):  # noqa: A002
    c = KINDS[kind] | (set or {})
    g = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in sorted(shapes(c).items()):
        noise = torch.randn(shape, generator=g)
        w = (0.2 * noise if re.search(r"bias|b_", name) else 0.6 + 0.3 * noise) if len(shape) == 1 else noise * (0.4 if "embed" in name else 1.7 / shape[1] ** 0.5)
        weights[name] = w.to(getattr(torch, dtype)).contiguous()
    ids = torch.randint(4, min(c["vocab_size"], 85), (T,), generator=g).tolist()
    if "gmask_token_id" in c:  # a prompt, [gMASK], <sop>, and the beginning of an answer
        C = T * 3 // 5
        ids[C - 1 : C + 1] = [c["gmask_token_id"], c["bos_token_id"]]
    os.makedirs(out, exist_ok=True)
    save_file(weights, os.path.join(out, "model.safetensors"), metadata={"format": "pt"})
    golden.write(out, "config.json", c | {"torch_dtype": dtype}, indent=1)
    logits = run(out, ids)
    golden.write_golden(out, ids, logits.float(), None if rows is None else [r for r in rows if r < T])
    golden.chmod(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("kind", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--T", type=int, default=20)
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"])
    parser.add_argument("--set", type=json.loads, default={})
    args = parser.parse_args()
    if args.check:
        for folder in (args.out, *args.kind):
            held = json.load(open(os.path.join(folder, "golden.json"), encoding="utf-8"))
            want = torch.tensor(held["logits"]).double()
            got = run(folder, held["inputs"]["input_ids"][0])[held.get("positions", slice(None))]
            print(os.path.basename(folder), f"{float((got - want).abs().max() / want.abs().max()):.1e}")
    else:
        make(args.out, args.kind[0], args.seed, args.T, args.dtype, args.set)


if __name__ == "__main__":
    main()
