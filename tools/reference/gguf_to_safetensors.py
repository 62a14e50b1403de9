"""Dequantize a llama GGUF into a Hugging Face folder.

    python3 gguf_to_safetensors.py MODEL.gguf FOLDER

Writes model.safetensors (f16, HF names, q and k un-permuted), config.json,
generation_config.json, tokenizer.json and tokenizer_config.json. The values are
those of the quantized file rounded to f16, not those of the original model.
"""
import json
import os
import sys

import numpy as np
from safetensors.numpy import save_file

import gguf_tokenizer
import llama_gguf


def main(source, folder):
    meta, tensors = llama_gguf.read(source)
    config = llama_gguf.config(meta, tensors)
    tokenizer = json.dumps(gguf_tokenizer.tokenizer_json(meta), ensure_ascii=False)
    gguf_tokenizer.verify(tokenizer, meta)
    os.makedirs(folder, exist_ok=True)
    save = lambda name, value: open(os.path.join(folder, name), "w", encoding="utf-8").write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as f:
        f.write(tokenizer)
    save("tokenizer_config.json", gguf_tokenizer.tokenizer_config(meta))
    save("config.json", {**config, "dtype": "float16", "torch_dtype": "float16"})
    save("generation_config.json", {k: config[k] for k in ("bos_token_id", "eos_token_id", "pad_token_id")})
    path = os.path.join(folder, "model.safetensors")
    save_file({k: w.astype(np.float16) for k, w in tensors.items()}, path, metadata={"format": "pt"})
    os.chmod(path, 0o644)  # the library writes 0600; a web server must be able to read it
    print(f"{path}: {len(tensors)} tensors, {os.path.getsize(path)} bytes, f16")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
