"""Tiny models in the sizes that real kernels trip on.

    python3 tiny_golden.py [NAME…]     all of them, or those that are named

  llama_odd      bf16; 60 wide, 6 heads of 10 over 3 kv heads, ffn 100, vocabulary 131, 77 tokens
  llama_f16      f16; 9 heads of 64 over 3 kv heads on 144 columns, tied, 200 tokens
  qwen3_long     f32; q/k norms, 130 tokens, no window
  llama_sharded  f32; two files and model.safetensors.index.json
  llama_nf4      bitsandbytes NF4, double-quantized; embedding f16 in the file, int8 by 64 in the run
"""
import sys

import numpy as np
import torch
from safetensors.torch import save_file

import golden

# an epsilon is each config class's own default: its key and value differ from family to family
COMMON = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}


def save(path, tensors, name="model.safetensors"):
    save_file({k: v.contiguous() for k, v in tensors.items()}, f"{path}/{name}", metadata={"format": "pt"})
    golden.chmod(path)


def plain(name, dtype, T, positions, seed, model_type="llama", **keys):
    config = golden.config(model_type, **COMMON, **keys)
    weights = golden.random_weights(config, seed, dtype)
    ids = golden.random_ids(config.vocab_size, T, seed)
    path = golden.folder(name)
    golden.write_config(path, config, str(dtype).removeprefix("torch."))
    save(path, weights)
    golden.write_golden(path, ids, golden.run(config, weights, ids), positions)


def sharded():
    config = golden.config("llama", **COMMON, vocab_size=97, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64, tie_word_embeddings=False)
    weights = golden.random_weights(config, 14)
    ids = golden.random_ids(97, 13, 14)
    path = golden.folder("llama_sharded")
    names = sorted(weights)
    half = len(names) // 2
    files = {f"model-0000{i + 1}-of-00002.safetensors": part for i, part in enumerate((names[:half], names[half:]))}
    for file, part in files.items():
        save(path, {k: weights[k] for k in part}, file)
    size = sum(w.numel() * w.element_size() for w in weights.values())
    golden.write(path, "model.safetensors.index.json", {"metadata": {"total_size": size}, "weight_map": {k: f for f, part in files.items() for k in part}}, indent=2)
    golden.write_config(path, config, "float32")
    golden.write_golden(path, ids, golden.run(config, weights, ids))


def nf4_file():
    import nf4  # asks bitsandbytes, which no other model here needs

    config = golden.config("llama", **COMMON, vocab_size=160, hidden_size=128, intermediate_size=192, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=True)
    weights = golden.random_weights(config, 15, torch.float16)
    ids = golden.random_ids(160, 70, 15)
    used, stored = {}, {}
    for name, w in weights.items():
        values = w.float().numpy()
        if "embed" in name:
            stored[name], used[name] = w, nf4.int8_rows(values)
        elif w.ndim == 2:
            s = nf4.quantize(values)
            used[name] = nf4.dequantize(s)
            stored |= {k: torch.from_numpy(np.array(v)) for k, v in nf4.file_entries(name, s, "float16").items()}
        else:
            stored[name], used[name] = w, values
    path = golden.folder("llama_nf4")
    quantization = {
        "quant_method": "bitsandbytes", "load_in_4bit": True, "load_in_8bit": False, "bnb_4bit_quant_type": "nf4",
        "bnb_4bit_use_double_quant": True, "bnb_4bit_compute_dtype": "float16", "bnb_4bit_quant_storage": "uint8", "llm_int8_skip_modules": None,
    }
    golden.write_config(path, config, "float16", quantization_config=quantization)
    save(path, stored)
    note = "Linears: code * absmax in f32, not cast to the recorded float16. Embedding and tied head: int8 by 64 along a row, made from the f16 rows of the file."
    golden.write_golden(path, ids, golden.run(config, used, ids), [0, 1, 31, 32, 63, 64, 69], note=note)


# by the name of the folder; a new family's tiny model is one more
MODELS = {
    "llama_odd": lambda name: plain(name, torch.bfloat16, 77, [0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 76], 11,
          vocab_size=131, hidden_size=60, intermediate_size=100, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=3, max_position_embeddings=128, tie_word_embeddings=False),
    "llama_f16": lambda name: plain(name, torch.float16, 200, [0, 1, 63, 64, 127, 128, 198, 199], 12,
          vocab_size=300, hidden_size=144, head_dim=64, intermediate_size=320, num_hidden_layers=2, num_attention_heads=9, num_key_value_heads=3, max_position_embeddings=256, tie_word_embeddings=True),
    "qwen3_long": lambda name: plain(name, torch.float32, 130, [0, 1, 63, 64, 65, 127, 128, 129], 13, model_type="qwen3",
          vocab_size=97, hidden_size=40, head_dim=16, intermediate_size=56, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=False),
    "llama_sharded": lambda name: sharded(),
    "llama_nf4": lambda name: nf4_file(),
}


def main():
    wanted = sys.argv[1:] or list(MODELS)
    if unknown := [name for name in wanted if name not in MODELS]:
        raise SystemExit(f"No tiny model is called {', '.join(unknown)}; known: {', '.join(MODELS)}.")
    torch.set_num_threads(1)
    for name in wanted:
        MODELS[name](name)


if __name__ == "__main__":
    main()
