"""The second tiny models of the families: odd heads, widths no multiple of 8, 70 tokens, bf16, heads, old names, sentence models.

    python3 family_goldens.py [NAME…]     fixtures/golden/<name>; all of them, or those that are named

The first ones, of small round sizes, came from a collection that is in no script (fixtures/README.md).
"""
import json
import os
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file

import families
import golden
import own_families

ROWS = [0, 1, 15, 16, 31, 32, 33, 63, 64, 69]
ODD = {"H": 3, "K": 1, "d": 12, "D": 36, "F": 44, "L": 2, "V": 97}
WIDE = ODD | {"d": 20}
LONG = {"T": 70, "rows": ROWS, "dtype": "bfloat16"}
PLAIN = {"rope_type": "default", "rope_theta": 10000.0}
PAIR = {"T": 35}
LONGROPE = {"rope_type": "longrope", "short_factor": [1.0, 1.2, 1.5, 1.9, 2.0, 2.5], "long_factor": [1.5, 2.0, 3.0, 4.0, 6.0, 7.0], "original_max_position_embeddings": 16, "factor": 6.0, "rope_theta": 10000.0}

# name: family, sizes, keys, options of families.make
SMALL, HEAD = {"H": 3, "d": 6, "F": 20, "L": 2, "V": 61}, {"T": 9, "dtype": "bfloat16"}
MODELS = {
    "gpt2_odd": ("gpt2", ODD, {"scale_attn_by_inverse_layer_idx": True, "tie_word_embeddings": True}, LONG | {"base": True, "old": True, "lean": True}),
    "gpt_neo_odd": ("gpt_neo", ODD, {"attention_types": [[["local", "global"], 1]], "window_size": 33}, LONG),
    "bloom_odd": ("bloom", {**ODD, "H": 5, "d": 8, "D": 40}, {"apply_residual_connection_post_layernorm": True}, LONG),
    "gemma_odd": ("gemma", WIDE, {"hidden_act": "gelu", "rope_parameters": PLAIN}, LONG | {"old": True, "lean": True}),
    "gemma2_odd": ("gemma2", WIDE, {"query_pre_attn_scalar": 7, "attn_logit_softcapping": 3.0, "final_logit_softcapping": 4.0, "sliding_window": 33}, LONG | {"old": True, "lean": True}),
    "gemma3_odd": ("gemma3", {**WIDE, "L": 3}, {"query_pre_attn_scalar": 24, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"], "sliding_window": 33,
                                               "rope_parameters": {"sliding_attention": PLAIN, "full_attention": {"rope_type": "linear", "factor": 2.5, "rope_theta": 500.0}}}, LONG),
    "phi3_odd": ("phi3", ODD, {"rope_parameters": LONGROPE, "original_max_position_embeddings": 16, "sliding_window": 33, "tie_word_embeddings": True}, LONG),
    "olmo3": ("olmo3", ODD, {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 33}, LONG),
    "granite_odd": ("granite", ODD, {"attention_bias": True, "mlp_bias": True, "rope_parameters": PLAIN}, LONG | {"old": True}),
    "smollm3_odd": ("smollm3", {**ODD, "L": 3}, {"no_rope_layers": [0, 1, 0], "use_sliding_window": True, "sliding_window": 33, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"], "rope_parameters": PLAIN}, LONG),
    "stablelm_odd": ("stablelm", ODD, {"qk_layernorm": True, "use_parallel_residual": True, "use_qkv_bias": True, "rope_parameters": PLAIN | {"partial_rotary_factor": 0.5}}, LONG | {"old": True}),
    "gpt_neox_odd": ("gpt_neox", ODD, {"use_parallel_residual": False, "attention_bias": False, "rope_parameters": PLAIN | {"partial_rotary_factor": 0.5}}, LONG | {"old": True}),
    "falcon_7b": ("falcon", ODD, {"bias": False, "rope_parameters": PLAIN}, LONG | {"old": True}),
    "falcon_40b": ("falcon_40b", {"H": 6, "K": 2, "d": 6, "D": 36, "L": 2, "V": 97}, {"num_ln_in_parallel_attn": 2, "bias": False}, LONG | {"old": True}),
    "falcon_rw": ("falcon_rw", {**ODD, "H": 4, "d": 10, "D": 40}, {"alibi": True, "activation": "gelu"}, LONG),
    "gptj_odd": ("gptj", ODD, {"rotary_dim": 4, "n_inner": 52}, LONG | {"old": True}),
    "phi_odd": ("phi", ODD, {"qk_layernorm": True, "rope_parameters": PLAIN | {"partial_rotary_factor": 0.5}}, LONG | {"old": True}),
    "opt_350m": ("opt", ODD, {"do_layer_norm_before": False, "word_embed_proj_dim": 20}, LONG),
    "cohere_odd": ("cohere", ODD, {"use_qk_norm": True, "rope_parameters": PLAIN}, LONG),
    "cohere2": ("cohere2", {**WIDE, "L": 3}, {"layer_types": ["sliding_attention", "full_attention", "sliding_attention"], "sliding_window": 33}, LONG),
    "mixtral_odd": ("mixtral", WIDE, {"sliding_window": 33, "num_local_experts": 5, "num_experts_per_tok": 2}, LONG | {"old": True, "T": 35}),
    "qwen2_moe_odd": ("qwen2_moe", {**ODD, "L": 3}, {"decoder_sparse_step": 2, "mlp_only_layers": [], "num_experts": 6, "num_experts_per_tok": 3, "norm_topk_prob": True}, LONG | {"T": 35}),
    "olmoe_odd": ("olmoe", ODD, {"clip_qkv": 0.7, "num_experts": 6, "num_experts_per_tok": 3, "norm_topk_prob": True}, LONG | {"T": 35}),
    "t5_odd": ("t5", {**WIDE, "F": 36}, {"num_decoder_layers": 1, "feed_forward_proj": "gated-silu", "relative_attention_num_buckets": 12, "relative_attention_max_distance": 24, "tie_word_embeddings": True}, {"T": 40, "dtype": "bfloat16", "old": True}),
    "t5_encoder": ("t5", {**ODD, "d": 10}, {"feed_forward_proj": "relu"}, {"T": 35, "dtype": "bfloat16", "task": "encoder"}),
    "bert_odd": ("bert", ODD, {"hidden_act": "gelu"}, LONG | {"gamma": True, "task": "pretraining", "old": True}),
    "bert_base": ("bert", ODD, {}, PAIR | {"base": True, "task": "base"}),
    "bert_labels": ("bert", ODD, {}, PAIR | {"task": "labels"}),
    "bert_token_labels": ("bert", ODD, {}, PAIR | {"task": "token-labels"}),
    "bert_span": ("bert", ODD, {}, PAIR | {"task": "span", "dtype": "float16"}),
    "roberta_labels": ("roberta", ODD, {}, PAIR | {"task": "labels"}),
    "roberta_odd": ("roberta", ODD, {}, LONG),
    "distilbert_labels": ("distilbert", ODD, {}, PAIR | {"task": "labels"}),
    "distilbert_span": ("distilbert", ODD, {}, PAIR | {"task": "span"}),
    "albert_odd": ("albert", {**ODD, "L": 3}, {"num_hidden_groups": 1, "inner_group_num": 2, "embedding_size": 14}, LONG | {"task": "pretraining"}),
    "modernbert_odd": ("modernbert", {**ODD, "L": 3}, {"local_attention": 66, "global_attn_every_n_layers": 2, "layer_types": ["full_attention", "sliding_attention", "full_attention"]}, LONG | {"old": True}),
    "modernbert_labels": ("modernbert", ODD, {"local_attention": 10, "global_attn_every_n_layers": 2, "layer_types": ["full_attention", "sliding_attention"]}, PAIR | {"task": "labels"}),
    "nomic_bert_odd": ("nomic_bert", ODD, {}, LONG),
    "qwen2_labels": ("qwen2", SMALL | {"H": 4, "K": 2}, {}, HEAD | {"task": "labels", "seed": 7}),
    "opt_span": ("opt", SMALL, {"word_embed_proj_dim": 10}, HEAD | {"task": "span", "seed": 8}),
    "roberta_pads": ("roberta", SMALL, {"pad_token_id": 1}, HEAD | {"task": "base", "seed": 55, "pads": (0, 3, 4)}),
    "gpt2_labels": ("gpt2", SMALL, {"pad_token_id": 4}, HEAD | {"task": "labels", "seed": 56, "pads": (2, 7, 8)}),
    "falcon_rw_odd": ("falcon_rw", {"L": 1, "V": 41, "C": 300}, {"alibi": True, "num_attention_heads": 3, "hidden_size": 18}, {"T": 270, "rows": [0, 5, 255, 257, 269], "dtype": "bfloat16", "seed": 57}),
    "modernbert_mean": ("modernbert", SMALL | {"V": 41}, {"classifier_pooling": "mean", "local_attention": 6, "layer_types": ["full_attention", "sliding_attention"]}, HEAD | {"task": "labels", "seed": 54, "T": 37}),
    "gpt2_vectors": ("gpt2", SMALL, {"tie_word_embeddings": True}, HEAD | {"task": "base", "seed": 51, "old": True}),
    "opt_vectors": ("opt", SMALL, {"word_embed_proj_dim": 10, "do_layer_norm_before": False}, HEAD | {"task": "base", "seed": 52}),
    "roberta_untied": ("roberta", SMALL, {"tie_word_embeddings": False}, HEAD | {"seed": 9}),
    "xlnet_odd": ("xlnet", {**ODD, "H": 3}, {"attn_type": "bi"}, {"T": 40, "dtype": "bfloat16"}),
    "xlnet_labels": ("xlnet", ODD, {"attn_type": "bi"}, {"T": 35, "dtype": "bfloat16", "task": "labels"}),
}
OWN = {
    "baichuan2-7b": ("baichuan2-7b", {"hidden_size": 36, "num_attention_heads": 3}),
    "baichuan2-13b_odd": ("baichuan2-13b", {"hidden_size": 35, "num_attention_heads": 5}),
    "chatglm-6b_odd": ("chatglm-6b", {"hidden_size": 60, "num_attention_heads": 3, "num_layers": 2}),
    "chatglm2-6b_odd": ("chatglm2-6b", {"kv_channels": 20, "num_attention_heads": 3, "multi_query_group_num": 1}),
    "rnn_lm": ("rnn", {"vocab_size": 97}),
    "lstm_odd": ("lstm", {"vocab_size": 97, "hidden_size": 27}),
}
SENTENCE = {"minilm": {"pooling_mode_mean_tokens": True}, "bge": {"pooling_mode_cls_token": True}}


def held(path):
    with open(os.path.join(path, "golden.json"), encoding="utf-8") as f:
        return json.load(f)


def keep(path, made):
    with open(os.path.join(path, "golden.json"), "w", encoding="utf-8") as f:
        f.write(json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n")


def sentence(path, name):
    """A sentence-transformers folder: BERT without a prefix, its pooling, its norm."""
    families.make(path, "bert", seed=41, size=ODD | {"L": 2}, set={"hidden_act": "gelu", "type_vocab_size": 2}, task="base", base=True, T=19)
    mode = {f"pooling_mode_{k}": False for k in ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")} | SENTENCE[name]
    kinds = ["Transformer", "Pooling", "Normalize"]
    golden.write(path, "modules.json", [{"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{k}", "type": f"sentence_transformers.models.{k}"} for i, k in enumerate(kinds)], indent=1)
    golden.write(path, "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})
    os.makedirs(os.path.join(path, "1_Pooling"), exist_ok=True)
    golden.write(os.path.join(path, "1_Pooling"), "config.json", {"word_embedding_dimension": ODD["D"], **mode}, indent=1)
    made = held(path)
    hidden = torch.tensor(made["hidden"]).double()
    pooled = hidden.mean(0) if "pooling_mode_mean_tokens" in SENTENCE[name] else hidden[0]
    made["embedding"] = families.rounded((pooled / pooled.norm()).tolist())
    made.pop("pooled", None)
    keep(path, made)


def qwen3_vectors(path):
    """A decoder that was trained for vectors and saved as a language model, head and all: the last token's, of length one."""
    families.make(path, "qwen3", seed=53, size=SMALL | {"H": 4, "K": 2}, set={"tie_word_embeddings": False}, T=9, dtype="bfloat16")
    made, model = held(path), transformers.AutoModel.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()
    made.pop("logits")
    with torch.no_grad():
        hidden = model(torch.tensor(made["inputs"]["input_ids"])).last_hidden_state[0]
    made |= {"hidden": families.rounded(hidden.tolist()), "embedding": families.rounded((hidden[-1] / hidden[-1].norm()).tolist())}
    keep(path, made)
    kinds = ["Transformer", "Pooling", "Normalize"]
    golden.write(path, "modules.json", [{"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{k}", "type": f"sentence_transformers.models.{k}"} for i, k in enumerate(kinds)], indent=1)
    os.makedirs(os.path.join(path, "1_Pooling"), exist_ok=True)
    golden.write(os.path.join(path, "1_Pooling"), "config.json", {"word_embedding_dimension": hidden.shape[1], "pooling_mode_mean_tokens": False, "pooling_mode_lasttoken": True, "include_prompt": True}, indent=1)


def lstm_stack(path):
    """Three LSTM layers of PyTorch's own, and a head that is the embedding."""
    torch.manual_seed(58)
    H, V, L = 14, 31, 3
    net, embed, bias = torch.nn.LSTM(H, H, L, batch_first=True).eval(), torch.randn(V, H) / 2, torch.randn(V) / 2
    for p in net.parameters():
        p.data = torch.randn(p.shape) / 2
    tensors = {"embed": embed, "b_out": bias} | {n.replace("weight", "w").replace("bias", "b").removesuffix("_l0"): p.detach() for n, p in net.named_parameters()}
    ids = torch.randint(0, V, (1, 19))
    with torch.no_grad():
        logits = net(embed[ids])[0][0] @ embed.T + bias
    os.makedirs(path, exist_ok=True)
    save_file(tensors, os.path.join(path, "model.safetensors"), metadata={"format": "pt"})
    golden.write(path, "config.json", {"architectures": ["LSTMForCausalLM"], "dropout": 0.3, "embedding_size": H, "hidden_size": H, "model_type": "lstm", "num_hidden_layers": L, "tie_word_embeddings": True, "vocab_size": V}, indent=1)
    keep(path, {"inputs": {"input_ids": ids.tolist()}, "logits": families.rounded(logits.tolist())})


def mt_dnn(path):
    """MT-DNN: one BERT, a tanh layer and a linear one per task (`scoring_list.t.0.dense`, `scoring_list.t.1`)."""
    families.make(path, "bert", seed=42, size=ODD, set={"hidden_act": "gelu", "type_vocab_size": 2}, task="base", T=23)
    file = os.path.join(path, "model.safetensors")
    tensors = {f"bert.{k}": v for k, v in load_file(file).items() if "pooler" not in k}
    made, g, D = held(path), torch.Generator().manual_seed(42), ODD["D"]
    cls = torch.tensor(made.pop("hidden"))[0]
    made.pop("pooled", None)
    made["task_labels"] = []
    for t, labels in enumerate((3, 1)):
        w = {"0.dense.weight": torch.randn(D, D, generator=g) / 6, "0.dense.bias": torch.randn(D, generator=g) / 5, "1.weight": torch.randn(labels, D, generator=g) / 4, "1.bias": torch.randn(labels, generator=g) / 5}
        made["task_labels"].append(families.rounded((w["1.weight"] @ torch.tanh(w["0.dense.weight"] @ cls + w["0.dense.bias"]) + w["1.bias"]).tolist()))
        tensors |= {f"scoring_list.{t}.{k}": v for k, v in w.items()}
    save_file(tensors, file, metadata={"format": "pt"})
    config = json.load(open(os.path.join(path, "config.json"), encoding="utf-8")) | {"architectures": ["SANBertNetwork"]}
    golden.write(path, "config.json", config, indent=1)
    keep(path, made)


def gemma3_wrapped(path):
    """Gemma 3 as it is published with its eyes: the text model's keys in text_config, its names behind language_model., and a tensor of the eyes."""
    families.make(path, "gemma3", seed=43, size=WIDE, set={"rope_parameters": {k: PLAIN for k in ("sliding_attention", "full_attention")}, "layer_types": ["sliding_attention", "full_attention"], "sliding_window": 5, "attn_logit_softcapping": None, "final_logit_softcapping": None}, old=True)
    file = os.path.join(path, "model.safetensors")
    tensors = {f"language_model.{k}": v for k, v in load_file(file).items()} | {"vision_tower.vision_model.embeddings.patch_embedding.bias": torch.ones(4), "multi_modal_projector.mm_soft_emb_norm.weight": torch.ones(4)}
    save_file(tensors, file, metadata={"format": "pt"})
    text = json.load(open(os.path.join(path, "config.json"), encoding="utf-8"))
    text.pop("architectures")
    golden.write(path, "config.json", {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "text_config": text, "vision_config": {"model_type": "siglip_vision_model", "hidden_size": 4}, "torch_dtype": "float32"}, indent=1)


def main():
    torch.set_num_threads(1)
    special = {"minilm": sentence, "bge": sentence, "mt_dnn": mt_dnn, "qwen3_vectors": qwen3_vectors, "lstm_stack": lstm_stack, "gemma3_wrapped": gemma3_wrapped}
    for name in sys.argv[1:] or [*MODELS, *OWN, *special]:
        path = os.path.join(os.environ.get("OUT", os.path.join(golden.ROOT, "fixtures", "golden")), name)
        try:
            if name in MODELS:
                family, size, keys, options = MODELS[name]
                families.make(path, family, size=size, set=keys, **({"seed": 31} | options))
            elif name in OWN:
                kind, keys = OWN[name]
                own_families.make(path, kind, 31, 70, "bfloat16", keys, ROWS)
            else:
                special[name](*((path, name) if special[name] is sentence else (path,)))
        except (Exception, SystemExit) as error:  # noqa: BLE001: say which, go on
            print(name, "FAILED", type(error).__name__, str(error)[:200])
            continue
        golden.chmod(path) if not any(os.path.isdir(os.path.join(path, n)) for n in os.listdir(path)) else None


if __name__ == "__main__":
    main()
