"""How far each adapter of fixtures/adapters moves each module, by peft's own merging: fixtures/adapter-norms.json.

    python3 adapter_norms.py

By case, adapter and module (or bias, norm): [|W' - W|, |W|], Frobenius norms in f64 of what lies dense in memory, each
adapter merged alone at the strength that its golden.json gives it. Names of modules are transformers' own.
"""
import json
import os

import peft
import torch
import transformers

from adapters import CASES, OUT, ROOT, base_model


def norms(base, folder, part, scale):
    plain = base_model(base)
    before = {name: p.detach().clone() for name, p in plain.named_parameters(remove_duplicate=False)}
    model = peft.PeftModel.from_pretrained(plain, folder, adapter_name=part)
    for module in model.modules():
        if isinstance(module, peft.tuners.lora.LoraLayer) and part in module.scaling:
            module.scaling[part] *= scale
            module.lora_bias[part] = False  # no part of the matrix, and peft merges none into a layer without a bias
    model.base_model.merge_adapter([part])
    found = {}
    for name, p in model.named_parameters():  # a tied head is the embedding's own
        at = name.removeprefix("base_model.model.").replace(".base_layer", "")
        if ".original_module" in at or any(word in at for word in ("lora_", "ia3_l", "ranknum")):
            continue
        at = at.replace(f".modules_to_save.{part}", "")
        # peft writes biases into the model before anybody can look: the file's are compared with the model's
        was = before[at]
        delta = (p.detach().double() - was.double()).norm().item()
        if delta > 0:
            found[at.removesuffix(".weight")] = [float(f"{delta:.7g}"), float(f"{was.double().norm().item():.7g}")]
    return found


def main():
    out = {}
    for name, (base, adapters) in CASES.items():
        out[name] = {}
        for i, (_, scale) in enumerate(adapters):
            part = "adapter" if i == 0 else f"adapter-{i + 1}"
            out[name][part] = norms(base, os.path.join(OUT, name, part), part, scale)
        print(name, {part: len(found) for part, found in out[name].items()})
    with open(os.path.join(ROOT, "fixtures", "adapter-norms.json"), "w", encoding="utf-8") as f:
        f.write(json.dumps(out) + "\n")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    main()
