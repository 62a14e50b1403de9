"""Parts that the makers of tiny fixtures share: seeded weights, an f32 run, golden.json."""
import json
import os

import torch
from transformers import AutoConfig, AutoModelForCausalLM

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def folder(name):
    path = os.path.join(ROOT, "fixtures", "golden", name)
    os.makedirs(path, exist_ok=True)
    return path


def random_weights(config, seed, dtype=torch.float32):
    """{name: tensor}: matrices N(0, 1.7/sqrt(columns)), embedding N(0, 0.3), norms N(0.5, 0.3), rounded to dtype."""
    shapes = {k: v.shape for k, v in build(config).state_dict().items()}
    if config.tie_word_embeddings:
        shapes.pop("lm_head.weight")
    g = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in sorted(shapes.items()):
        noise = torch.randn(shape, generator=g)
        if len(shape) == 1:
            w = 0.5 + 0.3 * noise
        else:
            w = noise * (0.3 if "embed" in name else 1.7 / shape[1] ** 0.5)
        weights[name] = w.to(dtype)
    return weights


def random_ids(vocab, T, seed):
    return torch.randint(3, vocab, (T,), generator=torch.Generator().manual_seed(seed)).tolist()


def build(config):
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def run(config, weights, ids):
    """f32 logits [T][V]; weights of any float dtype are widened, not requantized."""
    model = build(config)
    left = model.load_state_dict({k: torch.as_tensor(v).float() for k, v in weights.items()}, strict=False)
    assert not left.unexpected_keys and set(left.missing_keys) <= {"lm_head.weight"}, left
    model.tie_weights()
    return model(torch.tensor([ids])).logits[0]


def write(path, name, value, indent=None):
    with open(os.path.join(path, name), "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False, indent=indent)
        f.write("\n")


def write_golden(path, ids, logits, positions=None, **more):
    """`positions` None holds every row."""
    rows = logits if positions is None else logits[positions]
    held = {} if positions is None else {"positions": positions}
    write(path, "golden.json", {"inputs": {"input_ids": [ids]}, **held, "logits": [[round(x, 5) for x in row] for row in rows.tolist()], **more})


def write_config(path, config, dtype, **more):
    made = config.to_dict() | {"dtype": dtype} | more
    made["architectures"] = [type(build(config)).__name__]
    junk = ("_name_or_path", "id2label", "label2id", "problem_type", "output_hidden_states", "output_attentions", "return_dict", "chunk_size_feed_forward", "is_encoder_decoder")
    write(path, "config.json", {k: v for k, v in sorted(made.items()) if k not in junk}, indent=2)


def config(model_type, **keys):
    return AutoConfig.for_model(model_type, attn_implementation="eager", **keys)


def chmod(path):
    """The safetensors library writes 0600; fixtures are served by a test server."""
    for name in os.listdir(path):
        os.chmod(os.path.join(path, name), 0o644)
