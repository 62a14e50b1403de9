"""A llama-architecture GGUF as exact float32 tensors under Hugging Face names.

llama.cpp's converter reorders the rows of q and k inside each head, from
(first half, second half) to interleaved pairs, because its RoPE turns pairs
(2t, 2t+1). `unpermute` undoes that, `permute` does it. Block values come from
gguf-py's own dequantizer, in float32. Knows nothing about tokenizers.
"""
import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize

BLOCK = {
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}
TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def permute(w, heads):
    """HF row s*d/2 + t of a head becomes GGUF row 2t + s (s in {0, 1})."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(w.shape)


def unpermute(w, heads):
    return w.reshape(heads, w.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(w.shape)


def gguf_name(hf):
    """model.layers.3.mlp.up_proj.weight -> blk.3.ffn_up.weight"""
    stem, leaf = hf.rsplit(".", 1)
    if stem.startswith("model.layers."):
        _, _, i, rest = stem.split(".", 3)
        return f"blk.{i}.{next(g for g, h in BLOCK.items() if h == rest)}.{leaf}"
    return f"{next(g for g, h in TOP.items() if h == stem)}.{leaf}"


def hf_name(gguf):
    if gguf.startswith("blk."):
        _, i, part, leaf = gguf.split(".")
        return f"model.layers.{i}.{BLOCK[part]}.{leaf}"
    stem, leaf = gguf.rsplit(".", 1)
    return f"{TOP[stem]}.{leaf}"


def read(path):
    """(metadata dict, {HF name: float32 array [out, in]}) of a GGUF file."""
    reader = GGUFReader(path)
    meta = {k: f.contents() for k, f in reader.fields.items() if not k.startswith("GGUF.")}
    if meta["general.architecture"] != "llama":
        raise SystemExit(f'Cannot convert "{path}": the architecture must be "llama", it is "{meta["general.architecture"]}".')
    heads = {"attn_q": meta["llama.attention.head_count"], "attn_k": meta["llama.attention.head_count_kv"]}
    tensors = {}
    for t in reader.tensors:
        if t.name == "rope_freqs.weight":  # not a weight: how far each frequency is slowed down
            meta["rope_freqs"] = np.array(t.data)
            continue
        w = np.asarray(dequantize(t.data, t.tensor_type), dtype=np.float32).reshape([int(n) for n in reversed(t.shape)])
        part = t.name.split(".")[2] if t.name.startswith("blk.") else ""
        tensors[hf_name(t.name)] = unpermute(w, heads[part]) if part in heads else w.copy()
    return meta, tensors


def config(meta, tensors, rope=None):
    """The config.json that transformers would have had; `rope` says what rope_freqs.weight stood for."""
    if "rope_freqs" in meta and not rope:
        raise SystemExit('Cannot describe the model: it holds "rope_freqs.weight", and the file does not say which scaling made it.')
    get = lambda key: meta[f"llama.{key}"]
    shortest = lambda x: float(str(np.float32(x)))  # 1e-05, not 9.999999747378752e-06
    D, H = get("embedding_length"), get("attention.head_count")
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "hidden_size": D, "intermediate_size": get("feed_forward_length"),
        "num_hidden_layers": get("block_count"), "num_attention_heads": H,
        "num_key_value_heads": get("attention.head_count_kv"),
        "head_dim": meta.get("llama.attention.key_length", D // H),
        "vocab_size": len(meta["tokenizer.ggml.tokens"]), "max_position_embeddings": get("context_length"),
        "rms_norm_eps": shortest(get("attention.layer_norm_rms_epsilon")),
        "rope_theta": shortest(meta.get("llama.rope.freq_base", 10000.0)), "rope_scaling": rope,
        "hidden_act": "silu", "attention_bias": False, "mlp_bias": False,
        "tie_word_embeddings": "lm_head.weight" not in tensors,
        "bos_token_id": meta.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": meta.get("tokenizer.ggml.eos_token_id"),
        "pad_token_id": meta.get("tokenizer.ggml.padding_token_id"),
    }
