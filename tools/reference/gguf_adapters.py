"""LoRA as GGUF, as llama.cpp's convert_lora_to_gguf.py writes it, with the logits of peft's own adapter.

    python3 gguf_adapters.py [NAME…]     fixtures/adapters/gguf_<name>: golden.json, adapter/adapter.gguf

What the converter does: names of the GGUF, rows of q's and k's lora_b reordered as those of the weight (architecture
"llama"), lora_a of the embedding transposed, lora_alpha in a key. peft computes with the values as the file rounds them.
"""
import json
import os
import sys
import tempfile

import gguf
import numpy as np
import peft
import torch
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file, save_file

from adapters import LINEAR, OUT, base_model, lora, trained
from llama_gguf import gguf_name, permute

Q = gguf.GGMLQuantizationType
# name: base, architecture, adapter, type of its matrices, alpha that the file says where it is not the adapter's
CASES = {
    "llama": ("llama", "llama", lora(r=3, lora_alpha=10, target_modules=[*LINEAR, "lm_head"], rank_pattern={r"layers\.1\.self_attn\.q_proj": 5}), Q.F32, None),
    "tied": ("llama_bias_tied", "llama", lora(r=3, lora_alpha=6, target_modules=["embed_tokens", "k_proj", "q_proj"]), Q.F32, None),
    "q4_0": ("gguf_q4_0", "llama", lora(r=4, lora_alpha=8, target_modules=["q_proj", "k_proj", "down_proj"]), Q.F16, None),
    "q8_0": ("qwen2", "qwen2", lora(r=32, lora_alpha=16, target_modules=["q_proj", "k_proj"]), Q.Q8_0, None),
    "unscaled": ("mistral_swa", "llama", lora(r=2, lora_alpha=2, target_modules=["k_proj", "gate_proj"]), Q.BF16, 0.0),
}


def rounded(values, kind):
    return np.asarray(dequantize(quantize(values, kind), kind), np.float32).reshape(values.shape)


def main(names):
    for at, (name, (base, arch, config, kind, alpha)) in enumerate(CASES.items()):
        if names and name not in names:
            continue
        out = os.path.join(OUT, f"gguf_{name}", "adapter")
        os.makedirs(out, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            trained(base, config, folder, 3000 + at)
            path = os.path.join(folder, "adapter_model.safetensors")
            given = load_file(path)
            tensors = {k: v if k.endswith("base_layer.weight") else rounded(v.astype(np.float32), kind) for k, v in given.items()}
            save_file(tensors, path)
            plain = base_model(base)
            heads = {"q_proj": plain.config.num_attention_heads, "k_proj": plain.config.num_key_value_heads}
            writer = gguf.GGUFWriter(os.path.join(out, "adapter.gguf"), arch)
            writer.add_type("adapter")
            writer.add_string("adapter.type", "lora")
            writer.add_float32("adapter.lora.alpha", config.lora_alpha if alpha is None else alpha)
            writer.add_string("general.base_model.0.name", base)
            for key, value in sorted(tensors.items()):
                stem, _, leaf = key.removeprefix("base_model.model.").rpartition(".lora_")
                if not stem:
                    continue
                half = "a" if leaf in ("A.weight", "embedding_A") else "b"
                if half == "b" and arch == "llama" and stem.rsplit(".", 1)[-1] in heads:
                    value = permute(value, heads[stem.rsplit(".", 1)[-1]])
                if leaf == "embedding_A":
                    value = value.T
                value = np.ascontiguousarray(value)
                data = value if kind in (Q.F32, Q.F16) else quantize(value, kind)
                writer.add_tensor(f"{gguf_name(stem + '.weight')}.lora_{half}", data.astype(np.float16) if kind == Q.F16 else data, raw_dtype=kind)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
            writer.close()
            ids = torch.randint(3, plain.config.vocab_size, (1, 7), generator=torch.Generator().manual_seed(at))
            before = plain(ids).logits[0].detach()
            with torch.no_grad():
                logits = peft.PeftModel.from_pretrained(plain, folder).eval()(ids).logits[0]
        assert (logits - before).abs().max() > 0.02 * before.abs().max(), f"{name} changes nothing"
        positions = [2, len(logits) - 1]
        rows = [[float(f"{v:.7g}") for v in logits[i].tolist()] for i in positions]
        with open(os.path.join(OUT, f"gguf_{name}", "golden.json"), "w", encoding="utf-8") as f:
            f.write(json.dumps({"base": base, "inputs": {"input_ids": ids.tolist()}, "logits": rows, "positions": positions}) + "\n")
        print(name, f"{float((logits - before).abs().max() / before.abs().max()):.3f} of the largest logit")


if __name__ == "__main__":
    main(sys.argv[1:])
