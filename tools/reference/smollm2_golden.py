"""What SmolLM2-135M-Instruct must say, bit for bit as far as f32 goes.

    npm run model smollm2 && python3 smollm2_golden.py

Writes fixtures/smollm2/golden.json. transformers' LlamaForCausalLM, eager
attention, f32, on two sets of weights:

  gguf  the exact block values of the Q4_1 file
  nf4   those values rounded to f16, then block linears NF4 double-quantized by
        bitsandbytes' own CPU code, which is what the import follows to the bit,
        and the tied embedding int8 by 64 (see nf4.py); norms as they are

Per prompt: 64 greedy ids (stops after eos), the gap between the best and the
second logit at each step (a small gap excuses a different choice), 32 best
tokens after the prompt, and whole logits rows as base64 of little-endian f32.
"""
import base64
import hashlib
import json
import os

import bitsandbytes.functional as F
import jinja2
import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

import gguf_tokenizer
import llama_gguf
import nf4

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
GGUF = os.path.join(ROOT, "models", "smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
OUT = os.path.join(ROOT, "fixtures", "smollm2", "golden.json")
user, assistant, system = (lambda text, role=role: {"role": role, "content": text} for role in ("user", "assistant", "system"))
PROMPTS = {
    "english": [user("Why is the sky blue? Answer in two sentences.")],
    "chinese": [user("你好！请用一句话介绍北京。")],
    "code": [user("Complete this Python function and explain it:\n\n```python\ndef fib(n):\n    # returns the n-th Fibonacci number, n <= 1000\n    a, b = 0, 1\n```")],
    "turns": [
        system("You are a patient teacher. Keep every answer short."), user("What is a prime number?"),
        assistant("A whole number greater than 1 that only 1 and itself divide."), user("Is 91 prime? Show why."),
    ],
}
FULL_ROWS = {"gguf": {name: ("mid", "last") for name in PROMPTS}, "nf4": {"english": ("last",), "chinese": ("last",)}}


def load(meta, tensors):
    config = LlamaConfig(**{k: v for k, v in llama_gguf.config(meta, tensors).items() if k != "architectures"}, attn_implementation="eager")
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    model = model.to_empty(device="cpu").to(torch.float32)
    model.model.rotary_emb = type(model.model.rotary_emb)(config)  # to_empty left its table unset
    left = model.load_state_dict({k: torch.from_numpy(v) for k, v in tensors.items()}, strict=False)
    assert set(left.missing_keys) <= {"lm_head.weight"} and not left.unexpected_keys, left
    model.tie_weights()
    return model.eval()


def bnb(w):
    """The arrays of a bitsandbytes file; nf4.quantize differs from them where a scale lies next to a midpoint."""
    packed, state = F.quantize_4bit(torch.from_numpy(w), quant_type="nf4", compress_statistics=True, blocksize=64)
    return {"packed": packed.numpy(), "absmax": state.absmax.numpy(), "quant_map": state.code.numpy(), "nested_absmax": state.state2.absmax.numpy(),
            "nested_quant_map": state.state2.code.numpy(), "nested_offset": np.float32(state.offset), "shape": list(w.shape)}


def to_nf4(tensors):
    out, check = {}, {}
    for name, w in tensors.items():
        w = w.astype(np.float16).astype(np.float32)
        if name == "model.embed_tokens.weight":
            w = nf4.int8_rows(w)
        elif w.ndim == 2:
            s = bnb(w)
            w = nf4.dequantize(s)
            if name.startswith("model.layers.0.") or name.endswith("29.mlp.down_proj.weight"):
                sha = lambda a: hashlib.sha256(a.tobytes()).hexdigest()
                check[name] = {"packed_sha256": sha(s["packed"]), "absmax_sha256": sha(s["absmax"]), "nested_offset": float(s["nested_offset"]), "nested_absmax_0": float(s["nested_absmax"][0])}
        out[name] = w
    return out, check


@torch.no_grad()
def run(model, ids, rows, tok, eos):
    prompt = model(torch.tensor([ids]), use_cache=True)
    logits, cache = prompt.logits[0], prompt.past_key_values
    positions = sorted({"mid": len(ids) // 2, "last": len(ids) - 1}[r] for r in rows)
    best = torch.topk(logits[-1], 32)
    row, greedy, gaps = logits[-1], [], []
    while len(greedy) < 64:
        first, second = torch.topk(row, 2).values.tolist()
        greedy.append(int(torch.argmax(row)))
        gaps.append(round(first - second, 5))
        if greedy[-1] == eos:
            break
        row = model(torch.tensor([greedy[-1:]]), past_key_values=cache, use_cache=True).logits[0, -1]
    return {
        "greedy_ids": greedy, "greedy_text": tok.decode(greedy, skip_special_tokens=False), "stopped": greedy[-1] == eos, "greedy_gaps": gaps,
        "top_ids": best.indices.tolist(), "top_logits": [round(x, 5) for x in best.values.tolist()],
        "positions": positions, "logits_f32_b64": base64.b64encode(logits[positions].numpy().astype("<f4").tobytes()).decode(),
    }


def main():
    torch.set_num_threads(1)
    meta, tensors = llama_gguf.read(GGUF)
    tok = gguf_tokenizer.verify(json.dumps(gguf_tokenizer.tokenizer_json(meta)), meta)
    template = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(meta["tokenizer.chat_template"])
    prompts = []
    for name, messages in PROMPTS.items():
        text = template.render(messages=messages, add_generation_prompt=True)
        prompts.append({"name": name, "messages": messages, "text": text, "input_ids": tok.encode(text, add_special_tokens=False).ids})
    quantized, check = to_nf4(tensors)
    eos, variants = meta["tokenizer.ggml.eos_token_id"], {}
    for variant, weights in {"gguf": tensors, "nf4": quantized}.items():
        model = load(meta, weights)
        variants[variant] = {}
        for p in prompts:
            found = run(model, p["input_ids"], FULL_ROWS[variant].get(p["name"], ()), tok, eos)
            variants[variant][p["name"]] = found
            print(variant, p["name"], len(p["input_ids"]), "tokens in; smallest gap", min(found["greedy_gaps"]), json.dumps(found["greedy_text"], ensure_ascii=False))
    golden = {
        "file": os.path.basename(GGUF), "sha256": hashlib.sha256(open(GGUF, "rb").read()).hexdigest(), "vocab_size": len(meta["tokenizer.ggml.tokens"]),
        "licence": "The prompts and numbers are ours; the text comes out of SmolLM2-135M-Instruct (HuggingFaceTB, Apache-2.0).",
        "prompts": prompts, "variants": variants, "nf4_check": check,
    }
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with open(OUT, "w", encoding="utf-8") as f:
        json.dump(golden, f, ensure_ascii=False)
    print(OUT, os.path.getsize(OUT), "bytes")


if __name__ == "__main__":
    main()
