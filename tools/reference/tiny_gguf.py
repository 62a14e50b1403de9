"""GGUF files of one tiny llama, a folder per storage type, with tokenizers and goldens.

    python3 tiny_gguf.py

Writes as llama.cpp's converter does: q and k rows permuted per head, norms in f32.
The logits are computed from the file read back, so from exactly what it holds.
Knows architecture "llama" only, as llama_gguf.py does. A GGUF of another family
needs its own names, keys and row order: a script beside this one, on golden.py,
gguf.GGUFWriter and write_meta(); logits alone are enough for its golden.json.

  gguf_f16   f16   spm, tied               gguf_q8_0       Q8_0  spm, tied
  gguf_bf16  bf16  spm, own output.weight  gguf_q4_0       Q4_0  byte BPE, own output.weight, embedding Q4_0 too
  gguf_f32   f32   byte BPE, tied, head    gguf_q4_1       Q4_1  byte BPE, tied, embedding Q8_0: as SmolLM2's file
                   width only in           gguf_rope_freqs Q8_0  byte BPE, tied, llama3 scaling as rope_freqs.weight
                   attention.key_length
"""
import os

import gguf
import jinja2
import numpy as np
import torch
from gguf.quants import quantize

import golden
import llama_gguf
import tiny_tokenizers

Q = gguf.GGMLQuantizationType
LLAMA3 = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
MESSAGES = [{"role": "user", "content": "What is in the box? "}, {"role": "assistant", "content": "玻璃。"}, {"role": "user", "content": "Thanks"}]


def write_meta(writer, meta):
    for key, value in meta.items():
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        elif isinstance(value, float):
            writer.add_float32(key, value)
        elif isinstance(value, str):
            writer.add_string(key, value)
        else:
            writer.add_array(key, value)


def rope_freqs(width):
    """What the converter stores for llama3 scaling: the divisor of each frequency."""
    inv = 10000.0 ** -(np.arange(0, width, 2) / width)
    waves = LLAMA3["original_max_position_embeddings"] * inv / (2 * np.pi)  # full turns within the old context
    smooth = np.clip((waves - LLAMA3["low_freq_factor"]) / (LLAMA3["high_freq_factor"] - LLAMA3["low_freq_factor"]), 0, 1)
    return (1 / ((1 - smooth) / LLAMA3["factor"] + smooth)).astype(np.float32)


def make(name, kind, tokenizer, seed, embedding=None, tied=True, width=16, theta=10000.0, scaled=False):
    tok_meta, encode = tokenizer
    V = len(tok_meta["tokenizer.ggml.tokens"])
    heads = {"self_attn.q_proj": 4, "self_attn.k_proj": 2}
    shape = dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=width)
    config = golden.config("llama", vocab_size=V, tie_word_embeddings=tied, **shape)
    meta = {
        "general.name": name, "general.file_type": int(getattr(gguf.LlamaFileType, "ALL_F32" if kind is Q.F32 else f"MOSTLY_{kind.name}")), "general.quantization_version": 2,
        "llama.vocab_size": V, "llama.context_length": 256, "llama.embedding_length": 64, "llama.feed_forward_length": 96, "llama.block_count": 2,
        "llama.attention.head_count": 4, "llama.attention.head_count_kv": 2, "llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.dimension_count": width,
    }
    if width != 16:
        meta |= {"llama.attention.key_length": width, "llama.attention.value_length": width}
    if theta != 10000.0:
        meta["llama.rope.freq_base"] = theta  # absent: a reader must fall back to 10000
    path = golden.folder(name)
    writer = gguf.GGUFWriter(os.path.join(path, "model.gguf"), "llama")
    write_meta(writer, meta | tok_meta)
    if scaled:
        writer.add_tensor("rope_freqs.weight", rope_freqs(width))
    for hf, w in golden.random_weights(config, seed).items():
        values = w.numpy()
        part = ".".join(hf.split(".")[3:5])
        if part in heads:
            values = llama_gguf.permute(values, heads[part])
        stored = Q.F32 if values.ndim == 1 else embedding if embedding and "embed" in hf else kind
        writer.add_tensor(llama_gguf.gguf_name(hf), quantize(np.ascontiguousarray(values), stored), raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    back, tensors = llama_gguf.read(os.path.join(path, "model.gguf"))
    found = llama_gguf.config(back, tensors, rope=LLAMA3 if scaled else None)
    found.pop("architectures")
    ids = golden.random_ids(V, 45, seed)
    logits = golden.run(golden.config(**found), tensors, ids)
    named = {f"{k}_token": tok_meta["tokenizer.ggml.tokens"][tok_meta[f"tokenizer.ggml.{k}_token_id"]] for k in ("bos", "eos")}
    text = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(tok_meta["tokenizer.chat_template"]).render(messages=MESSAGES, add_generation_prompt=True, **named)
    golden.write_golden(
        path, ids, logits, [0, 15, 16, 44],
        tokenize_options={"add_special": False, "parse_special": True}, tokenize=[{"text": t, "ids": encode(t)} for t in tiny_tokenizers.TEXTS],
        chat={"messages": MESSAGES, "add_generation_prompt": True, "text": text, "ids": encode(text)},
    )
    print(name, V, "tokens,", sum(os.path.getsize(os.path.join(path, f)) for f in os.listdir(path)), "bytes, largest logit", round(float(logits.abs().max()), 2))


def main():
    torch.set_num_threads(1)
    bpe, spm = tiny_tokenizers.byte_bpe(), tiny_tokenizers.spm()
    make("gguf_f16", Q.F16, spm, 21)
    make("gguf_bf16", Q.BF16, spm, 22, tied=False)
    make("gguf_q8_0", Q.Q8_0, spm, 23)
    make("gguf_f32", Q.F32, bpe, 24, width=8)
    make("gguf_q4_0", Q.Q4_0, bpe, 25, tied=False)
    make("gguf_q4_1", Q.Q4_1, bpe, 26, embedding=Q.Q8_0, theta=100000.0)
    make("gguf_rope_freqs", Q.Q8_0, bpe, 27, scaled=True)


if __name__ == "__main__":
    main()
