"""Adapters that put something before the text, over small models of fixtures/golden, and the logits that peft gives with
them. Writes fixtures/virtual/<base>-<kind>/: adapter_config.json, adapter_model.safetensors and golden.json, which names
the base.

    python3 virtual_tokens.py

Rows are those of the text's own tokens. Values are drawn with a spread of 0.6, so that a prefix that is left out or turned is seen.
"""
import json
import os
import shutil
import tempfile
import warnings

import peft
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

import golden
import own_families

warnings.filterwarnings("ignore")
OUT = os.path.join(golden.ROOT, "fixtures", "virtual")
IDS = [5, 9, 17, 3, 44, 21, 8, 60, 2, 33, 12]

# base, kind, number of virtual tokens, more of the config
CASES = [
    ("llama", "prompt", 5, {}),
    ("llama", "ptuning", 3, dict(encoder_hidden_size=16, encoder_reparameterization_type="MLP")),
    ("llama", "prefix", 5, {}),
    ("llama", "projected", 2, dict(prefix_projection=True, encoder_hidden_size=16)),
    ("gpt2", "prompt", 7, {}),
    ("gpt2", "prefix", 4, {}),
    ("bloom_h6_0", "prompt", 1, {}),
    ("bloom_h6_0", "prefix", 6, {}),
    ("mistral_swa", "prompt", 6, {}),
    ("mistral_swa", "prefix", 3, {}),
    ("llama_dynamic", "prompt", 3, {}),
    ("gemma", "prompt", 4, {}),
    ("gemma", "prefix", 3, dict(token_dim=16, num_attention_heads=1)),
    ("gemma3", "prefix", 5, dict(token_dim=32, num_attention_heads=2)),
    ("granite", "prompt", 4, {}),
    ("qwen3", "prefix", 9, dict(token_dim=32, num_attention_heads=2)),
    ("falcon_mqa", "prefix", 2, dict(token_dim=8, num_attention_heads=1)),
    ("gptj", "ptuning", 2, dict(encoder_hidden_size=16, encoder_reparameterization_type="LSTM")),
]
KINDS = {
    "prompt": peft.PromptTuningConfig,
    "ptuning": peft.PromptEncoderConfig,
    "prefix": peft.PrefixTuningConfig,
    "projected": peft.PrefixTuningConfig,
}


@torch.no_grad()
def make(base, kind, n, more):
    folder = os.path.join(golden.ROOT, "fixtures", "golden", base)
    load = lambda: AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    torch.manual_seed(len(base) * 100 + n)
    config = KINDS[kind](task_type="CAUSAL_LM", num_virtual_tokens=n, **more)
    model = peft.get_peft_model(load(), config)
    for parameter in model.prompt_encoder.parameters():
        parameter.normal_(0, 0.6)
    out = os.path.join(OUT, f"{base}-{kind}")
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as there:
        model.save_pretrained(there)
        os.makedirs(out)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            shutil.copy(os.path.join(there, name), out)
    path = os.path.join(out, "adapter_config.json")
    with open(path, encoding="utf-8") as f:
        held = json.load(f)
    held["base_model_name_or_path"] = base
    with open(path, "w", encoding="utf-8") as f:
        json.dump(held, f, indent=2)
        f.write("\n")
    # what others load: the file, not the model that was trained
    model = peft.PeftModel.from_pretrained(load(), out).eval()
    ids = torch.tensor([IDS])
    logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, -len(IDS) :]
    plain = model.get_base_model()(input_ids=ids).logits[0]
    far = ((logits - plain).abs().max() / logits.abs().max()).item()
    assert far > 1e-2, (base, kind, far)
    with open(os.path.join(out, "golden.json"), "w", encoding="utf-8") as f:
        rows = [[float(f"{v:.8g}") for v in row] for row in logits.tolist()]
        json.dump({"base": base, "inputs": {"input_ids": [IDS]}, "logits": [rows]}, f)
        f.write("\n")
    print(base, kind, n, f"changes the logits by {far:.2g}")


# P-tuning v2 over models that are not in transformers: base, length, projected
ENCODERS = [("chatglm2-6b", 4, False), ("chatglm2-6b", 3, True), ("chatglm-6b", 2, False)]


def encode(base, n, projected):
    """THUDM's PrefixEncoder and get_prompt: keys and values are put before those of the text, unturned, seen by all; the
    text's positions stay as they are."""
    folder = os.path.join(golden.ROOT, "fixtures", "golden", base)
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    with open(os.path.join(folder, "golden.json"), encoding="utf-8") as f:
        ids = json.load(f)["inputs"]["input_ids"][0]
    weights = {k: v.double() for k, v in load_file(os.path.join(folder, "model.safetensors")).items()}
    L, D, H = config["num_layers"], config["hidden_size"], config["num_attention_heads"]
    d = config.get("kv_channels", D // H)
    K = config.get("multi_query_group_num", H) if config.get("multi_query_attention") else H
    generator = torch.Generator().manual_seed(n)
    draw = lambda *shape: torch.randn(*shape, generator=generator) * 0.6  # noqa: E731
    width = L * 2 * K * d
    if projected:
        own = {"embedding.weight": draw(n, D), "trans.0.weight": draw(D, D), "trans.0.bias": draw(D)}
        own |= {"trans.2.weight": draw(width, D), "trans.2.bias": draw(width)}
        w = {k: v.double() for k, v in own.items()}
        inner = torch.tanh(w["embedding.weight"] @ w["trans.0.weight"].T + w["trans.0.bias"])
        table = inner @ w["trans.2.weight"].T + w["trans.2.bias"]
    else:
        own = {"embedding.weight": draw(n, width)}
        table = own["embedding.weight"].double()
    sides = table.view(n, 2 * L, K, d)
    layer = iter(range(L))
    attend = own_families.attend

    def behind(q, k, v, mask):
        i = next(layer)
        seen = torch.cat([torch.ones(len(q), n, dtype=torch.bool), mask], 1)
        return attend(q, torch.cat([sides[:, 2 * i], k]), torch.cat([sides[:, 2 * i + 1], v]), seen)

    plain = own_families.forward_of(config)(config, weights, ids)
    own_families.attend = behind
    try:
        logits = own_families.forward_of(config)(config, weights, ids)
    finally:
        own_families.attend = attend
    assert (logits - plain).abs().max() > 1e-2 * logits.abs().max()
    out = os.path.join(OUT, f"{base}-{'projected' if projected else 'encoder'}")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    save_file({f"transformer.prefix_encoder.{k}": v.contiguous() for k, v in own.items()}, os.path.join(out, "model.safetensors"))
    with open(os.path.join(out, "config.json"), "w", encoding="utf-8") as f:
        json.dump({**config, "pre_seq_len": n, "prefix_projection": projected}, f, indent=2)
        f.write("\n")
    with open(os.path.join(out, "golden.json"), "w", encoding="utf-8") as f:
        rows = [[float(f"{v:.8g}") for v in row] for row in logits.tolist()]
        json.dump({"base": base, "inputs": {"input_ids": [ids]}, "logits": [rows]}, f)
        f.write("\n")


if __name__ == "__main__":
    for case in CASES:
        make(*case)
    for case in ENCODERS:
        encode(*case)
