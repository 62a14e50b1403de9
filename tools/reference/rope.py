"""fixtures/rope.json: the rotary frequencies and the factor on cos and sin that transformers derives from a config, by kind of scaling."""
import json
import os

import torch
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from golden import ROOT

LONG = [round(1 + 0.37 * j * j / 8, 4) for j in range(8)]
SHORT = [round(1 + 0.05 * j, 4) for j in range(8)]
# name, head_dim, max_position_embeddings, rope_parameters, length of the text
CASES = [
    ("default", 16, 128, {"rope_type": "default", "rope_theta": 10000.0}, 20),
    ("default, SmolLM2's base", 64, 2048, {"rope_type": "default", "rope_theta": 100000.0}, 20),
    ("linear", 16, 128, {"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.5}, 20),
    ("dynamic, within its length", 16, 64, {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}, 40),
    ("dynamic, beyond its length", 16, 64, {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}, 100),
    ("llama3, Llama 3.1", 128, 131072, {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}, 20),
    ("llama3, Llama 3.2", 64, 131072, {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}, 20),
    ("llama3, low above high", 16, 40, {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 4.0, "high_freq_factor": 1.0, "original_max_position_embeddings": 13}, 20),
    ("llama3, low is high", 16, 40, {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 2.0, "high_freq_factor": 2.0, "original_max_position_embeddings": 64}, 20),
    ("yarn, Qwen's", 128, 131072, {"rope_type": "yarn", "rope_theta": 1000000.0, "factor": 4.0, "original_max_position_embeddings": 32768}, 20),
    ("yarn, small", 16, 64, {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 16}, 20),
    ("yarn, its own betas", 32, 256, {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 8.0, "original_max_position_embeddings": 32, "beta_fast": 8.0, "beta_slow": 2.0}, 20),
    ("yarn, attention factor given", 16, 64, {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 16, "attention_factor": 1.5}, 20),
    ("yarn, mscale of DeepSeek", 64, 163840, {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 40.0, "original_max_position_embeddings": 4096, "mscale": 0.707, "mscale_all_dim": 1.0}, 20),
    ("yarn, not truncated", 64, 131072, {"rope_type": "yarn", "rope_theta": 150000.0, "factor": 32.0, "original_max_position_embeddings": 4096, "truncate": False}, 20),
    ("yarn, betas the wrong way round", 32, 256, {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 8.0, "original_max_position_embeddings": 32, "beta_fast": 1.0, "beta_slow": 16.0}, 20),
    ("longrope, short text", 16, 128, {"rope_type": "longrope", "rope_theta": 10000.0, "original_max_position_embeddings": 32, "short_factor": SHORT, "long_factor": LONG}, 20),
    ("longrope, long text", 16, 128, {"rope_type": "longrope", "rope_theta": 10000.0, "original_max_position_embeddings": 32, "short_factor": SHORT, "long_factor": LONG}, 100),
    ("longrope, factor given", 16, 128, {"rope_type": "longrope", "rope_theta": 10000.0, "factor": 16.0, "original_max_position_embeddings": 32, "short_factor": SHORT, "long_factor": LONG}, 100),
    ("longrope, attention factor given", 16, 128, {"rope_type": "longrope", "rope_theta": 10000.0, "original_max_position_embeddings": 32, "attention_factor": 1.19, "short_factor": SHORT, "long_factor": LONG}, 20),
]


def case(name, head_dim, longest, rope, length):
    config = LlamaConfig(hidden_size=head_dim * 2, num_attention_heads=2, head_dim=head_dim, max_position_embeddings=longest, rope_parameters=dict(rope))
    module = LlamaRotaryEmbedding(config)
    module(torch.zeros(1, 1, 1), torch.arange(length)[None])  # dynamic and longrope look at the length
    return {"name": name, "head_dim": head_dim, "max_position_embeddings": longest, "rope_parameters": rope, "length": length,
            "inv_freq": [float(f"{v:.9g}") for v in module.inv_freq.tolist()], "factor": float(f"{module.attention_scaling:.9g}")}


if __name__ == "__main__":
    rows = ",\n ".join(json.dumps(case(*c)) for c in CASES)
    with open(os.path.join(ROOT, "fixtures", "rope.json"), "w") as f:
        f.write(f"[{rows}]\n")
    print(f"{len(CASES)} cases")
