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
from transformers import AutoModelForCausalLM

import golden

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


if __name__ == "__main__":
    for case in CASES:
        make(*case)
