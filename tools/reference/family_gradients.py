"""What a LoRA in every linear layer learns of one text, from PyTorch autograd and PEFT, for tiny models of many families.

    python tools/reference/family_gradients.py      (torch 2.13.0, transformers 5.24.0, peft 0.21.2; f32 on the CPU, one thread)

Reads fixtures/golden/<name>, writes fixtures/train/families.json (tokens, weights of the targets, the loss of each model) and
families.safetensors: `<name>/<tensor>`, the gradient of every A and B. Rank 2, alpha 4. What stands in A and B is a formula that the
test has as well (value() here, valueOf() there), so that no file holds it. A router's matrix is no linear layer of PEFT's and stays.
"""
import json, math, os
import torch, torch.nn.functional as F, transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.pytorch_utils import Conv1D

from families import attention_of, scale

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures"))
NAMES = """bloom_odd cohere_odd falcon_7b falcon_rw gemma2_odd gemma3_odd gpt2_odd gpt_neo_odd gpt_neox gptj granite_odd llama_dynamic
mistral_swa mixtral_odd olmo2 olmoe_odd opt phi phi3_longrope phi3_odd qwen2_moe_odd qwen3 qwen2_moe smollm3_odd stablelm_odd""".split()
LONGEST = 36
TURNING = {"llama_dynamic": 30, "phi3_longrope": 30}


def value(name, i, columns):
    """Number i of a tensor of so many columns, name as PEFT's file has it behind base_model.model."""
    return math.sin(1.3 * i + len(name)) * (0.5 / math.sqrt(columns) if "lora_A" in name else 0.2)


found, tensors = {}, {}
plain = lambda name: name.removeprefix("base_model.model.").replace(".default", "")
for name in NAMES:
    config = AutoConfig.from_pretrained(f"golden/{name}")
    more = {"experts_implementation": "eager"} if hasattr(config, "num_experts_per_tok") else {}
    base = AutoModelForCausalLM.from_pretrained(f"golden/{name}", dtype=torch.float32, attn_implementation=attention_of(config), **more)
    scale(base, getattr(torch, json.load(open(f"golden/{name}/config.json")).get("dtype") or json.load(open(f"golden/{name}/config.json")).get("torch_dtype") or "float32"))
    linear = {n.rsplit(".", 1)[1] for n, m in base.named_modules() if isinstance(m, (torch.nn.Linear, Conv1D)) and m is not base.get_output_embeddings()}
    net = get_peft_model(base.eval(), LoraConfig(r=2, lora_alpha=4, target_modules=sorted(linear), lora_dropout=0.0)).eval()
    own = {plain(n): p for n, p in net.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for key, p in own.items():
            p.copy_(torch.tensor([value(key, i, p.shape[1]) for i in range(p.numel())], dtype=torch.float64).view_as(p))
    ids = json.load(open(f"golden/{name}/golden.json"))["inputs"]["input_ids"][0][:LONGEST]
    if name in TURNING:  # longer than the text that the first frequencies are for
        ids = [(7 * i * i + 3 * i + 5) % config.vocab_size for i in range(TURNING[name])]
    rows = [i for i in range(len(ids) - 1) if i % 3 != 1]
    by = [round((-0.2 if i % 5 == 3 else 0.3) / len(rows) * 4, 6) for i in rows]
    logits = net(input_ids=torch.tensor([ids]), use_cache=False).logits[0]
    nll = F.cross_entropy(logits[rows], torch.tensor([ids[i + 1] for i in rows]), reduction="none")
    loss = (nll * torch.tensor(by)).sum()
    loss.backward()
    for key, p in own.items():
        tensors[f"{name}/{key}"] = p.grad.clone()
    found[name] = dict(ids=ids, rows=rows, targets=[ids[i + 1] for i in rows], by=by, loss=loss.item())
    print(name, len(ids), loss.item(), sorted(linear), flush=True)
save_file(tensors, "train/families.safetensors")
json.dump(found, open("train/families.json", "w"), separators=(",", ":"))
