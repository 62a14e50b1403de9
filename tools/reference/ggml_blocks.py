"""Blocks of every GGML type of our own making, and what gguf-py makes of them.

    python3 ggml_blocks.py       writes fixtures/quant/ggml_random.json and fixtures/golden/llama_blocks_gguf

Any bytes are a block; only its f16 factors must be chosen. `ggml_random.json` holds hashes: the bytes come from a seed,
the same here and in the test, with factors that are 0, subnormal, the largest, negative, infinite and no number.
The model mixes types within its layers, as llama-quantize does where a width or a tensor asks for another one.
"""
import hashlib
import json
import os

import gguf
import numpy as np
from gguf.quants import dequantize

import golden
import llama_gguf
from tiny_gguf import write_meta

Q = gguf.GGMLQuantizationType
# where the f16 factors of a block stand
HALVES = {
    Q.Q4_0: [0], Q.Q4_1: [0, 2], Q.Q5_0: [0], Q.Q5_1: [0, 2], Q.Q8_0: [0], Q.IQ4_NL: [0],
    Q.Q2_K: [80, 82], Q.Q3_K: [108], Q.Q4_K: [0, 2], Q.Q5_K: [0, 2], Q.Q6_K: [208], Q.IQ4_XS: [0],
}
SPECIAL = [0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0xBC00, 0x2E66, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00]
VALUES = 2**18


def mulberry32(seed, count):
    """The bytes of as many 32-bit numbers as are needed, as ops/inputs.ts draws them."""
    a = (seed + np.arange(1, (count + 3) // 4 + 1, dtype=np.uint64) * 0x6D2B79F5) & 0xFFFFFFFF
    mask = np.uint64(0xFFFFFFFF)
    t = ((a ^ (a >> np.uint64(15))) * (a | np.uint64(1))) & mask
    t ^= (t + (((t ^ (t >> np.uint64(7))) * (t | np.uint64(61))) & mask)) & mask
    return (t ^ (t >> np.uint64(14))).astype("<u4").view(np.uint8)[:count].copy()


def special(kind, seed):
    size, length = gguf.GGML_QUANT_SIZES[kind]
    n = VALUES // size
    blocks = mulberry32(seed, n * length).reshape(n, length)
    for b in range(n):
        for i, at in enumerate(HALVES[kind]):
            half = SPECIAL[(b // len(SPECIAL) ** i) % len(SPECIAL)]
            blocks[b, at : at + 2] = [half & 255, half >> 8]
    return blocks


def random_blocks(kind, rows, cols, deviation, rng):
    """Blocks [rows, bytes] whose values have about that standard deviation."""
    size, length = gguf.GGML_QUANT_SIZES[kind]
    blocks = rng.integers(0, 256, (rows * cols // size, length), dtype=np.uint8)
    two = len(HALVES[kind]) == 2
    for at in HALVES[kind]:
        blocks[:, at : at + 2] = np.frombuffer(np.float16(1).tobytes(), np.uint8)
    plain = dequantize(blocks, kind)
    # the least value of a block takes its middle to 0
    least = 0.0
    if two:
        for at, factor in zip(HALVES[kind], (1, 0)):
            blocks[:, at : at + 2] = np.frombuffer(np.float16(factor).tobytes(), np.uint8)
        high = dequantize(blocks, kind)
        least = -high.mean() / (plain - high).mean()
        plain = high + least * (plain - high)
    d = deviation / plain.std() * (0.8 + 0.4 * rng.random(len(blocks)))
    for at, factor in zip(HALVES[kind], (1, least)):
        blocks[:, at : at + 2] = (d * factor).astype("<f2").view(np.uint8).reshape(-1, 2)
    return blocks.reshape(rows, -1)


# as llama-quantize falls back: rows of 64 fit no super-block
LAYERS = [
    dict(attn_q=Q.Q4_K, attn_k=Q.Q4_K, attn_v=Q.Q6_K, attn_output=Q.Q5_0, ffn_gate=Q.Q3_K, ffn_up=Q.IQ4_XS, ffn_down=Q.Q5_K),
    dict(attn_q=Q.Q5_K, attn_k=Q.Q5_K, attn_v=Q.Q5_K, attn_output=Q.Q5_1, ffn_gate=Q.Q2_K, ffn_up=Q.Q2_K, ffn_down=Q.Q3_K),
]
V, D, F, H, K, WIDTH = 40, 256, 256, 4, 2, 16


def model(name, seed):
    rng = np.random.default_rng(seed)
    tokens = ["<s>", "</s>"] + [chr(97 + i % 26) * (1 + i // 26) for i in range(V - 2)]
    meta = {
        "general.name": name, "general.file_type": int(gguf.LlamaFileType.MOSTLY_Q4_K_M), "general.quantization_version": 2,
        "llama.vocab_size": V, "llama.context_length": 256, "llama.embedding_length": D, "llama.feed_forward_length": F, "llama.block_count": len(LAYERS),
        "llama.attention.head_count": H, "llama.attention.head_count_kv": K, "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH, "llama.attention.key_length": WIDTH, "llama.attention.value_length": WIDTH,
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2", "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.merges": ["a a"],
        "tokenizer.ggml.token_type": [3, 3] + [1] * (V - 2), "tokenizer.ggml.bos_token_id": 0, "tokenizer.ggml.eos_token_id": 1,
    }
    path = golden.folder(name)
    writer = gguf.GGUFWriter(os.path.join(path, "model.gguf"), "llama")
    write_meta(writer, meta)

    def matrix(tensor, kind, rows, cols, deviation=None):
        writer.add_tensor(tensor, random_blocks(kind, rows, cols, deviation or 1.7 / cols**0.5, rng), raw_dtype=kind)

    def gain(tensor, dtype=np.float32):
        writer.add_tensor(tensor, (0.5 + 0.3 * rng.standard_normal(D)).astype(dtype))

    matrix("token_embd.weight", Q.IQ4_NL, V, D, 0.3)
    for i, kinds in enumerate(LAYERS):
        gain(f"blk.{i}.attn_norm.weight")
        gain(f"blk.{i}.ffn_norm.weight")
        for part, (rows, cols) in dict(
            attn_q=(H * WIDTH, D), attn_k=(K * WIDTH, D), attn_v=(K * WIDTH, D), attn_output=(D, H * WIDTH), ffn_gate=(F, D), ffn_up=(F, D), ffn_down=(D, F)
        ).items():
            matrix(f"blk.{i}.{part}.weight", kinds[part], rows, cols)
    gain("output_norm.weight")
    matrix("output.weight", Q.Q6_K, V, D)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    back, tensors = llama_gguf.read(os.path.join(path, "model.gguf"))
    found = llama_gguf.config(back, tensors)
    found.pop("architectures")
    ids = golden.random_ids(V, 30, seed)
    logits = golden.run(golden.config(**found), tensors, ids)
    golden.write_golden(path, ids, logits, [0, 14, 15, 29])
    print(name, os.path.getsize(os.path.join(path, "model.gguf")), "bytes, largest logit", round(float(logits.abs().max()), 2))


def main():
    made = {}
    for seed, kind in enumerate(HALVES, 1):
        with np.errstate(all="ignore"):
            values = dequantize(special(kind, seed), kind).astype("<f4").reshape(-1)
        bits = values.view(np.uint32).copy()
        bits[np.isnan(values)] = 0x7FC00000  # which NaN it is depends on the processor
        made[kind.name] = {"seed": seed, "values": VALUES, "halves": HALVES[kind], "sha256": hashlib.sha256(bits.tobytes()).hexdigest()}
    with open(os.path.join(golden.ROOT, "fixtures", "quant", "ggml_random.json"), "w", encoding="utf-8") as f:
        rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in made.items())
        f.write(f'{{\n "special": {json.dumps(SPECIAL)},\n "types": {{\n{rows}\n }}\n}}\n')
    model("llama_blocks_gguf", 31)


if __name__ == "__main__":
    main()
