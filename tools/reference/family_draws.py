"""Models of every family drawn over all flags of their configs, far wider than fixtures/golden.

    python3 family_draws.py OUT [FAMILY…] [--count 12] [--seed 0] [--words]      then: npm run golden -- OUT --device reference
    python3 family_draws.py --fixture                                            fixtures/draws.json: some of them, weights not stored

A draw is sizes, T across the borders of tiles and windows, activation, biases, ties, eps, positions of every kind, windows, experts, the
wording of the config (old, lean), the dtype, shards and the head. --words: configs in other words still: old keys, both, some left out. The
numbers are those of from_pretrained. What transformers itself refuses is printed and left out; so is nothing else.
"""
import argparse
import json
import os
import random
import re
import shutil

import tempfile
from argparse import Namespace

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoConfig

import configs
import families
import family_table
import golden
from family_table import THETA, each_layer, rope, scalings

KINDS = ("default", "linear", "dynamic", "llama3", "yarn", "longrope")
ACTS = ["silu", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "quick_gelu", "gelu_fast", "relu2", "mish", "swish", "tanh", "sigmoid"]
NORMS = [1e-12, 1e-6, 1e-5, 1e-3]
BOOL = [False, True]
ROPE = rope(kinds=KINDS)
TURNED = (0.25, 0.4, 0.5, 0.75, 1.0)
KV = {"num_key_value_heads": lambda pick, size: pick([size["K"], size["K"], size["H"], 1])}
HEAD = {"head_dim": lambda pick, size: pick([size["d"], size["d"] + 2, 6, 34])}
CLASSIC = {"hidden_act": ACTS, "tie_word_embeddings": BOOL}
WINDOWS = {"use_sliding_window": BOOL, "sliding_window": [1, 4, 31, 33, 64], "max_window_layers": [0, 1, 2, 28]}
TYPES = {"layer_types": lambda pick, size: pick([None, [pick(["full_attention", "sliding_attention"]) for _ in range(size["L"])]])}
FILL = {"tie_word_embeddings": [True, True, False], "layer_norm_eps": NORMS}


def by_type(full=KINDS, near=("default",)):
    def draw(pick, size):
        def one(kinds):
            return scalings(size["d"])[pick(list(kinds))] | {"rope_theta": pick(THETA)}
        return {"full_attention": one(full), "sliding_attention": one(near)}
    return {"rope_parameters": draw}


def dense_layers(pick, size):
    return pick([[], [0], [size["L"] - 1], list(range(size["L"]))])


# beside family_table's flags, or in their place
MORE = {
    "openai-gpt": {"afn": ["gelu", "relu", "silu", "swish"], "layer_norm_epsilon": NORMS, "tie_word_embeddings": [True, False]},
    "gpt2": {"activation_function": ACTS, "layer_norm_epsilon": NORMS, "reorder_and_upcast_attn": BOOL, "n_inner": [None, 44, 70]},
    "gpt_neo": {"activation_function": ACTS, "layer_norm_epsilon": NORMS, "tie_word_embeddings": BOOL, "window_size": [1, 2, 31, 33, 64], "intermediate_size": [None, 52]},
    "bloom": {"layer_norm_epsilon": NORMS, "tie_word_embeddings": BOOL, "pretraining_tp": [1, 2], "slow_but_exact": BOOL},
    "llama": {"hidden_act": ACTS, "rms_norm_eps": NORMS, "pretraining_tp": [1, 2]} | KV | HEAD | ROPE,
    "mistral": {"hidden_act": ACTS, "rms_norm_eps": NORMS, "tie_word_embeddings": BOOL, "sliding_window": [None, 1, 31, 33, 64]} | KV | HEAD | ROPE,
    "qwen2": CLASSIC | {"rms_norm_eps": NORMS} | KV | ROPE | WINDOWS | TYPES,
    "qwen3": CLASSIC | {"rms_norm_eps": NORMS} | KV | HEAD | ROPE | WINDOWS | TYPES,
    "gemma": {"hidden_act": ACTS, "attention_bias": BOOL, "tie_word_embeddings": [True, False], "rms_norm_eps": NORMS, "use_bidirectional_attention": [None, None, False]} | KV | HEAD | ROPE,
    "gemma2": {"hidden_activation": ACTS, "attention_bias": BOOL, "tie_word_embeddings": [True, False], "rms_norm_eps": NORMS, "sliding_window": [1, 31, 33, 64], "use_bidirectional_attention": [None, None, False]} | KV | HEAD | ROPE | TYPES,
    "gemma3": {"hidden_activation": ACTS, "attention_bias": BOOL, "tie_word_embeddings": [True, False], "rms_norm_eps": NORMS, "sliding_window": [1, 31, 33, 64], "attn_logit_softcapping": [None, None, 5.0], "final_logit_softcapping": [None, 4.0]} | KV | HEAD | by_type(near=("default", "linear")),
    "phi3": {"hidden_act": ACTS, "rms_norm_eps": NORMS, "sliding_window": [None, 1, 31, 33]} | KV | rope((None, 0.5, 0.75), ("default", "longrope", "longrope")) | {"original_max_position_embeddings": [16, 64, 200]},
    "olmo2": CLASSIC | {"attention_bias": BOOL, "rms_norm_eps": NORMS} | KV | ROPE,
    "olmo3": CLASSIC | {"attention_bias": BOOL, "rms_norm_eps": NORMS, "sliding_window": [1, 31, 33, 64]} | KV | by_type(KINDS),
    "granite": CLASSIC | {"rms_norm_eps": NORMS, "embedding_multiplier": [1.0, 12.0, 3.5], "residual_multiplier": [1.0, 0.22], "attention_multiplier": [1.0, 0.0156, 0.4], "logits_scaling": [1.0, 8.0]} | KV | ROPE,
    "smollm3": CLASSIC | {"rms_norm_eps": NORMS, "no_rope_layers": lambda pick, size: pick([None, [pick([0, 1]) for _ in range(size["L"])]]), "no_rope_layer_interval": [2, 4], "sliding_window": [None, 1, 33]} | KV | ROPE | TYPES,
    "stablelm": CLASSIC | {"layer_norm_eps": NORMS} | KV | rope(TURNED, KINDS),
    "gpt_neox": {"hidden_act": ACTS, "layer_norm_eps": NORMS} | rope(TURNED, KINDS),
    "falcon": {"activation": ACTS, "layer_norm_epsilon": NORMS, "parallel_attn": BOOL, "multi_query": BOOL, "ffn_hidden_size": [None, 52], "num_ln_in_parallel_attn": [None, 1, 2]} | rope(kinds=KINDS),
    "falcon_40b": {"activation": ACTS, "multi_query": BOOL, "parallel_attn": BOOL, "layer_norm_epsilon": NORMS, "num_ln_in_parallel_attn": [None, 1, 2], "ffn_hidden_size": [None, 52], "tie_word_embeddings": BOOL} | rope(kinds=KINDS),
    "falcon_rw": {"activation": ACTS, "bias": BOOL, "multi_query": BOOL, "parallel_attn": BOOL, "new_decoder_architecture": [False, False, True], "layer_norm_epsilon": NORMS, "tie_word_embeddings": BOOL},
    "gptj": {"activation_function": ACTS, "layer_norm_epsilon": NORMS, "tie_word_embeddings": [False, True], "rotary_dim": lambda pick, size: pick([2, 4, size["d"] // 4 * 2, size["d"]])},
    "phi": {"hidden_act": ACTS, "layer_norm_eps": NORMS, "tie_word_embeddings": [False, True]} | KV | rope(TURNED, KINDS),
    "opt": {"activation_function": ACTS, "_remove_final_layer_norm": [False, True], "layer_norm_elementwise_affine": [True, True, True, False]},
    "cohere": {"hidden_act": ACTS, "layer_norm_eps": NORMS, "logit_scale": [1.0, 0.0625, 0.8]} | KV | ROPE,
    "cohere2": {"hidden_act": ACTS, "layer_norm_eps": NORMS, "tie_word_embeddings": BOOL, "sliding_window": [1, 31, 33, 64]} | KV | HEAD | ROPE,
    "mixtral": {"hidden_act": ACTS, "rms_norm_eps": NORMS, "num_local_experts": [1, 2, 5], "num_experts_per_tok": [1, 2], "sliding_window": [None, 5, 33]} | KV | HEAD | ROPE,
    "qwen2_moe": CLASSIC | {"rms_norm_eps": NORMS, "num_experts": [3, 6], "mlp_only_layers": dense_layers, "decoder_sparse_step": [1, 2, 3], "hidden_act": ["silu", "gelu", "relu"]} | KV | ROPE | WINDOWS | TYPES,
    "qwen3_moe": CLASSIC | {"rms_norm_eps": NORMS, "num_experts": [3, 6], "mlp_only_layers": dense_layers, "decoder_sparse_step": [1, 2, 3], "hidden_act": ["silu", "gelu", "relu"], "use_sliding_window": BOOL, "sliding_window": [4, 33]} | KV | HEAD | ROPE,
    "olmoe": {"hidden_act": ["silu", "gelu", "relu"], "rms_norm_eps": NORMS, "num_experts": [3, 6], "num_experts_per_tok": [1, 2, 3]} | KV | ROPE,
    "bert": {"hidden_act": ACTS} | FILL | {"type_vocab_size": [2, 3, 4]},
    "roberta": {"hidden_act": ACTS, "type_vocab_size": [1, 2], "pad_token_id": [0, 1, 3]} | FILL,
    "xlm-roberta": {"hidden_act": ACTS, "type_vocab_size": [1, 2]} | FILL,
    "albert": {"hidden_act": ACTS, "type_vocab_size": [2, 3], "num_hidden_layers": [2, 3, 4, 5], "num_hidden_groups": [1, 2, 3], "inner_group_num": [1, 2, 3]} | FILL,
    "distilbert": {"activation": ACTS, "sinusoidal_pos_embds": BOOL, "tie_word_embeddings": [True, False]},
    "modernbert": {"hidden_activation": ACTS, "classifier_activation": ACTS, "norm_eps": NORMS, "norm_bias": BOOL, "attention_bias": BOOL, "mlp_bias": BOOL, "classifier_bias": BOOL, "decoder_bias": BOOL, "tie_word_embeddings": [True, False],
                   "classifier_pooling": ["cls", "cls", "mean"], "local_attention": [2, 3, 10, 31, 64, 66], "global_attn_every_n_layers": [1, 2, 3]} | by_type(("default", "linear", "yarn"), ("default", "linear")),
    "nomic_bert": {"hidden_act": ACTS, "type_vocab_size": [2, 3]} | FILL | HEAD | rope(kinds=("default", "linear", "yarn", "llama3", "dynamic")),
    "t5": {"feed_forward_proj": ["relu", "gated-gelu", "gated-silu", "gated-relu", "gelu", "silu", "gelu_new", "gated-gelu_new", "tanh"], "layer_norm_epsilon": NORMS, "relative_attention_num_buckets": [4, 6, 8, 12, 20, 32], "relative_attention_max_distance": [17, 24, 50, 128, 300],
           "decoder_start_token_id": [0], "scale_decoder_outputs": [None, None, True, False]},
    "xlnet": {"d_head": lambda pick, size: size["d"], "ff_activation": ACTS, "layer_norm_eps": NORMS, "clamp_len": [-1, -1, 5, 40], "same_length": BOOL, "untie_r": [True], "mem_len": [None, 512, 10], "tie_word_embeddings": [True, False],
              "summary_type": ["last", "last", "first", "mean", "cls_index"], "summary_use_proj": [True, True, False], "summary_activation": ["tanh", "tanh", "relu"]},
}
DECODER_TASKS = ["labels", "token-labels", "span"]
TASKS = {"bert": ["labels", "token-labels", "span", "pretraining", "base", "choice", "next"], "roberta": ["labels", "token-labels", "span", "base", "choice"], "xlm-roberta": ["labels", "token-labels", "span", "base", "choice"],
         "albert": ["labels", "token-labels", "span", "pretraining", "base", "choice"], "distilbert": ["labels", "token-labels", "span", "base", "choice"], "modernbert": ["labels", "token-labels", "span", "base", "choice"],
         "nomic_bert": ["labels", "token-labels", "base"], "t5": ["encoder", "labels", "token-labels", "span"], "xlnet": ["labels", "token-labels", "span", "base", "choice"]}


def reworded(rng, family):
    """Another wording of a config: positions in the other keys, or in both; keys left out, or null."""
    usual = set(family_table.FAMILIES[family][1].values()) | {"model_type", "architectures", "dtype", "torch_dtype"}

    def edit(c):
        if isinstance(c.get("rope_parameters"), dict) and "full_attention" not in c["rope_parameters"]:
            way = rng.choice(["old", "type", "both", "no theta", "outside", "as it is", "gone"])
            spec = c["rope_parameters"]
            if way in ("old", "type", "both"):
                old = {k: v for k, v in spec.items() if k != "rope_theta"}
                if way == "type":
                    old["type"] = old.pop("rope_type", "default")
                c |= {"rope_scaling": old, "rope_theta": rng.choice([spec.get("rope_theta", 10000.0), 777.0])}
                if way != "both":
                    c.pop("rope_parameters")
            elif way == "no theta":
                spec.pop("rope_theta", None)
            elif way == "outside":
                c["rope_theta"] = 777.0
                if rng.random() < 0.5:
                    spec.pop("rope_theta", None)
            elif way == "gone":
                c.pop("rope_parameters")
        elif isinstance(c.get("rope_parameters"), dict):
            way = rng.choice(["scaling", "one kind", "no theta", "outside", "as it is", "gone", "type"])
            spec = c["rope_parameters"]
            thetas = {"gemma3": {"rope_theta": 777.0, "rope_local_base_freq": 555.0}, "olmo3": {"rope_theta": 777.0}, "modernbert": {"global_rope_theta": 777.0, "local_rope_theta": 555.0}}[family]
            if way in ("scaling", "type"):
                old = {k: v for k, v in spec["full_attention"].items() if k != "rope_theta"}
                if way == "type":
                    old["type"] = old.pop("rope_type")
                c |= {"rope_scaling": old} | {k: v for k, v in thetas.items() if rng.random() < 0.7}
                c.pop("rope_parameters")
            elif way == "one kind":
                spec.pop(rng.choice(list(spec)))
            elif way in ("no theta", "outside"):
                for one in spec.values():
                    one.pop("rope_theta", None)
                c |= thetas if way == "outside" else {}
            elif way == "gone":
                c.pop("rope_parameters")
        for key in list(c):
            if key not in usual and not key.startswith("rope") and rng.random() < 0.12:
                c.pop(key)
        return c

    return edit


def drawn(family, seed, words=False):
    """(config keys, sizes, options of families.make) of one draw."""
    pick = random.Random(f"{family} {seed} wide").choice
    T = pick([2, 17, 31, 33, 64, 65, 70, 90, 129])
    size = {"C": pick([24, 64, 96, 200]), "L": pick([1, 2, 3]), "V": pick([83, 96, 131])}
    learned = family in ("openai-gpt", "gpt2", "gpt_neo", "opt", "bert", "roberta", "xlm-roberta", "albert", "distilbert")
    if learned or family == "gptj":
        size["C"] = 200
    if family in ("mixtral", "qwen2_moe", "qwen3_moe", "olmoe"):
        T = min(T, 33)
    sizes, keys = family_table.draw(family, pick, size)
    for key, values in MORE[family].items():
        keys[key] = values(pick, sizes) if callable(values) else pick(values)
    kind = type(AutoConfig.for_model(keys["model_type"]))
    tasks = [t for t in TASKS.get(family, DECODER_TASKS) if t == "encoder" or kind in getattr(transformers, families.TASKS[t])._model_mapping]
    options = {"T": T, "dtype": pick(["float32", "bfloat16", "float16"]), "old": pick(BOOL), "lean": pick(BOOL), "base": pick([False, False, True]), "shards": pick([1, 1, 2]),
               "gamma": family == "bert" and pick(BOOL), "task": pick([None, None, *tasks])}
    if family in ("olmo3", "gemma3", "modernbert"):  # the old keys cannot say all of it
        options["old"] = False
    if options["task"] == "base":
        options["base"] = pick(BOOL)
    if words:
        options["edit"] = reworded(random.Random(f"{family} {seed} words"), family)
    return repaired(family, keys, sizes, pick), sizes, options


def repaired(family, keys, size, pick):
    """Draws that no class takes, made to ones that it does."""
    if keys.get("num_key_value_heads") and size["H"] % keys["num_key_value_heads"]:
        keys["num_key_value_heads"] = size["K"]
    rope_parameters = keys.get("rope_parameters")
    width = keys.get("head_dim", size["d"])
    for spec in [rope_parameters, *(rope_parameters or {}).values()] if rope_parameters else []:
        if isinstance(spec, dict) and "short_factor" in spec:
            r = int(width * spec.get("partial_rotary_factor", 1.0)) // 2
            spec |= {"short_factor": [1 + i / 7 for i in range(r)], "long_factor": [2 + i / 3 for i in range(r)]}
    if family == "albert":
        while keys["num_hidden_layers"] % keys["num_hidden_groups"]:
            keys["num_hidden_groups"] -= 1
    if family in ("qwen2", "qwen3", "qwen2_moe") and not keys["use_sliding_window"] and keys.get("layer_types"):
        keys["layer_types"] = ["full_attention"] * size["L"]
    if family == "smollm3":
        if not keys["use_sliding_window"] or keys["sliding_window"] is None:
            keys["layer_types"] = keys["layer_types"] and ["full_attention"] * size["L"]
    if family == "falcon_rw" and not keys["alibi"]:
        keys["rope_parameters"] = {"rope_type": "default", "rope_theta": pick(THETA)}
    if family == "modernbert":
        keys["layer_types"] = ["full_attention" if i % keys["global_attn_every_n_layers"] == 0 else "sliding_attention" for i in range(size["L"])]
    return {k: v for k, v in keys.items() if not (v is None and k in ("scale_decoder_outputs", "layer_types", "no_rope_layers", "ffn_hidden_size"))}


# what the sweep once found, beside one draw of each family in either wording
FOUND = [("modernbert", 313, True), ("modernbert", 312, True), ("nomic_bert", 11, False), ("nomic_bert", 305, False), ("xlnet", 13, False), ("gemma3", 369, True), ("gemma3", 302, True), ("gpt_neox", 3, True), ("gpt_neox", 8, True),
         ("olmo3", 306, True), ("olmo3", 327, True), ("phi3", 215, True), ("roberta", 216, True)]


def patterns(tensors):
    """[[name, shape]], or [name with a star, shape, n] where n layers have it alike from the first one on."""
    alike = {}
    for name, tensor in tensors.items():
        alike.setdefault((re.sub(r"\.\d+\.", ".*.", name, count=1), tuple(tensor.shape)), []).append(name)
    made = []
    for (star, shape), names in alike.items():
        whole = "*" in star and sorted(names) == sorted(star.replace("*", str(i)) for i in range(len(names)))
        made += [[star, list(shape), len(names)]] if whole else [[name, list(shape)] for name in names]
    return made


def hashed(path, family, seed, words):
    """One draw whose weights come from a hash of their names, as the test makes them: an entry of the fixture."""
    keys, size, options = drawn(family, seed, words)
    args = Namespace(**({"exact": False, "edit": None, "shards": 1, "seed": seed} | options))
    args.task = args.task or families.usual_task(family)
    if args.task in ("labels", "token-labels"):
        keys |= {"num_labels": 3, "pad_token_id": keys.get("pad_token_id") or 0}
    config = AutoConfig.for_model(**({"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0} | keys))
    model = families.build(config, args.task)
    model.save_pretrained(path, max_shard_size="1TB")
    tensors = {k: configs.weight(k, list(v.shape)).to(getattr(torch, args.dtype)) for k, v in families.renamed(load_file(os.path.join(path, "model.safetensors")), model, args).items()}
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(path, "model.safetensors"), metadata={"format": "pt"})
    said = families.as_written(config, type(model).__name__, args)
    said = args.edit(said) if args.edit else said
    golden.write(path, "config.json", said)
    given = families.inputs_of(family, args.task, config, args.T, seed)
    held = {"inputs": {k: families.rounded(v.tolist()) for k, v in given.items()}}
    for name, value in families.read_back(path, args, given).items():
        if name in ("logits", "hidden") and args.task != "xlnet":
            held["positions"] = [value.shape[0] - 1]
            value = value[-1:]
        held[name] = families.rounded(value.tolist(), families.digits(value))
    return {"name": f"{family} {seed}" + (" in other words" if words else ""), "dtype": args.dtype, "config": said, "tensors": patterns(tensors), "golden": held}


def fixture():
    kept = {(family, seed): words for family, seed, words in FOUND}
    cases = []
    for family in family_table.FAMILIES:
        for words in (False, True):
            own = [(seed, w) for (f, seed), w in kept.items() if f == family and w == words]
            for seed, w in own + [(seed, words) for seed in range(1000, 1040)]:
                try:
                    with tempfile.TemporaryDirectory() as path:
                        case = hashed(path, family, seed, w)
                except (Exception, SystemExit) as error:  # noqa: BLE001
                    if seed < 1000:
                        print(family, seed, type(error).__name__, str(error)[:120])
                    continue
                cases.append(case)
                if seed >= 1000:
                    break
    place = os.path.join(golden.ROOT, "fixtures", "draws.json")
    with open(place, "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(len(cases), "draws,", os.path.getsize(place), "bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?")
    parser.add_argument("family", nargs="*")
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--words", action="store_true", help="configs in other words: old keys, both, some left out or null")
    parser.add_argument("--fixture", action="store_true", help="fixtures/draws.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.fixture:
        return fixture()
    for family in args.family or family_table.FAMILIES:
        for seed in range(args.seed, args.seed + args.count):
            path = os.path.join(args.out, f"{family}-{seed}")
            keys, size, options = drawn(family, seed, args.words)
            try:
                families.make(path, family, seed=seed, size=size, set=keys, **options)
            except (Exception, SystemExit) as error:  # noqa: BLE001: the draw that transformers does not take is named
                shutil.rmtree(path, ignore_errors=True)
                print(family, seed, type(error).__name__, str(error).split("\n")[0][:160], json.dumps(keys), json.dumps({k: v for k, v in options.items() if v and k != "edit"}), flush=True)


if __name__ == "__main__":
    main()
