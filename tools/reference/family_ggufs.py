"""The GGUF goldens of every family that llama.cpp has an architecture for: fixtures/golden/<family>_gguf.

    LLAMA_CPP=…/llama.cpp python3 family_ggufs.py [FAMILY…]      as family_gguf.py; to other places with OUT=folder SEED=n

Flags are those that the format can hold. What it does not hold is a reader's choice, and the goldens say what was chosen: `note`.
"""
import json
import os
import sys
import tempfile

import torch

import families
import family_gguf
import golden

PLAIN = {"rope_type": "default", "rope_theta": 10000.0}
GELU = "The file does not say which gelu: the exact one, which the model was made with (llama.cpp computes the tanh form)."
SPARSE = {"mlp_only_layers": [], "decoder_sparse_step": 1}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 5000.0}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 10000.0}
LONG = {"rope_type": "longrope", "short_factor": [1.0, 1.2, 1.5, 1.9, 2.0], "long_factor": [1.5, 2.0, 3.0, 4.0, 6.0], "original_max_position_embeddings": 16, "factor": 6.0, "rope_theta": 10000.0}
SMALL = {"H": 4, "K": 2, "d": 10, "D": 40, "F": 44, "L": 2, "V": 97}
ODD = {"H": 3, "K": 1, "d": 12, "D": 36, "F": 44, "L": 2, "V": 97}
WIDE = {**ODD, "d": 20}  # heads wider than the model, where a config can say so

# name: family, sizes, keys, {options of families.make}, note
MODELS = {
    "gpt2": ("gpt2", ODD, {"n_inner": None, "scale_attn_weights": True, "scale_attn_by_inverse_layer_idx": False, "activation_function": "gelu_new", "tie_word_embeddings": True}, {}, None),
    "bloom": ("bloom", {**ODD, "H": 6, "d": 6, "D": 36}, {"apply_residual_connection_post_layernorm": False}, {}, None),
    "llama3": ("llama", WIDE, {"rope_parameters": LLAMA3, "attention_bias": False, "mlp_bias": False, "hidden_act": "silu", "tie_word_embeddings": True}, {}, None),
    "llama_bias": ("llama", SMALL, {"rope_parameters": YARN, "attention_bias": True, "mlp_bias": True, "hidden_act": "silu"}, {}, None),
    "mistral": ("mistral", SMALL, {"rope_parameters": PLAIN, "sliding_window": None, "hidden_act": "silu"}, {}, None),
    "qwen2": ("qwen2", ODD, {"use_sliding_window": False, "rope_parameters": YARN}, {}, None),
    "qwen3": ("qwen3", WIDE, {"use_sliding_window": False, "attention_bias": False, "rope_parameters": PLAIN}, {}, None),
    "gemma": ("gemma", WIDE, {"hidden_act": "gelu_pytorch_tanh", "rope_parameters": PLAIN}, {"dtype": "bfloat16"}, None),
    "gemma2": ("gemma2", WIDE, {"query_pre_attn_scalar": 20, "sliding_window": 9, "attn_logit_softcapping": 5.0, "final_logit_softcapping": 7.0}, {"dtype": "bfloat16"}, "query_pre_attn_scalar is not in the file: the head's width, as in all sizes but 27B."),
    "gemma3": ("gemma3", {**SMALL, "L": 7}, {"query_pre_attn_scalar": 10, "sliding_window": 9, "attn_logit_softcapping": None, "final_logit_softcapping": None, "layer_types": [*["sliding_attention"] * 5, "full_attention", "sliding_attention"],
                                        "rope_parameters": {"sliding_attention": PLAIN, "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6}}}, {"dtype": "bfloat16"}, "The pattern (every sixth layer full) and the local theta 1e4 are not in the file."),
    "phi3": ("phi3", SMALL, {"sliding_window": 9, "hidden_act": "silu", "rope_parameters": LONG, "original_max_position_embeddings": 16, "max_position_embeddings": 96}, {}, None),
    "olmo2": ("olmo2", ODD, {"attention_bias": False, "rope_parameters": PLAIN}, {}, None),
    "olmo3": ("olmo3", SMALL, {"sliding_window": 9, "layer_types": ["sliding_attention", "full_attention"], "rope_parameters": {"sliding_attention": PLAIN, "full_attention": YARN}}, {"old": False}, None),
    "granite": ("granite", ODD, {"attention_bias": False, "mlp_bias": False, "rope_parameters": PLAIN, "hidden_act": "silu"}, {}, None),
    "smollm3": ("smollm3", {**SMALL, "L": 4, "F": 36}, {"no_rope_layers": [1, 1, 1, 0], "use_sliding_window": False, "attention_bias": False, "mlp_bias": False, "rope_parameters": PLAIN}, {}, "The interval of layers without rope is not in the file: 4."),
    "stablelm": ("stablelm", ODD, {"qk_layernorm": False, "use_qkv_bias": True, "use_parallel_residual": False, "rope_parameters": PLAIN | {"partial_rotary_factor": 0.5}}, {}, None),
    "stablelm_qk": ("stablelm", SMALL, {"qk_layernorm": True, "use_qkv_bias": False, "use_parallel_residual": True, "rope_parameters": PLAIN | {"partial_rotary_factor": 0.4}}, {}, None),
    "gptneox": ("gpt_neox", ODD, {"hidden_act": "gelu", "use_parallel_residual": True, "attention_bias": True, "rope_parameters": PLAIN | {"partial_rotary_factor": 0.5}}, {}, GELU),
    "falcon": ("falcon", ODD, {"bias": False, "rope_parameters": PLAIN}, {}, GELU),
    "falcon_40b": ("falcon_40b", {**SMALL, "d": 10}, {"bias": False, "num_ln_in_parallel_attn": 2, "ffn_hidden_size": 160, "rope_parameters": PLAIN}, {}, GELU),
    "phi2": ("phi", ODD, {"K": 3, "qk_layernorm": False, "hidden_act": "gelu_new", "rope_parameters": PLAIN | {"partial_rotary_factor": 0.4}}, {}, None),
    "command_r": ("cohere", ODD, {"use_qk_norm": True, "attention_bias": False, "rope_parameters": PLAIN, "logit_scale": 0.6, "hidden_act": "silu", "tie_word_embeddings": True}, {}, None),
    "cohere2": ("cohere2", {**SMALL, "L": 4, "F": 36}, {"attention_bias": False, "sliding_window": 9, "layer_types": ["sliding_attention"] * 3 + ["full_attention"], "rope_parameters": PLAIN, "rotary_pct": 1.0, "hidden_act": "silu"}, {}, None),
    "mixtral": ("mixtral", SMALL, {"sliding_window": None, "num_local_experts": 5, "num_experts_per_tok": 2, "rope_parameters": PLAIN}, {"T": 20}, "The weights of the chosen experts are divided by their sum, as this architecture always does."),
    "qwen2_moe": ("qwen2_moe", SMALL, {**SPARSE, "num_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 20, "shared_expert_intermediate_size": 28, "norm_topk_prob": False, "qkv_bias": True, "use_sliding_window": False, "rope_parameters": PLAIN}, {"T": 20}, "norm_topk_prob is not in the file: false, as llama.cpp has it for this architecture."),
    "qwen3_moe": ("qwen3_moe", SMALL, {**SPARSE, "num_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 20, "norm_topk_prob": True, "attention_bias": False, "rope_parameters": PLAIN}, {"T": 20}, "norm_topk_prob is not in the file: true, as llama.cpp has it for this architecture."),
    "olmoe": ("olmoe", SMALL, {"num_experts": 6, "num_experts_per_tok": 2, "norm_topk_prob": False, "clip_qkv": None, "attention_bias": False, "rope_parameters": PLAIN}, {"T": 20}, "norm_topk_prob is not in the file: false, as llama.cpp has it for this architecture."),
    "t5": ("t5", {**SMALL, "d": 12, "F": 36}, {"num_decoder_layers": 2, "feed_forward_proj": "gated-gelu", "relative_attention_num_buckets": 8, "relative_attention_max_distance": 128, "tie_word_embeddings": False}, {}, None),
    "t5_relu": ("t5", {**SMALL, "d": 10, "F": 44}, {"num_decoder_layers": 1, "feed_forward_proj": "relu", "relative_attention_num_buckets": 12, "relative_attention_max_distance": 128, "tie_word_embeddings": True}, {}, "No output.weight, so the state is scaled by 1/√width, as the model that was converted does."),
    "t5_encoder": ("t5", {**SMALL, "d": 12}, {"feed_forward_proj": "relu", "relative_attention_num_buckets": 8, "relative_attention_max_distance": 128}, {"task": "encoder"}, None),
    "bert": ("bert", ODD, {"hidden_act": "gelu", "layer_norm_eps": 1e-12, "type_vocab_size": 2}, {"task": "base"}, GELU),
    "distilbert": ("distilbert", ODD, {"activation": "gelu"}, {"task": "base"}, GELU),
    "roberta": ("roberta", SMALL, {"hidden_act": "gelu", "layer_norm_eps": 1e-5}, {"task": "base"}, GELU),
    "xlm-roberta": ("xlm-roberta", SMALL, {"hidden_act": "gelu", "layer_norm_eps": 1e-5}, {"task": "base"}, GELU),
    "modern-bert": ("modernbert", {**SMALL, "L": 4, "F": 32}, {"local_attention": 10, "global_attn_every_n_layers": 3, "layer_types": ["full_attention", "sliding_attention", "sliding_attention", "full_attention"], "hidden_activation": "gelu"}, {"task": "base"}, GELU),
    "nomic-bert": ("nomic_bert", SMALL, {"hidden_act": "silu", "layer_norm_eps": 1e-12}, {"task": "base"}, None),
}
LOST = {"bert", "distilbert", "roberta", "xlm-roberta", "modern-bert", "nomic-bert"}


def make(name, out, seed):
    family, sizes, keys, options, note = MODELS[name]
    options = {"T": 40, "dtype": "float16", "rows": [0, 1, 15, 16, 31, 38, 39], "seed": seed, "exact": True} | options
    with tempfile.TemporaryDirectory() as path:
        families.make(path, family, size=sizes, set=keys, **({"old": True} | options))
        family_gguf.convert(out, path, {"float16": "f16", "bfloat16": "bf16", "float32": "f32"}[options["dtype"]])
    place = os.path.join(out, "golden.json")
    held = json.load(open(place, encoding="utf-8"))
    if name in LOST:
        held.pop("pooled", None)  # the converter drops the pooler, as it drops every head
    if note:
        held["note"] = note
    with open(place, "w", encoding="utf-8") as f:
        f.write(json.dumps(held, separators=(",", ":"), ensure_ascii=False) + "\n")


def main():
    torch.set_num_threads(1)
    for name in sys.argv[1:] or MODELS:
        out = os.path.join(os.environ.get("OUT", os.path.join(golden.ROOT, "fixtures", "golden")), f"{name}_gguf")
        try:
            make(name, out, int(os.environ.get("SEED", "31")))
        except (Exception, SystemExit) as error:  # noqa: BLE001: say which, go on
            print(name, "FAILED", type(error).__name__, error)


if __name__ == "__main__":
    main()
