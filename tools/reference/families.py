"""Tiny models of every family, as Hugging Face writes them, with the numbers that transformers gives for them.

    python3 families.py OUT FAMILY [--seed 3] [--T 70] [--dtype bfloat16] [--set '{"sliding_window": 5}'] [--size '{"H": 3}']
                        [--task labels] [--old] [--lean] [--base] [--gamma] [--shards 2] [--rows 0,1,69]

Sizes and flags that are not set are drawn by the seed (family_table.py). Every folder is read back by from_pretrained from what was
written, and must give the same numbers: so the old keys, the missing ones, the names and the shards are transformers' own reading.
  --old    config keys of transformers 4 (rope_theta, rope_scaling, torch_dtype, …)      --base   weights without the base model's prefix
  --lean   keys that equal the class's defaults left out                                  --gamma  LayerNorm's old names
Not in transformers: own_families.py.
"""
import argparse
import json
import math
import os
import random
import re
import tempfile
import warnings

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoConfig

import family_table
import golden

transformers.logging.disable_progress_bar()
transformers.logging.set_verbosity(transformers.logging.CRITICAL)
warnings.filterwarnings("ignore")
TASKS = {
    "lm": "AutoModelForCausalLM", "fill": "AutoModelForMaskedLM", "seq2seq": "AutoModelForSeq2SeqLM", "labels": "AutoModelForSequenceClassification",
    "token-labels": "AutoModelForTokenClassification", "span": "AutoModelForQuestionAnswering", "pretraining": "AutoModelForPreTraining", "base": "AutoModel", "encoder": "T5EncoderModel", "xlnet": "XLNetLMHeadModel",
    "choice": "AutoModelForMultipleChoice", "next": "AutoModelForNextSentencePrediction",
}
USUAL = {"t5": "seq2seq", "xlnet": "xlnet"}
TYPED = {"bert", "albert", "nomic_bert", "xlnet"}


def usual_task(family):
    return USUAL.get(family) or ("lm" if family in family_table.DECODERS else "fill")


def attention_of(config):
    """Eager, but for Falcon with ALiBi: 5.24 adds it to the mask and then, where it is eager, to the scores once more."""
    return "sdpa" if getattr(config, "alibi", False) else "eager"


def build(config, task):
    """An f32 model, its own random weights."""
    auto = getattr(transformers, TASKS[task])
    config._attn_implementation, config._experts_implementation = attention_of(config), "eager"
    return (auto.from_config(config, attn_implementation=attention_of(config)) if task not in ("encoder", "xlnet") else auto(config)).float().eval()


def fill(model, seed, dtype):
    """Seeded numbers in place of the weights: matrices N(0, 1.7/√in), embeddings N(0, 0.3), gains about 0.5 or, where 1 is added, about 0, rounded to dtype."""
    g = torch.Generator().manual_seed(seed)
    conv = {f"{n}.weight" for n, m in model.named_modules() if type(m).__name__ == "Conv1D"}
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            noise = torch.randn(p.shape, generator=g)
            if p.ndim == 1 or re.search(r"norm", name):
                bias = name.endswith("bias")
                w = 0.2 * noise if bias else 0.3 * noise + (0 if "gemma" in model.config.model_type else 0.6)
            elif re.search(r"embed|wte|wpe|shared|embeddings|relative_attention_bias|mask_emb", name):
                w = 0.3 * noise * (2 if "relative" in name else 1)
            elif p.ndim == 3 and "rel_attn" in name:
                w = noise * (1.2 / p.shape[0] ** 0.5 if name.endswith(("q", "k", "v", "o", "r")) else 0.4)
            else:
                w = noise * 1.7 / p.shape[0 if name in conv else -1] ** 0.5
            p.copy_(w.to(dtype))
    return model


def scale(model, dtype):
    """Gemma's √width is a number of the weights' dtype, where the model runs in it: kept so in our f32 run. None: exact, as in llama.cpp."""
    for module in model.modules() if dtype else ():
        if hasattr(module, "scalar_embed_scale"):
            module.embed_scale.fill_(torch.tensor(module.scalar_embed_scale).to(dtype).float())
    return model


class Ties:
    """The smallest gap between the last expert chosen and the first one left out: rounding must not choose another."""

    def __init__(self, model, k):
        self.gap = 1.0
        for module in model.modules():
            if "Router" in type(module).__name__ and hasattr(module, "weight"):
                module.register_forward_hook(lambda m, x, _: self.see(x[0], m.weight, k))

    def see(self, x, weight, k):
        p = (x.reshape(-1, x.shape[-1]) @ weight.T).softmax(-1).sort(descending=True).values
        if k < p.shape[1]:
            self.gap = min(self.gap, float((p[:, k - 1] - p[:, k]).min()))


def inputs_of(family, task, config, T, seed):
    low = 5 if family in ("roberta", "xlm-roberta") else 3
    g = torch.Generator().manual_seed(seed)
    ids = torch.randint(low, config.vocab_size, (1, T), generator=g)
    made = {"input_ids": ids}
    if family in TYPED:
        made["token_type_ids"] = (torch.arange(T) >= T * 5 // 9).long()[None] + 0
    if task == "seq2seq":
        made["decoder_input_ids"] = torch.cat([torch.zeros(1, 1, dtype=torch.long), torch.randint(3, config.vocab_size, (1, T * 2 // 3), generator=g)], 1)
    if task == "xlnet":  # the last word is a dummy that nobody sees: the next one, by permutation
        mask = torch.zeros(1, T, T)
        mask[:, :, -1] = 1
        target = torch.zeros(1, 1, T)
        target[0, 0, -1] = 1
        made |= {"perm_mask": mask, "target_mapping": target}
    return made


@torch.no_grad()
def outputs_of(model, task, given):
    out = model(**{k: v[None] if task == "choice" else v for k, v in given.items()})
    if task in ("labels", "choice", "next"):
        return {"labels": out.logits[0]}
    if task == "token-labels":
        return {"token_labels": out.logits[0]}
    if task == "span":
        return {"start_logits": out.start_logits[0], "end_logits": out.end_logits[0]}
    if task == "pretraining":
        return {"logits": out.prediction_logits[0], "labels": out.seq_relationship_logits[0] if "seq_relationship_logits" in out else out.sop_logits[0]}
    if task in ("base", "encoder"):
        pooled = getattr(out, "pooler_output", None)
        return {"hidden": out.last_hidden_state[0]} | ({} if pooled is None else {"pooled": pooled[0]})
    return {"logits": out.logits[0]}


def rounded(x, decimals=5):
    return [rounded(v, decimals) for v in x] if isinstance(x, list) else round(x, decimals) if isinstance(x, float) else x


def digits(value):
    """As many decimals as keep 1e-6 of the largest."""
    return max(2, 6 - math.floor(math.log10(float(value.abs().max()))))


def old_keys(c):
    """A config of transformers 4."""
    kind, rope = c["model_type"], c.pop("rope_parameters", None)
    c["torch_dtype"] = c.pop("dtype", "float32")
    if kind == "falcon" and not c.get("new_decoder_architecture"):
        c.pop("num_kv_heads", None)
    if kind == "qwen3_moe" and "num_local_experts" in c:
        c["num_experts"] = c.pop("num_local_experts")
    if "n_positions" in c:
        c["n_ctx"] = c["n_positions"]
    if kind == "t5":
        c["decoder_start_token_id"] = 0
    full, local = (rope.get("full_attention"), rope.get("sliding_attention")) if rope and "full_attention" in rope else (rope, None)
    if full:
        full = dict(full)
        theta, partial = full.pop("rope_theta"), full.pop("partial_rotary_factor", None)
        if kind == "modernbert":
            c |= {"global_rope_theta": theta, "local_rope_theta": local["rope_theta"]}
        elif kind == "gpt_neox":
            c |= {"rotary_emb_base": theta, "rotary_pct": 1.0 if partial is None else partial}
        else:
            c |= {"rope_theta": theta} | ({} if partial is None else {"partial_rotary_factor": partial})
        if local and kind == "gemma3_text":
            c["rope_local_base_freq"] = local["rope_theta"]
        c["rope_scaling"] = None if full.get("rope_type", "default") == "default" else full
    return c


def as_written(config, cls, args):
    """config.json's keys, in the wording that is asked for."""
    made = config.to_dict() | {"dtype": args.dtype, "architectures": [cls]}
    junk = ("_name_or_path", "problem_type", "output_hidden_states", "output_attentions", "return_dict", "chunk_size_feed_forward", "_attn_implementation", "_experts_implementation")
    made = {k: v for k, v in made.items() if k not in junk and not (k in ("id2label", "label2id") and args.task not in ("labels", "token-labels"))}
    if args.lean:
        usual = type(config)().to_dict()
        made = {k: v for k, v in made.items() if k in ("model_type", "architectures", "dtype", "rope_parameters", "layer_types", "id2label") or k not in usual or usual[k] != v}
    if args.old:
        made = old_keys(made)
    return dict(sorted(made.items()))


def renamed(tensors, model, args):
    if args.base:
        prefix = model.base_model_prefix + "."
        tensors = {k.removeprefix(prefix): v for k, v in tensors.items()}
    if args.gamma:
        tensors = {re.sub(r"LayerNorm\.weight$", "LayerNorm.gamma", re.sub(r"LayerNorm\.bias$", "LayerNorm.beta", k)): v for k, v in tensors.items()}
    return tensors


def save(out, config, model, args):
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as path:
        model.save_pretrained(path, max_shard_size="1TB")
        tensors = load_file(os.path.join(path, "model.safetensors"))
    tensors = {k: v.to(getattr(torch, args.dtype)).contiguous() for k, v in renamed(tensors, model, args).items()}
    names = sorted(tensors)
    if args.shards == 1:
        save_file(tensors, os.path.join(out, "model.safetensors"), metadata={"format": "pt"})
    else:
        where = {n: f"model-{i * args.shards // len(names) + 1:05d}-of-{args.shards:05d}.safetensors" for i, n in enumerate(names)}
        for file in sorted(set(where.values())):
            save_file({n: tensors[n] for n in names if where[n] == file}, os.path.join(out, file), metadata={"format": "pt"})
        total = sum(t.numel() * t.element_size() for t in tensors.values())
        golden.write(out, "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": where})
    golden.write(out, "config.json", as_written(config, type(model).__name__, args), indent=1)


def make(out, family, **options):
    """One folder. Options as on the command line, dashes as underscores; gives the golden."""
    args = argparse.Namespace(**({"seed": 0, "T": 11, "dtype": "float32", "set": {}, "size": {}, "task": None, "old": False, "lean": False, "base": False, "gamma": False, "shards": 1, "rows": None, "exact": False, "edit": None, "pads": ()} | options))
    args.task = args.task or usual_task(family)
    pick = random.Random(f"{family} {args.seed}").choice
    _, keys = family_table.draw(family, pick, args.size)
    keys |= args.set
    if args.task in ("labels", "token-labels"):
        keys |= {"num_labels": 3} | ({"pad_token_id": 0} if keys.get("pad_token_id") is None else {})
    keys = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0} | keys
    config = AutoConfig.for_model(**{k: v for k, v in keys.items() if v != "DROP"})
    given = inputs_of(family, args.task, config, args.T, args.seed)
    for place in args.pads:  # typed ones: nothing is masked
        given["input_ids"][0, place] = config.pad_token_id
    for seed in range(args.seed, args.seed + 400):
        model = scale(fill(build(config, args.task), seed, getattr(torch, args.dtype)), None if args.exact else getattr(torch, args.dtype))
        ties = Ties(model, getattr(config, "num_experts_per_tok", None) or 1)
        numbers = outputs_of(model, args.task, given)
        if ties.gap >= 2e-3:
            break
    else:
        raise SystemExit(f"{family}: every seed comes too near a tie of experts")
    save(out, config, model, args)
    if args.edit:  # another wording: what it means is what transformers makes of it
        place = os.path.join(out, "config.json")
        golden.write(out, "config.json", args.edit(json.load(open(place, encoding="utf-8"))), indent=1)
        numbers = read_back(out, args, given)
    else:
        check(out, args, given, numbers)
    rows = None if args.rows is None else sorted({r for r in args.rows if r < args.T})
    made = {"inputs": {k: rounded(v.tolist()) for k, v in given.items()}}
    for name, value in numbers.items():
        held = rows is not None and name == "logits" and args.task not in ("xlnet", "seq2seq")
        made |= ({"positions": rows} if held else {}) | {name: rounded((value[rows] if held else value).tolist(), digits(value))}
    with open(os.path.join(out, "golden.json"), "w", encoding="utf-8") as f:
        f.write(json.dumps(made, separators=(",", ":")) + "\n")
    golden.chmod(out)
    return made


@torch.no_grad()
def read_back(out, args, given):
    """The numbers of what from_pretrained reads; in other words, a weight that it makes up or leaves out is an error."""
    auto, model_config = getattr(transformers, TASKS[args.task]), AutoConfig.from_pretrained(out)
    more = {"experts_implementation": "eager"} if hasattr(model_config, "num_experts_per_tok") else {}
    model, info = auto.from_pretrained(out, dtype=torch.float32, attn_implementation=attention_of(model_config), output_loading_info=True, **more)
    for how in ("missing_keys", "unexpected_keys") if args.edit else ():
        if info[how]:
            raise SystemExit(f"{out}: {how} {sorted(info[how])[0]}")
    return outputs_of(scale(model.eval(), None if args.exact else getattr(torch, args.dtype)), args.task, given)


def check(out, args, given, numbers):
    """What was written is what from_pretrained reads."""
    for name, value in read_back(out, args, given).items():
        worst = float((value - numbers[name]).abs().max() / numbers[name].abs().max())
        if not worst < 1e-5:
            raise SystemExit(f"{out}: read back, {name} differs by {worst:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("family", choices=family_table.FAMILIES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--T", type=int, default=11)
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"])
    parser.add_argument("--set", type=json.loads, default={}, help="config keys, JSON")
    parser.add_argument("--size", type=json.loads, default={}, help="D H K d F L V C, JSON")
    parser.add_argument("--task", choices=TASKS)
    for flag in ("--old", "--lean", "--base", "--gamma"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--rows", type=lambda s: [int(x) for x in s.split(",")])
    torch.set_num_threads(1)
    make(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
