"""Adapters of every kind by peft itself, on the tiny models of fixtures/golden, with peft's own logits.

    python3 adapters.py [NAME…]     fixtures/adapters/<name>: golden.json, adapter/, adapter-2/ …

`base` in golden.json names the folder of the model; `adapters` says how strong each is. A quantized base (NF4, GGUF) is
dequantized first: peft's numbers are those of its values. What is trained begins at random, so that nothing is zero.
"""
import json
import os
import shutil
import sys

import numpy as np
import peft
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM, AutoModelForSequenceClassification

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
GOLDEN, OUT = os.path.join(ROOT, "fixtures", "golden"), os.path.join(ROOT, "fixtures", "adapters")

lora, ia3, adalora = peft.LoraConfig, peft.IA3Config, peft.AdaLoraConfig
Q_V, LINEAR = ["q_proj", "v_proj"], ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
KINDS = {"t5": AutoModelForSeq2SeqLM, "nomic_bert": AutoModelForMaskedLM, "roberta": AutoModelForMaskedLM}
# name: base, adapters with how strong each is
CASES = {
    "lora_patterns": ("llama", [(lora(r=3, lora_alpha=10, target_modules=r".*\.(self_attn|mlp)\.(q|down)_proj", rank_pattern={r"layers\.1\.self_attn\.q_proj": 5}, alpha_pattern={"down_proj": 7}), 1)]),
    "lora_layers": ("qwen3", [(lora(r=4, lora_alpha=3, target_modules=LINEAR, layers_to_transform=[1], layers_pattern="layers", exclude_modules=["gate_proj"], lora_bias=True), 1)]),
    "lora_two": ("llama", [(lora(r=2, lora_alpha=8, target_modules=Q_V), 0.5), (lora(r=5, lora_alpha=5, target_modules=["v_proj", "o_proj", "lm_head"], use_rslora=True), -1.5)]),
    "lora_tied": ("llama_bias_tied", [(lora(r=3, lora_alpha=6, target_modules=["embed_tokens", "k_proj"]), 1)]),
    "lora_nf4": ("llama_nf4", [(lora(r=8, lora_alpha=16, target_modules="all-linear"), 1)]),
    "lora_q4_0": ("gguf_q4_0", [(lora(r=4, lora_alpha=8, target_modules=LINEAR), 1)]),
    "lora_gpt2": ("gpt2", [(lora(r=5, lora_alpha=9, target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True, bias="all", use_rslora=True), 1)]),
    "lora_phi3": ("phi3_odd", [(lora(r=4, lora_alpha=8, target_modules=["qkv_proj", "gate_up_proj", "o_proj", "down_proj"]), 0.7)]),
    "lora_neox": ("gpt_neox", [(lora(r=4, lora_alpha=8, target_modules=["query_key_value", "dense"], bias="lora_only"), 1)]),
    "lora_saved": ("qwen2", [(lora(r=2, lora_alpha=4, target_modules=["q_proj"], modules_to_save=["lm_head", "input_layernorm", "embed_tokens"]), 1)]),
    "lora_ends": ("gemma", [(lora(r=2, lora_alpha=4, target_modules=["v_proj", "embed_tokens"], modules_to_save=["norm"]), 1)]),
    "lora_biases": ("opt", [(lora(r=2, lora_alpha=4, target_modules=["q_proj"], bias="all", modules_to_save=["final_layer_norm"]), 1)]),
    "ia3_phi3": ("phi3_odd", [(ia3(target_modules=["qkv_proj", "o_proj", "down_proj"], feedforward_modules=["down_proj"]), 1)]),
    "dora": ("qwen2", [(lora(r=3, lora_alpha=6, target_modules=LINEAR, use_dora=True), 1)]),
    "dora_half": ("qwen2", [(lora(r=3, lora_alpha=6, target_modules=["q_proj", "o_proj"], use_dora=True), 0.5)]),
    "dora_q4_0": ("gguf_q4_0", [(lora(r=2, lora_alpha=6, target_modules=["q_proj", "k_proj", "down_proj"], use_dora=True), 1)]),
    "dora_gpt2": ("gpt2", [(lora(r=3, lora_alpha=6, target_modules=["c_attn", "mlp.c_proj"], use_dora=True, fan_in_fan_out=True), 1)]),
    "adalora": ("llama", [(adalora(init_r=6, target_r=3, lora_alpha=12, target_modules=["q_proj", "up_proj"], total_step=10), 1)]),
    "ia3": ("qwen2", [(ia3(target_modules=["k_proj", "v_proj", "o_proj", "down_proj"], feedforward_modules=["down_proj"]), 1)]),
    "ia3_gpt2": ("gpt2", [(ia3(target_modules=["c_attn", "mlp.c_proj"], feedforward_modules=["mlp.c_proj"], fan_in_fan_out=True), 1)]),
    "lora_labels": ("bert_labels", [(lora(task_type="SEQ_CLS", r=3, lora_alpha=6, target_modules=["query", "value", "dense"], exclude_modules=["pooler.dense"]), 1)]),
    # several that change the same modules, some of them in place of the residual
    "dora_two": ("qwen2", [(lora(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj", "o_proj", "down_proj"], bias="lora_only"), 1), (lora(r=3, lora_alpha=3, target_modules=["q_proj", "k_proj", "o_proj", "down_proj"], use_dora=True), 0.5), (lora(r=2, lora_alpha=5, target_modules=["o_proj", "q_proj"], use_dora=True), 1), (lora(r=1, lora_alpha=1, target_modules=["q_proj", "down_proj"]), 2)]),
    "ia3_two": ("qwen2", 2 * [(ia3(target_modules=["k_proj", "o_proj", "up_proj", "down_proj"], feedforward_modules=["up_proj", "down_proj"]), 1)]),
    "dora_table": ("gemma", [(lora(r=2, lora_alpha=4, target_modules=["embed_tokens"]), 1), (lora(r=3, lora_alpha=3, target_modules=["embed_tokens", "v_proj"], use_dora=True), 0.5)]),
    # names that transformers has for modules which the files call otherwise; a table that nothing runs
    "lora_t5": ("t5", [(lora(r=3, lora_alpha=6, target_modules=["shared", "embed_tokens", "q", "wo"]), 1)]),
    "lora_nomic": ("nomic_bert", [(lora(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj", "o_proj", "down_proj"], modules_to_save=["post_mlp_layernorm"]), 1)]),
    "lora_head": ("gpt_neox", [(lora(r=2, lora_alpha=4, target_modules=["lm_head", "dense"]), 1)]),
    "lora_roberta": ("roberta", [(lora(r=2, lora_alpha=4, target_modules=["query"], bias="all"), 1)]),
    # layers hold for ends of names, not for whole ones; a copy of the head, rounded
    "dora_whole_bf16": ("qwen3", [(lora(r=2, lora_alpha=4, target_modules=["q_proj", "lm_head", "model.layers.0.mlp.up_proj"], layers_to_transform=[1], layers_pattern="model.layers", use_dora=True), 1)]),
}


def nf4_values(path):
    """{name: f32 array} of a file whose linears are bitsandbytes' NF4."""
    with safe_open(path, "pt") as f:
        given = {k: f.get_tensor(k) for k in f.keys()}
    values = {}
    for name, tensor in given.items():
        state = given.get(f"{name}.quant_state.bitsandbytes__nf4")
        if state is not None:
            about = json.loads(bytes(state.numpy()))
            absmax = given[f"{name}.absmax"]
            if f"{name}.nested_absmax" in given:
                nested = given[f"{name}.nested_absmax"].repeat_interleave(about["nested_blocksize"])[: absmax.numel()]
                absmax = given[f"{name}.nested_quant_map"][absmax.long()] * nested + about["nested_offset"]
            codes = torch.stack([tensor.reshape(-1) >> 4, tensor.reshape(-1) & 15], 1).reshape(-1).long()
            n = int(np.prod(about["shape"]))
            flat = given[f"{name}.quant_map"][codes][:n] * absmax.repeat_interleave(about["blocksize"])[:n]
            values[name] = flat.reshape(about["shape"])
        elif not any(end in name for end in ("absmax", "quant_map", "quant_state")):
            values[name] = tensor.float()
    return values


def base_model(name):
    folder = os.path.join(GOLDEN, name)
    if os.path.exists(os.path.join(folder, "model.gguf")):
        import llama_gguf

        meta, tensors = llama_gguf.read(os.path.join(folder, "model.gguf"))
        return with_values(llama_gguf.config(meta, tensors), {k: torch.tensor(np.array(v, np.float32)) for k, v in tensors.items()})
    if name.endswith("nf4"):
        config = json.load(open(os.path.join(folder, "config.json")))
        config.pop("quantization_config", None)
        return with_values(config, nf4_values(os.path.join(folder, "model.safetensors")))
    auto = AutoModelForSequenceClassification if name.endswith("labels") else KINDS.get(name, AutoModelForCausalLM)
    return auto.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def with_values(config, values):
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config), dtype=torch.float32, attn_implementation="eager").eval()
    missing, unexpected = model.load_state_dict(values, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model


def trained(base, config, folder, seed):
    model = peft.get_peft_model(base_model(base), config)
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            if p.requires_grad:
                p += 0.2 * torch.randn(p.shape, generator=g) * (0.3 if "lora_" not in name else 1)
    shutil.rmtree(folder, ignore_errors=True)
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(folder)
    os.remove(os.path.join(folder, "README.md"))
    if os.path.dirname(folder).endswith("bf16"):
        path = os.path.join(folder, "adapter_model.safetensors")
        save_file({k: v.bfloat16() for k, v in load_file(path).items()}, path, metadata={"format": "pt"})


def main(names):
    for at, name in enumerate(CASES):
        if names and name not in names:
            continue
        base, adapters = CASES[name]
        out = os.path.join(OUT, name)
        os.makedirs(out, exist_ok=True)
        parts = ["adapter" if i == 0 else f"adapter-{i + 1}" for i in range(len(adapters))]
        for i, (part, (config, _)) in enumerate(zip(parts, adapters)):
            trained(base, config, os.path.join(out, part), 100 * at + i)
        plain = base_model(base)
        ids = torch.randint(3, plain.config.vocab_size, (1, 9), generator=torch.Generator().manual_seed(at))
        given = {"input_ids": ids} | ({"decoder_input_ids": torch.cat([torch.zeros(1, 1, dtype=torch.long), ids[:, :5]], 1)} if base == "t5" else {})
        before = plain(**given).logits[0].detach()
        model = peft.PeftModel.from_pretrained(plain, os.path.join(out, parts[0]), adapter_name=parts[0])
        for part in parts[1:]:
            model.load_adapter(os.path.join(out, part), adapter_name=part)
        if len(parts) > 1:
            model.base_model.set_adapter(parts)
        for module in model.modules():
            for part, (_, scale) in zip(parts, adapters):
                if scale != 1 and isinstance(module, peft.tuners.lora.LoraLayer) and part in module.scaling:
                    module.scaling[part] *= scale
        with torch.no_grad():
            logits = model.eval()(**given).logits[0]
        assert (logits - before).abs().max() > 0.02 * before.abs().max(), f"{name} changes nothing"
        rows = [[float(f"{v:.7g}") for v in row] for row in logits.reshape(-1, logits.shape[-1]).tolist()]
        held = {"labels": rows[0]} if base.endswith("labels") else {"logits": rows}
        strong = {part: scale for part, (_, scale) in zip(parts, adapters) if scale != 1}
        golden = {"base": base, "inputs": {k: v.tolist() for k, v in given.items()}, **held, **({"adapters": strong} if strong else {})}
        with open(os.path.join(out, "golden.json"), "w", encoding="utf-8") as f:
            f.write(json.dumps(golden) + "\n")
        print(name, f"{float((logits - before).abs().max() / before.abs().max()):.3f} of the largest logit")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    main(sys.argv[1:])
