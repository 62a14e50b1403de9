"""What transformers makes of a config.json: the same tiny weights under many configs, hand-picked and drawn by chance.

    python3 configs.py

Every case is written to disk and loaded as people load it (AutoModelForCausalLM.from_pretrained), so defaults, aliases and
the order of old and new keys are transformers' own. fixtures/configs.json holds the config, the tensors' shapes, the token
ids and the last row of logits, or the exception; and what each class holds by itself. Weights are not stored: weight() is repeated in model/configs.test.ts.
"""
import json
import math
import os
import random
import tempfile
import warnings

import numpy as np
import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

import golden

transformers.logging.set_verbosity(transformers.logging.CRITICAL)
warnings.filterwarnings("ignore")
V = 41
BASE = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
        "vocab_size": V, "max_position_embeddings": 32, "rms_norm_eps": 1e-5, "tie_word_embeddings": False, "hidden_act": "silu"}


def weight(name, shape):
    """Uniform numbers from a hash of the tensor's name and the element's index; the same in f32 on both sides."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    h = np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    u = (h >> np.uint32(8)).astype(np.float64) / 2**23 - 1
    if len(shape) == 1:
        w = 0.2 * u if name.endswith(".bias") else 0.5 + 0.4 * u
    else:
        w = u * (0.5 if "embed" in name else 3 / math.sqrt(shape[1]))
    return torch.from_numpy(w.astype(np.float32).reshape(shape))


def shapes(config):
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config), attn_implementation="eager")
    return {k: list(v.shape) for k, v in model.state_dict().items()}


@torch.no_grad()
def run(config, tensors, ids, prefill=None):
    with tempfile.TemporaryDirectory() as path:
        with open(os.path.join(path, "config.json"), "w") as f:
            json.dump(config, f)
        save_file({k: weight(k, s).contiguous() for k, s in tensors.items()}, os.path.join(path, "model.safetensors"), metadata={"format": "pt"})
        torch.manual_seed(0)  # what no tensor holds is drawn
        model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()
        if prefill is None:
            return [round(x, 5) for x in model(torch.tensor([ids])).logits[0, -1].tolist()]
        # as generate() does it: the prompt at once, then token by token on the cache
        cache = transformers.DynamicCache()
        for piece in (ids[:prefill], *([i] for i in ids[prefill:])):
            logits = model(torch.tensor([piece]), cache=cache, use_cache=True).logits
        return [round(x, 5) for x in logits[0, -1].tolist()]


def case(name, family, change, T=12, drop=(), sizes=None, tensors=None, prefill=None):
    """`change`: keys over BASE (the value DROP removes one); `sizes`: the plain config that the tensors are made by; `drop`: tensors left out."""
    config = {"model_type": family, **BASE} | change
    config = {k: v for k, v in config.items() if v != "DROP"}
    plain = {"model_type": family, **BASE, **(sizes or {})}
    tensors = {k: s for k, s in (tensors or shapes(plain)).items() if k not in drop}
    ids = golden.random_ids(V, T, len(name))
    made = {"name": name, "config": config, "ids": ids, "tensors": tensors} | ({"prefill": prefill} if prefill else {})
    try:
        made["last"] = run(config, tensors, ids, prefill)
    except Exception as error:  # noqa: BLE001: whatever transformers says is the answer
        made["error"] = f"{type(error).__name__}: {error}".split("\n")[0][:160]
    return made


def hand_picked():
    for act in transformers.activations.ACT2CLS:
        yield case(f"act {act}", "llama", {"hidden_act": act})
    for family in ("mistral", "qwen2", "qwen3"):
        yield case(f"act gelu, {family}", family, {"hidden_act": "gelu"})
    yield case("act unknown", "llama", {"hidden_act": "siluu"})
    yield case("act absent", "llama", {"hidden_act": "DROP"})

    linear, new = {"type": "linear", "factor": 2.0}, {"rope_type": "default", "rope_theta": 500.0}
    llama3 = {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
    yarn = {"rope_type": "yarn", "factor": 2.0, "original_max_position_embeddings": 16}
    short, long = [1.0, 1.5, 2.0, 3.0], [2.0, 3.0, 5.0, 8.0]
    longrope = {"rope_type": "longrope", "short_factor": short, "long_factor": long, "original_max_position_embeddings": 16}
    rope = {
        "both, scaling wins": {"rope_parameters": new, "rope_scaling": linear},
        "both, theta outside": {"rope_parameters": new, "rope_scaling": linear, "rope_theta": 700.0},
        "both, theta in scaling": {"rope_parameters": new, "rope_scaling": linear | {"rope_theta": 300.0}, "rope_theta": 700.0},
        "scaling null": {"rope_parameters": new, "rope_scaling": None},
        "scaling empty": {"rope_parameters": new, "rope_scaling": {}},
        "scaling false": {"rope_parameters": new, "rope_scaling": False},
        "scaling 0": {"rope_scaling": 0, "rope_theta": 900.0},
        "scaling a list of nothing": {"rope_scaling": [], "rope_theta": 900.0},
        "scaling no text": {"rope_scaling": "", "rope_theta": 900.0},
        "scaling true": {"rope_scaling": True},
        "parameters false": {"rope_parameters": False, "rope_theta": 900.0},
        "both null": {"rope_parameters": None, "rope_scaling": None, "rope_theta": 900.0},
        "parameters empty": {"rope_parameters": {}, "rope_theta": 900.0},
        "theta inside and outside": {"rope_parameters": new, "rope_theta": 900.0},
        "theta outside only": {"rope_parameters": {"rope_type": "linear", "factor": 3.0}, "rope_theta": 900.0},
        "no theta": {"rope_parameters": {"rope_type": "linear", "factor": 3.0}},
        "nothing": {},
        "type": {"rope_scaling": linear},
        "type in parameters": {"rope_parameters": linear | {"rope_theta": 1000.0}},
        "type and rope_type": {"rope_scaling": {"type": "linear", "rope_type": "dynamic", "factor": 2.0}},
        "rope_type null": {"rope_scaling": {"type": "linear", "rope_type": None, "factor": 2.0}},
        "no type, factor": {"rope_scaling": {"factor": 2.0}},
        "linear without factor": {"rope_scaling": {"type": "linear"}},
        "linear, factor below 1": {"rope_scaling": {"type": "linear", "factor": 0.5}},
        "unknown type": {"rope_scaling": {"type": "spiral", "factor": 2.0}},
        "su": {"rope_scaling": longrope | {"rope_type": "su"}},
        "mrope": {"rope_scaling": {"type": "mrope", "mrope_section": [1, 1, 2]}},
        "default with mrope_section": {"rope_scaling": {"rope_type": "default", "mrope_section": [1, 1, 2]}},
        "llama3": {"rope_scaling": llama3, "rope_theta": 1000.0},
        "llama3, low above high": {"rope_scaling": llama3 | {"low_freq_factor": 4.0, "high_freq_factor": 1.0, "original_max_position_embeddings": 13}},
        "llama3 without low": {"rope_scaling": {k: v for k, v in llama3.items() if k != "low_freq_factor"}},
        "llama3, original outside": {"rope_scaling": llama3, "original_max_position_embeddings": 8},
        "llama3, original nowhere": {"rope_scaling": {k: v for k, v in llama3.items() if k[0] != "o"}},
        "yarn": {"rope_scaling": yarn},
        "yarn, factor null": {"rope_scaling": yarn | {"factor": None}},
        "yarn, no factor": {"rope_scaling": {k: v for k, v in yarn.items() if k != "factor"}},
        "yarn, original outside": {"rope_scaling": yarn, "original_max_position_embeddings": 8},
        "yarn, original nowhere": {"rope_scaling": {"rope_type": "yarn", "factor": 2.0}},
        "yarn, beta 0": {"rope_scaling": yarn | {"beta_fast": 0, "beta_slow": 0}},
        "yarn, betas": {"rope_scaling": yarn | {"beta_fast": 4, "beta_slow": 0.5}},
        "yarn, mscale": {"rope_scaling": yarn | {"mscale": 1.2, "mscale_all_dim": 0.7}},
        "yarn, mscale alone": {"rope_scaling": yarn | {"mscale": 1.2}},
        "yarn, attention_factor": {"rope_scaling": yarn | {"attention_factor": 1.3}},
        "yarn, attention_factor 0": {"rope_scaling": yarn | {"attention_factor": 0}},
        "yarn, attention_factor null": {"rope_scaling": yarn | {"attention_factor": None}},
        "yarn, truncate false": {"rope_scaling": yarn | {"truncate": False}},
        "yarn, truncate 0": {"rope_scaling": yarn | {"truncate": 0}},
        "yarn, truncate a list of nothing": {"rope_scaling": yarn | {"truncate": []}},
        "yarn, truncate a word": {"rope_scaling": yarn | {"truncate": "no"}},
        "yarn, betas the wrong way round": {"rope_scaling": yarn | {"beta_fast": 0.5, "beta_slow": 4}},
        "yarn, truncate null": {"rope_scaling": yarn | {"truncate": None}},
        "longrope, short text": {"rope_scaling": longrope},
        "longrope, factor": {"rope_scaling": longrope | {"factor": 3.0}},
        "longrope, attention_factor": {"rope_scaling": longrope | {"attention_factor": 1.4}},
        "longrope, original outside": {"rope_scaling": longrope, "original_max_position_embeddings": 8},
        "longrope, original nowhere": {"rope_scaling": {k: v for k, v in longrope.items() if k[0] != "o"}},
        "longrope, no long": {"rope_scaling": {k: v for k, v in longrope.items() if k != "long_factor"}},
        "proportional": {"rope_parameters": {"rope_type": "proportional", "rope_theta": 1000.0, "partial_rotary_factor": 0.5}},
        "proportional, factor": {"rope_parameters": {"rope_type": "proportional", "rope_theta": 1000.0, "partial_rotary_factor": 0.3, "factor": 2.0}},
        "axial": {"rope_parameters": {"rope_type": "axial", "rope_theta": 1000.0}},
        "partial, default": {"partial_rotary_factor": 0.5},
        "partial inside, default": {"rope_parameters": new | {"partial_rotary_factor": 0.5}},
        "partial, linear": {"partial_rotary_factor": 0.5, "rope_scaling": linear},
        "partial 1, linear": {"partial_rotary_factor": 1.0, "rope_scaling": linear},
        "nested": {"rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1000.0}}},
        "dynamic, short text": {"rope_scaling": {"type": "dynamic", "factor": 2.0}},
        "custom factors": {"rope_scaling": {"rope_type": "custom", "freq_factors": [1, 2, 3, 4]}},
    }
    for name, keys in rope.items():
        yield case(f"rope {name}", "llama", keys)
    for family in ("mistral", "qwen2", "qwen3"):
        yield case(f"rope both, {family}", family, rope["both, scaling wins"])
        yield case(f"rope nested, {family}", family, rope["nested"])
        yield case(f"rope original outside, {family}", family, rope["yarn, original outside"])
    for T in (31, 32, 33, 60):
        yield case(f"rope dynamic, text of {T}", "llama", rope["dynamic, short text"], T)
    for T in (16, 17, 30):
        yield case(f"rope longrope, text of {T}", "llama", rope["longrope, factor"], T)
    for kind in ("yarn", "llama3", "type", "nothing"):
        yield case(f"rope {kind}, text longer than the config", "llama", rope[kind], 50)

    for prefill, T in ((20, 31), (20, 32), (20, 33), (20, 44), (32, 33), (36, 44)):
        yield case(f"rope dynamic, {prefill} and then to {T}", "llama", rope["dynamic, short text"], T, prefill=prefill)
    for prefill, T in ((12, 15), (12, 17), (12, 24), (18, 24)):
        yield case(f"rope longrope, {prefill} and then to {T}", "llama", rope["longrope, factor"], T, prefill=prefill)

    window = {"sliding_window": 5}
    yield case("window, mistral", "mistral", window)
    yield case("window absent, mistral", "mistral", {})
    yield case("window null, mistral", "mistral", {"sliding_window": None})
    yield case("window off, mistral", "mistral", window | {"use_sliding_window": False})
    yield case("window 0, mistral", "mistral", {"sliding_window": 0})
    yield case("window, llama", "llama", window | {"use_sliding_window": True})
    for family in ("qwen2", "qwen3"):
        yield case(f"window off, {family}", family, window)
        yield case(f"window from layer 1, {family}", family, window | {"use_sliding_window": True, "max_window_layers": 1})
        yield case(f"window everywhere, {family}", family, window | {"use_sliding_window": True, "max_window_layers": 0})
        yield case(f"window by layer_types, {family}", family, window | {"use_sliding_window": True, "layer_types": ["sliding_attention", "full_attention"]})
        yield case(f"window old names, {family}", family, window | {"use_sliding_window": True, "layer_types": ["sliding_attention", "attention"]})
        yield case(f"window by layer_types but off, {family}", family, window | {"layer_types": ["sliding_attention", "full_attention"]})
        yield case(f"window null, {family}", family, {"sliding_window": None, "use_sliding_window": True, "max_window_layers": 0})
        yield case(f"layer_types too short, {family}", family, {"layer_types": ["full_attention"]})
        yield case(f"layer_types unknown, {family}", family, {"layer_types": ["full_attention", "linear_attention"]})
    yield case("layer_types, llama", "llama", window | {"layer_types": ["sliding_attention", "full_attention"]})
    yield case("layer_types, mistral", "mistral", window | {"layer_types": ["sliding_attention", "full_attention"]})

    head = ["lm_head.weight"]
    yield case("tied", "llama", {"tie_word_embeddings": True}, drop=head)
    yield case("tied, with a head", "llama", {"tie_word_embeddings": True})
    for family in ("llama", "mistral", "qwen2", "qwen3"):
        yield case(f"untied without head, {family}", family, {}, drop=head)
        yield case(f"tie absent, {family}", family, {"tie_word_embeddings": "DROP"})
        yield case(f"no key-value heads, {family}", family, {"num_key_value_heads": None}, sizes={"num_key_value_heads": 4})
        yield case(f"eps absent, {family}", family, {"rms_norm_eps": "DROP"})
        yield case(f"kv heads absent, {family}", family, {"num_key_value_heads": "DROP", "num_attention_heads": 8, "head_dim": 4},
                   sizes={"num_key_value_heads": 32 if family.startswith("qwen") else 8, "num_attention_heads": 8, "head_dim": 4})
        yield case(f"head_dim absent, {family}", family, {"head_dim": "DROP"}, sizes={"head_dim": 128 if family == "qwen3" else 8})
        yield case(f"width not a multiple of the heads, {family}", family, {"hidden_size": 34, "head_dim": "DROP", "num_attention_heads": 4},
                   sizes={"hidden_size": 36, "head_dim": 128 if family == "qwen3" else 8} if family == "llama" else {"hidden_size": 34, "head_dim": 128 if family == "qwen3" else 8})
        bias = {"attention_bias": True}
        yield case(f"attention_bias, {family}", family, bias, sizes=bias)
        yield case(f"attention_bias without the tensors, {family}", family, bias)
        yield case(f"mlp_bias, {family}", family, {"mlp_bias": True}, sizes={"mlp_bias": True})
        yield case(f"keys of others, {family}", family, {"attn_logit_softcapping": 5.0, "embedding_multiplier": 3.0, "pretraining_tp": 2})
        yield case(f"neutral keys of others, {family}", family, {
            "attn_logit_softcapping": None, "final_logit_softcapping": None, "embedding_multiplier": 1.0, "residual_multiplier": 1, "logits_scaling": 1.0, "clip_qkv": None,
            "rope_interleaved": False, "qk_layernorm": False, "num_experts": 0, "num_local_experts": 1, "attention_dropout": 0.5, "initializer_range": 0.5, "use_cache": False,
            "pretraining_tp": 2, "torch_dtype": "bfloat16", "output_attentions": False, "bos_token_id": 1})
    yield case("not causal", "llama", {"is_causal": False})
    yield case("per layer", "llama", {"per_layer_config": {"1": {"hidden_act": "relu"}}})
    yield case("odd head", "llama", {"head_dim": 7}, sizes={"head_dim": 7}, tensors=shapes({"model_type": "llama", **BASE, "head_dim": 14}))


def by_chance(count=24, seed=7):
    chance = random.Random(seed)
    pick = chance.choice
    for i in range(count):
        family = pick(["llama", "mistral", "qwen2", "qwen3"])
        heads = pick([2, 3, 4, 6])
        kv = pick([n for n in (1, 2, 3, heads) if heads % n == 0])
        d, layers = pick([4, 6, 8, 10, 16]), pick([1, 2, 3])
        sizes = {"num_attention_heads": heads, "num_key_value_heads": kv, "head_dim": d, "num_hidden_layers": layers, "intermediate_size": pick([7, 20, 64, 81]),
                 "hidden_size": heads * pick([4, 5, 9]), "max_position_embeddings": pick([16, 24, 64])}
        if family in ("llama", "qwen3"):
            sizes["attention_bias"] = pick([True, False])
        if family == "llama":
            sizes["mlp_bias"] = pick([True, False])
        keys = dict(sizes) | {"rms_norm_eps": pick([1e-6, 1e-5, 0.03]), "hidden_act": pick(["silu", "swish", "gelu", "gelu_new", "relu", "relu2", "mish", "gelu_pytorch_tanh", "quick_gelu", "tanh"])}
        half = d // 2
        scaling = pick([
            None, None, {"type": "linear", "factor": pick([1.5, 4.0])}, {"rope_type": "dynamic", "factor": pick([1.0, 3.0])},
            {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": pick([8, 12])},
            {"type": "yarn", "factor": pick([2.0, 4.0]), "original_max_position_embeddings": pick([8, 12]), "beta_fast": pick([32, 2])},
            {"rope_type": "longrope", "short_factor": [1 + j / 3 for j in range(half)], "long_factor": [2 + j for j in range(half)], "original_max_position_embeddings": 12, "factor": 4.0},
        ])
        theta = pick([None, 100.0, 10000.0, 5e5])
        if scaling is not None and pick([True, False]):
            keys["rope_parameters"] = scaling | ({"rope_theta": theta} if theta else {})
        else:
            keys |= ({"rope_scaling": scaling} if scaling or pick([True, False]) else {}) | ({"rope_theta": theta} if theta else {})
        if family == "mistral":
            keys["sliding_window"] = pick([None, 3, 9, 4096])
        if family.startswith("qwen"):
            keys |= {"use_sliding_window": pick([True, False]), "sliding_window": pick([4, 7]), "max_window_layers": pick([0, 1, 2])}
        tied = pick([True, False])
        keys |= {"tie_word_embeddings": tied, "pretraining_tp": pick([1, 2]), "transformers_version": "4.40.0", "unknown_word": i, "attention_dropout": pick([0.0, 0.3])}
        yield case(f"chance {i}", family, keys, T=pick([9, 14, 30]), sizes=sizes, drop=["lm_head.weight"] if tied else ())


# A family that is not among by_chance's: {model_type: draw}. draw(pick) gives what case() takes behind the family, as a
# dict: change, sizes (of them what shapes the tensors), T, drop. Each is seeded by its own name: a new one leaves the
# others as they are.
DRAWS = {}


def by_family(count=6):
    for family, draw in DRAWS.items():
        pick = random.Random(family).choice
        for i in range(count):
            yield case(f"chance {family} {i}", family, **draw(pick))


# Every family that transformers has, in its name there; and keys that no family computes with.
TYPES = """llama mistral qwen2 qwen3 openai-gpt gpt2 gpt_neo bloom gpt_neox falcon gptj phi opt phi3 olmo2 olmo3 granite smollm3 stablelm cohere cohere2
mixtral qwen2_moe qwen3_moe olmoe bert roberta xlm-roberta distilbert albert modernbert nomic_bert gemma gemma2 gemma3_text t5 mt5
xlnet""".split()
IDLE = """transformers_version architectures output_hidden_states output_attentions return_dict dtype chunk_size_feed_forward id2label label2id problem_type
use_cache _name_or_path initializer_range bos_token_id eos_token_id""".split()


def defaults():
    """What the class of each family holds when its config.json names the model_type alone."""
    return {t: {k: v for k, v in AutoConfig.for_model(t).to_dict().items() if k not in IDLE} for t in TYPES}


def main():
    torch.set_num_threads(1)
    cases = [*hand_picked(), *by_chance(), *by_family()]
    # shapes repeat from case to case: each set once
    sets = []
    for made in cases:
        if made["tensors"] not in sets:
            sets.append(made["tensors"])
        made["tensors"] = sets.index(made["tensors"])
    with open(os.path.join(golden.ROOT, "fixtures", "configs.json"), "w", encoding="utf-8") as f:
        lines = ",\n".join(json.dumps(made, separators=(",", ":")) for made in cases)
        shapes_text = ",\n".join(json.dumps(s, separators=(",", ":")) for s in sets)
        usual = ",\n".join(f"{json.dumps(t)}:{json.dumps(d, separators=(',', ':'))}" for t, d in defaults().items())
        f.write(f'{{"transformers":"{transformers.__version__}","defaults":{{\n{usual}\n}},"shapes":[\n{shapes_text}\n],"cases":[\n{lines}\n]}}\n')
    print(len(cases), "cases,", sum("last" in c for c in cases), "with numbers")


if __name__ == "__main__":
    main()
