"""Attention of models that do not read from left to right: what transformers' `output_attentions` gives, and the numbers
behind a model that lost one edge. Writes fixtures/attention.json.

    python3 attention_maps.py

ChatGLM-6B is not in transformers: its maps are those of own_families.py, whose logits are the original code's.
An edge is lost before softmax: its score is -inf, so that the others of its row add up to 1 again.
"""
import json
import os

import torch
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM, AutoModelForSeq2SeqLM, XLNetLMHeadModel

import golden
import own_families

softmax = torch.nn.functional.softmax


def folder(name):
    return os.path.join(golden.ROOT, "fixtures", "golden", name)


def rounded(x):
    return json.loads(json.dumps(x.tolist()), parse_float=lambda s: float(f"{float(s):.8g}"))


@torch.no_grad()
def call(model, inputs, cut=None):
    """`cut`: {number of the softmax in the forward: (head, query, key)}"""
    calls = 0

    def cutting(x, *given, **named):
        nonlocal calls
        if cut and calls in cut:
            head, query, key = cut[calls]
            x = x.clone()
            x[0, head, query, key] = -torch.inf
        calls += 1
        return softmax(x, *given, **named)

    torch.nn.functional.softmax = cutting
    try:
        return model(**{k: torch.tensor(v) for k, v in inputs.items()}, output_attentions=True)
    finally:
        torch.nn.functional.softmax = softmax


def load(kind, name):
    return kind.from_pretrained(folder(name), attn_implementation="eager", dtype=torch.float32).eval()


def golden_inputs(name):
    with open(os.path.join(folder(name), "golden.json"), encoding="utf-8") as f:
        return json.load(f)["inputs"]


def maps(found):
    """(layers)(heads)(queries)(keys)"""
    return [rounded(layer[0]) for layer in found]


def encoder(name, cut):
    """`cut`: (layer, head, query, key)"""
    inputs = golden_inputs(name)
    model = load(AutoModelForMaskedLM, name)
    layer, *edge = cut
    return {"inputs": inputs, "attn": maps(call(model, inputs).attentions), "cut": list(cut), "after": rounded(call(model, inputs, {layer: edge}).logits[0])}


def xlnet(name):
    """The stream of the text. Without a permutation it sees all."""
    ids = golden_inputs(name)["input_ids"]
    types = [[0] * (len(ids[0]) // 2) + [1] * (len(ids[0]) - len(ids[0]) // 2)]
    inputs = {"input_ids": ids, "token_type_ids": types}
    return {"inputs": inputs, "attn": maps(call(load(XLNetLMHeadModel, name), inputs).attentions)}


def t5(name):
    """Softmaxes of a forward: one of each encoder layer, then of each decoder layer its own and the one on the source."""
    inputs = golden_inputs(name)
    model = load(AutoModelForSeq2SeqLM, name)
    found = call(model, inputs)
    layers = len(found.encoder_attentions)
    edges = {"encoder": (0, 1, 3, 6), "decoder": (layers, 2, 4, 1), "cross": (layers + 1, 0, 5, 2)}
    return {
        "inputs": inputs,
        "encoder": maps(found.encoder_attentions),
        "decoder": maps(found.decoder_attentions),
        "cross": maps(found.cross_attentions),
        "cuts": {name: {"edge": edge[1:], "after": rounded(call(model, inputs, {edge[0]: edge[1:]}).logits[0])} for name, edge in edges.items()},
    }


def chatglm(name):
    found = []
    plain = torch.Tensor.softmax

    def keeping(x, dim):
        found.append(plain(x, dim))
        return found[-1]

    ids = golden_inputs(name)["input_ids"][0]
    torch.Tensor.softmax = keeping
    try:
        own_families.run(folder(name), ids)
    finally:
        torch.Tensor.softmax = plain
    return {"inputs": {"input_ids": [ids]}, "attn": [rounded(layer) for layer in found]}


def main():
    made = {
        "bert": encoder("bert", (0, 1, 2, 7)),
        "modernbert": encoder("modernbert", (1, 0, 4, 3)),
        "xlnet": xlnet("xlnet"),
        "t5": t5("t5"),
        "chatglm-6b": chatglm("chatglm-6b"),
    }
    golden.write(os.path.join(golden.ROOT, "fixtures"), "attention.json", made)


if __name__ == "__main__":
    main()
