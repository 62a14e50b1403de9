"""adapter-hub's adapters (bottlenecks, LoRA, prefix tuning) by its own library, on the tiny models of fixtures/golden.

    python3 adapter_hub.py [NAME…]     fixtures/adapters/hub_<name>: golden.json, adapter/, adapter-2/ …

Needs `pip install adapters`, which brings a transformers of its own (4.57): a virtual environment for itself. What is
trained begins at random, so that nothing is zero. Quantized bases are dequantized first, as in adapters.py.
"""
import json
import os
import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location

HERE = sys.path.pop(0)  # adapters.py beside this file is another one than the library
import adapters
import adapters.composition as ac
import torch
import transformers
from adapters import BnConfig, DoubleSeqBnConfig, IA3Config, LoRAConfig, ParBnConfig, PrefixTuningConfig, SeqBnConfig
from safetensors.torch import save_file as safe_save
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM, AutoModelForSequenceClassification

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
GOLDEN, OUT = os.path.join(ROOT, "fixtures", "golden"), os.path.join(ROOT, "fixtures", "adapters")
pfeiffer, houlsby, parallel = SeqBnConfig, DoubleSeqBnConfig, ParBnConfig
# name: base, configs, how strong each is, whether the head goes with the first
CASES = {
    "pfeiffer": ("bert_labels", [pfeiffer(reduction_factor=8)], [1], True),
    "houlsby": ("roberta", [houlsby(reduction_factor={"0": 5, "default": 9})], [1], False),
    "parallel": ("distilbert", [parallel(leave_out=[1], non_linearity="gelu")], [1], False),
    "albert": ("albert", [houlsby(reduction_factor=10, non_linearity="leakyrelu")], [1], False),
    "flags": ("bert", [BnConfig(mh_adapter=True, output_adapter=True, reduction_factor=11, non_linearity="gelu_new", original_ln_before=True, residual_before_ln=False, ln_after=True, adapter_residual_before_ln=True, scaling="learned")], [1], False),
    "flags_sum": ("bert", [BnConfig(mh_adapter=True, output_adapter=True, reduction_factor=11, non_linearity="tanh", original_ln_before=True, residual_before_ln="post_add", ln_after=True, scaling="channel")], [1], False),
    "flags_bare": ("bert", [BnConfig(mh_adapter=True, output_adapter=True, reduction_factor=11, non_linearity="relu", original_ln_before=True, original_ln_after=False, residual_before_ln=False)], [1], False),
    "flags_norm": ("gpt2", [BnConfig(mh_adapter=True, output_adapter=True, reduction_factor=11, non_linearity="swish", ln_before=True, ln_after=True, scaling=0.7)], [1], False),
    "gpt2": ("gpt2", [pfeiffer(reduction_factor=11)], [1], False),
    "gpt2_two": ("gpt2", [houlsby(reduction_factor=11), pfeiffer(mh_adapter=True, reduction_factor=3, scaling=0.5)], [0.5, 2], False),
    "llama": ("llama", [houlsby(reduction_factor=11)], [1], False),
    "mistral": ("mistral_swa", [parallel(mh_adapter=True, reduction_factor=11)], [1], False),
    "gptj": ("gptj", [houlsby(reduction_factor=11)], [1], False),
    "qwen2": ("qwen2", [pfeiffer(mh_adapter=True, reduction_factor=11)], [1], False),
    "gemma2": ("gemma2", [houlsby(reduction_factor=11)], [1], False),
    "f16": ("llama_f16", [pfeiffer(reduction_factor=64)], [1], False),
    "nf4": ("llama_nf4", [houlsby(reduction_factor=64)], [1], False),
    "q4_0": ("gguf_q4_0", [pfeiffer(mh_adapter=True, reduction_factor=32)], [0.5], False),
    "lora": ("bert", [LoRAConfig(r=3, alpha=6, intermediate_lora=True, leave_out=[1])], [1], False),
    "lora_bottle": ("llama", [LoRAConfig(r=2, alpha=4, attn_matrices=["q", "k"], output_lora=True, intermediate_lora=True), houlsby(reduction_factor=16)], [1, 1], False),
    "ia3": ("distilbert", [IA3Config()], [1], False),
    "prefix": ("llama", [PrefixTuningConfig(prefix_length=4, bottleneck_size=5)], [1], False),
    "prefix_flat": ("llama_bias_tied", [PrefixTuningConfig(prefix_length=3, flat=True)], [1], False),
    "t5": ("t5", [pfeiffer(mh_adapter=True, cross_adapter=True, reduction_factor=11)], [1], False),
}


def quantized(name):
    """A base of which adapters.py knows how to read its values."""
    sys.path.append(HERE)
    spec = spec_from_file_location("peft_adapters", os.path.join(HERE, "adapters.py"))
    spec.loader.exec_module(module := module_from_spec(spec))
    return module.base_model(name)


def base_model(name):
    if name.endswith("nf4") or name.startswith("gguf"):
        return quantized(name)
    kinds = {"bert": AutoModelForMaskedLM, "roberta": AutoModelForMaskedLM, "distilbert": AutoModelForMaskedLM, "albert": AutoModelForMaskedLM, "t5": AutoModelForSeq2SeqLM}
    kind = AutoModelForSequenceClassification if name.endswith("labels") else kinds.get(name.split("_")[0], AutoModelForCausalLM)
    return kind.from_pretrained(os.path.join(GOLDEN, name), dtype=torch.float32, attn_implementation="eager").eval()


def logits_of(model, ids, more):
    with torch.no_grad():
        return model(input_ids=ids, **more).logits[0]


def main(names):
    for at, name in enumerate(CASES):
        if names and name not in names:
            continue
        base, configs, scales, with_head = CASES[name]
        out = os.path.join(OUT, f"hub_{name}")
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        model = base_model(base)
        ids = torch.randint(3, model.config.vocab_size, (1, 7), generator=torch.Generator().manual_seed(at))
        more = {"decoder_input_ids": torch.tensor([[0, 5, 9, 17, 3]])} if base.startswith("t5") else {}
        before = logits_of(model, ids, more)
        adapters.init(model)
        parts = ["adapter" if i == 0 else f"adapter-{i + 1}" for i in range(len(configs))]
        called = [f"mine_{i}" for i in range(len(configs))]
        g = torch.Generator().manual_seed(1000 + at)
        for i, (part, own, config) in enumerate(zip(parts, called, configs)):
            model.add_adapter(own, config=config)
            with torch.no_grad():
                for key, p in sorted(model.named_parameters()):
                    if f".{own}." in key or (with_head and i == 0 and key.startswith("classifier")):
                        p += 0.3 * torch.randn(p.shape, generator=g)
            # a norm, and a prefix, stands there under several names, which safetensors refuses
            adapters.loading.save_file = lambda state, path: safe_save({k: v.clone() for k, v in state.items() if ".pool." not in k}, path)
            model.save_adapter(os.path.join(out, part), own, use_safetensors=True, with_head=with_head and i == 0)
        for own, scale in zip(called, scales):
            for key, module in model.named_modules():
                if scale != 1 and key.endswith(f"adapters.{own}"):
                    module.scaling = module.scaling * scale
        model.set_active_adapters(called[0] if len(called) == 1 else ac.Stack(*called))
        logits = logits_of(model.eval(), ids, more)
        assert (logits - before).abs().max() > 0.02 * before.abs().max(), f"{name} changes nothing"
        for part in parts:
            for file in os.listdir(os.path.join(out, part)):
                if file.endswith(".json"):  # where the base lies on this machine is nobody's business
                    path = os.path.join(out, part, file)
                    about = {**json.load(open(path)), "model_name": base}
                    open(path, "w").write(json.dumps(about, sort_keys=True) + "\n")
        rows = [[float(f"{v:.7g}") for v in row] for row in logits.reshape(-1, logits.shape[-1]).tolist()]
        at_rows = [2, len(rows) - 1]
        held = {"labels": rows[0]} if base.endswith("labels") else {"logits": [rows[i] for i in at_rows], "positions": at_rows}
        inputs = {"input_ids": ids.tolist(), **{k: v.tolist() for k, v in more.items()}}
        strong = {part: scale for part, scale in zip(parts, scales) if scale != 1}
        golden = {"base": base, "inputs": inputs, **held, **({"adapters": strong} if strong else {})}
        with open(os.path.join(out, "golden.json"), "w", encoding="utf-8") as f:
            f.write(json.dumps(golden) + "\n")
        print(name, f"{float((logits - before).abs().max() / before.abs().max()):.3f} of the largest logit")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    main(sys.argv[1:])
