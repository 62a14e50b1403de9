"""What a tiny model of each family may look like: its config's names for the sizes, what is fixed, and flags to draw.

A table for families.py. Sizes: D width, H heads, K key-value heads, d head width, F hidden units of the MLP, L layers, V vocabulary,
C longest text. Where a config names no head width, D must be H times d. Knows no weights and no files.
"""
LLAMA = {"D": "hidden_size", "H": "num_attention_heads", "K": "num_key_value_heads", "F": "intermediate_size", "L": "num_hidden_layers", "V": "vocab_size", "C": "max_position_embeddings"}
WIDE = LLAMA | {"d": "head_dim"}
GPT = {"D": "n_embd", "H": "n_head", "L": "n_layer", "V": "vocab_size", "C": "n_positions"}
BERT = {k: v for k, v in LLAMA.items() if k != "K"}

TIE = {"tie_word_embeddings": [True, False]}
ACT = {"hidden_act": ["silu", "silu", "gelu", "gelu_pytorch_tanh", "relu"]}
EPS = {"rms_norm_eps": [1e-6, 1e-5]}
THETA = [500.0, 10000.0, 500000.0]


def scalings(r):
    """rope_parameters of every kind for r turned values; the old length 16 lies inside and below the texts."""
    short, long = [1 + i / 7 for i in range(r // 2)], [2 + i / 3 for i in range(r // 2)]
    old = {"original_max_position_embeddings": 16}
    return {
        "default": {"rope_type": "default"},
        "linear": {"rope_type": "linear", "factor": 2.5},
        "dynamic": {"rope_type": "dynamic", "factor": 3.0},
        "llama3": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, **old},
        "yarn": {"rope_type": "yarn", "factor": 4.0, "beta_fast": 8.0, "beta_slow": 0.5, **old},
        "longrope": {"rope_type": "longrope", "short_factor": short, "long_factor": long, "factor": 4.0, **old},
    }


def rope(partial=(None,), kinds=("default", "linear", "llama3", "yarn")):
    """A flag that draws rope_parameters."""
    def draw(pick, size):
        part = pick([p for p in partial if p is None or (int(size["d"] * p) % 2 == 0 and int(size["d"] * p) > 0)] or [1.0])
        r = size["d"] if part is None else int(size["d"] * part)
        made = scalings(r)[pick(list(kinds))] | {"rope_theta": pick(THETA)}
        return made if part is None else made | {"partial_rotary_factor": part}
    return {"rope_parameters": draw}


def each_layer(*kinds):
    return lambda pick, size: [pick(kinds) for _ in range(size["L"])]


SLIDES = {"layer_types": each_layer("full_attention", "sliding_attention"), "sliding_window": [3, 7, 33]}
BY_TYPE = {"rope_parameters": lambda pick, size: {k: scalings(size["d"])[pick(["default", "linear"]) if k[0] == "f" else "default"] | {"rope_theta": pick(THETA)} for k in ("sliding_attention", "full_attention")}}
SPARSE = {"num_experts_per_tok": [1, 2, 3], "norm_topk_prob": [True, False], "moe_intermediate_size": [20, 28]}

# name: (model_type, names of the sizes, fixed keys, flags to draw). A flag is a list of values or a function of (pick, sizes).
DECODERS = {
    "openai-gpt": ("openai-gpt", GPT, {}, {"afn": ["gelu", "relu", "silu"], "layer_norm_epsilon": [1e-5, 1e-6]}),
    "gpt2": ("gpt2", GPT, {}, {"activation_function": ["gelu_new", "gelu", "relu", "silu"], "n_inner": [None, 44], "scale_attn_weights": [True, True, False], "scale_attn_by_inverse_layer_idx": [False, True]} | TIE),
    "gpt_neo": ("gpt_neo", {"D": "hidden_size", "H": "num_heads", "L": "num_layers", "V": "vocab_size", "C": "max_position_embeddings"}, {},
                {"attention_types": lambda pick, size: [[[pick(["global", "local"]) for _ in range(size["L"])], 1]], "window_size": [3, 6, 33], "intermediate_size": [None, 52], "activation_function": ["gelu_new", "relu"]}),
    "bloom": ("bloom", {"D": "hidden_size", "H": "n_head", "L": "n_layer", "V": "vocab_size"}, {}, {"apply_residual_connection_post_layernorm": [False, True]}),
    "llama": ("llama", WIDE, {}, {"attention_bias": [True, False], "mlp_bias": [True, False]} | TIE | ACT | EPS | rope(kinds=("default", "linear", "dynamic", "llama3", "yarn", "longrope"))),
    "mistral": ("mistral", WIDE, {}, {"sliding_window": [None, 3, 33]} | ACT | EPS | rope()),
    "qwen2": ("qwen2", LLAMA, {}, {"use_sliding_window": [True, False], "sliding_window": [4, 33], "max_window_layers": [0, 1]} | TIE | EPS | rope()),
    "qwen3": ("qwen3", WIDE, {}, {"attention_bias": [True, False], "use_sliding_window": [True, False], "sliding_window": [4, 33], "max_window_layers": [0, 1]} | TIE | EPS | rope()),
    "gemma": ("gemma", WIDE, {}, {"hidden_act": ["gelu_pytorch_tanh", "gelu"]} | EPS | rope(kinds=("default",))),
    "gemma2": ("gemma2", WIDE, {}, {"sliding_window": [4, 33], "query_pre_attn_scalar": [7, 24, 144], "attn_logit_softcapping": [50.0, 3.0, None], "final_logit_softcapping": [30.0, 4.0, None]} | EPS),
    "gemma3": ("gemma3_text", WIDE, {}, {"query_pre_attn_scalar": [7, 24], "final_logit_softcapping": [None, 5.0]} | SLIDES | BY_TYPE | EPS),
    "phi3": ("phi3", LLAMA, {"pad_token_id": 0}, {"sliding_window": [None, 5, 33]} | TIE | ACT | EPS | rope((None, 0.5), ("default", "longrope"))),
    "olmo2": ("olmo2", LLAMA, {}, {"attention_bias": [False, True]} | TIE | EPS | rope()),
    "olmo3": ("olmo3", LLAMA, {}, SLIDES | EPS | {"rope_parameters": lambda pick, size: (lambda t: {"sliding_attention": {"rope_type": "default", "rope_theta": t}, "full_attention": scalings(size["d"])[pick(["default", "yarn"])] | {"rope_theta": t}})(pick(THETA))}),
    "granite": ("granite", LLAMA, {}, {"embedding_multiplier": [12.0, 3.5], "residual_multiplier": [0.22, 0.7], "attention_multiplier": [0.0156, 0.4], "logits_scaling": [8.0, 3.0], "attention_bias": [True, False], "mlp_bias": [True, False]} | TIE | EPS | rope()),
    "smollm3": ("smollm3", LLAMA, {"pad_token_id": 0}, {"no_rope_layers": lambda pick, size: [pick([0, 1]) for _ in range(size["L"])], "use_sliding_window": [False, True], "sliding_window": [4, 33], "attention_bias": [False, True], "mlp_bias": [False, True]} | TIE | rope()),
    "stablelm": ("stablelm", LLAMA, {}, {"use_parallel_residual": [False, True], "qk_layernorm": [False, True], "use_qkv_bias": [False, True], "layer_norm_eps": [1e-5, 1e-6]} | TIE | rope((0.25, 0.5, 1.0), ("default", "linear"))),
    "gpt_neox": ("gpt_neox", BERT, {}, {"use_parallel_residual": [True, False], "hidden_act": ["gelu", "gelu_new", "relu"], "attention_bias": [True, True, False], "layer_norm_eps": [1e-5, 1e-3]} | TIE | rope((0.25, 0.5, 1.0), ("default", "linear"))),
    "falcon": ("falcon", {k: v for k, v in BERT.items() if k != "F"}, {"multi_query": True, "new_decoder_architecture": False, "parallel_attn": True, "alibi": False}, {"bias": [False, True], "layer_norm_epsilon": [1e-5, 1e-6]} | TIE | rope(kinds=("default", "linear"))),
    "falcon_40b": ("falcon", {k: v for k, v in BERT.items() if k != "F"} | {"K": "num_kv_heads"}, {"new_decoder_architecture": True, "parallel_attn": True, "alibi": False}, {"bias": [False, True], "num_ln_in_parallel_attn": [1, 2], "ffn_hidden_size": [52]} | rope(kinds=("default",))),
    "falcon_rw": ("falcon", {k: v for k, v in BERT.items() if k != "F"}, {"multi_query": False, "new_decoder_architecture": False, "parallel_attn": False, "bias": True}, {"alibi": [True, True, False], "activation": ["gelu", "relu"]}),
    "gptj": ("gptj", GPT, {}, {"rotary_dim": lambda pick, size: pick([4, size["d"] // 2 // 2 * 2, size["d"]]), "n_inner": [None, 44], "activation_function": ["gelu_new", "gelu"]}),
    "phi": ("phi", LLAMA, {}, {"qk_layernorm": [False, True], "hidden_act": ["gelu_new", "gelu"], "layer_norm_eps": [1e-5, 1e-6]} | rope((0.5, 0.4, 0.25), ("default", "linear"))),
    "opt": ("opt", {"D": "hidden_size", "H": "num_attention_heads", "F": "ffn_dim", "L": "num_hidden_layers", "V": "vocab_size", "C": "max_position_embeddings"}, {},
            {"do_layer_norm_before": [True, False], "word_embed_proj_dim": lambda pick, size: pick([size["D"], 18]), "activation_function": ["relu", "gelu"], "enable_bias": [True, True, False]} | TIE),
    "cohere": ("cohere", LLAMA, {}, {"use_qk_norm": [False, True], "logit_scale": [0.0625, 0.8], "attention_bias": [False, True], "layer_norm_eps": [1e-5, 1e-6]} | TIE | rope()),
    "cohere2": ("cohere2", WIDE, {}, {"logit_scale": [0.0625, 0.5], "attention_bias": [False, True]} | SLIDES | rope(kinds=("default",))),
    "mixtral": ("mixtral", WIDE, {}, {"num_local_experts": [4, 5], "num_experts_per_tok": [1, 2, 3], "sliding_window": [None, 5]} | TIE | rope()),
    "qwen2_moe": ("qwen2_moe", LLAMA, {}, {"num_experts": [4, 6], "mlp_only_layers": [[], [1]], "decoder_sparse_step": [1, 1, 2], "shared_expert_intermediate_size": [24, 36], "qkv_bias": [True, True, False]} | SPARSE | TIE),
    "qwen3_moe": ("qwen3_moe", WIDE, {}, {"num_experts": [4, 6], "mlp_only_layers": [[], [0]], "decoder_sparse_step": [1, 1, 2], "attention_bias": [False, True]} | SPARSE | TIE | rope(kinds=("default",))),
    "olmoe": ("olmoe", LLAMA, {}, {"num_experts": [4, 6], "num_experts_per_tok": [1, 2, 3], "norm_topk_prob": [True, False], "clip_qkv": [None, 0.7, 1.5], "attention_bias": [False, True]} | TIE | rope(kinds=("default",))),
}
NORM = {"layer_norm_eps": [1e-12, 1e-5]}
ENCODERS = {
    "bert": ("bert", BERT, {}, {"hidden_act": ["gelu", "gelu", "gelu_new", "relu"], "type_vocab_size": [2, 3]} | NORM),
    "roberta": ("roberta", BERT, {"pad_token_id": 1, "type_vocab_size": 1}, {"hidden_act": ["gelu", "relu"]} | NORM),
    "xlm-roberta": ("xlm-roberta", BERT, {"pad_token_id": 1, "type_vocab_size": 1}, NORM),
    "albert": ("albert", BERT, {}, {"embedding_size": [14, 20], "num_hidden_groups": lambda pick, size: pick([1, size["L"]]), "inner_group_num": [1, 2], "hidden_act": ["gelu_new", "gelu", "relu"]} | NORM),
    "distilbert": ("distilbert", {"D": "dim", "H": "n_heads", "F": "hidden_dim", "L": "n_layers", "V": "vocab_size", "C": "max_position_embeddings"}, {}, {"activation": ["gelu", "relu"]}),
    "modernbert": ("modernbert", BERT, {"pad_token_id": 0, "eos_token_id": 2, "bos_token_id": 1, "cls_token_id": 1, "sep_token_id": 2}, {"local_attention": [4, 10, 66], "global_attn_every_n_layers": [1, 2, 3], "hidden_activation": ["gelu", "silu"]}),
    "nomic_bert": ("nomic_bert", WIDE | {}, {}, {"hidden_act": ["silu", "gelu"]} | NORM),
    "t5": ("t5", {"D": "d_model", "H": "num_heads", "d": "d_kv", "F": "d_ff", "L": "num_layers", "V": "vocab_size"}, {},
           {"num_decoder_layers": [1, 2, 3], "feed_forward_proj": ["relu", "gated-gelu", "gated-silu"], "relative_attention_num_buckets": [8, 12, 32], "relative_attention_max_distance": [10, 24, 128], "tie_word_embeddings": [True, False]}),
    "xlnet": ("xlnet", {"D": "d_model", "H": "n_head", "F": "d_inner", "L": "n_layer", "V": "vocab_size"}, {}, {"attn_type": ["bi", "bi", "uni"], "ff_activation": ["gelu", "relu"]}),
}
ENCODERS["nomic_bert"][1].pop("K")
FAMILIES = DECODERS | ENCODERS
# sizes to draw: (H, K, d); no two neighbours alike
HEADS = [(4, 2, 8), (3, 1, 20), (5, 5, 12), (6, 3, 10), (6, 2, 24), (2, 1, 40), (7, 7, 4), (9, 3, 8), (4, 4, 18)]


def draw(family, pick, size=None):
    """(sizes, config keys) of one random model; `size` fixes some of the sizes."""
    model_type, names, fixed, flags = FAMILIES[family]
    H, K, d = pick(HEADS)
    size = {"H": H, "K": K, "d": d, "F": pick([36, 44, 70, 100]), "L": pick([2, 3]), "V": pick([83, 97, 131]), "C": 96} | (size or {})
    size.setdefault("D", size["H"] * size["d"] if "d" not in names else size["H"] * pick([size["d"], 5, 8, 11]))
    if size["D"] % 2:
        size["D"] += size["H"]
    keys = {names[k]: v for k, v in size.items() if k in names} | fixed
    for key, values in flags.items():
        keys[key] = values(pick, size) if callable(values) else pick(values)
    if family == "albert" and keys["num_hidden_groups"] == size["L"]:
        keys["inner_group_num"] = 1
    if keys.get("global_attn_every_n_layers"):
        keys["layer_types"] = ["full_attention" if i % keys["global_attn_every_n_layers"] == 0 else "sliding_attention" for i in range(size["L"])]
    return size, {"model_type": model_type, **keys}
