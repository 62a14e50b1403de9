"""GGUF files of tiny models by llama.cpp's own converter, with the logits of the Hugging Face model they were made of.

    LLAMA_CPP=…/llama.cpp python3 family_gguf.py OUT FOLDER [--type f16]

FOLDER is one that families.py or own_families.py wrote. LLAMA_CPP is the source folder that holds convert_hf_to_gguf.py and conversion/:
`pip download llama-cpp-python==0.3.36 --no-binary :all: --no-deps` has it as vendor/llama.cpp. Only the vocabulary is ours, as many tokens
as the model has rows, in the form of its kind: the tiny models have no tokenizer. golden.json is the folder's own; where llama.cpp's format
drops something (heads of encoders) the caller asks families.py for what is left: --task base or encoder.
"""
import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import torch

import golden

sys.path[:0] = [os.environ["LLAMA_CPP"], os.path.join(os.environ["LLAMA_CPP"], "gguf-py")]
import gguf  # noqa: E402
from conversion import ModelBase, ModelType, get_model_class  # noqa: E402

SPM, BYTES, WORDS, UNIGRAM = "llama", "gpt2", "bert", "t5"
KIND = {"llama": SPM, "mistral": SPM, "mixtral": SPM, "baichuan": SPM, "gemma": SPM, "gemma2": SPM, "gemma3_text": SPM, "phi3": SPM, "t5": UNIGRAM, "bert": WORDS, "distilbert": WORDS, "nomic_bert": WORDS,
        "xlm-roberta": UNIGRAM}


def vocabulary(writer, kind, size):
    """`size` tokens: three specials, then one per Chinese character."""
    tokens = ["<pad>", "<s>", "</s>", *(chr(0x4E00 + i) for i in range(size - 3))]
    writer.add_tokenizer_model(kind)
    if kind == BYTES:
        writer.add_tokenizer_pre("gpt-2")
    if kind == WORDS:
        tokens[3:] = ["▁" + t for t in tokens[3:]]
    writer.add_token_list(tokens)
    if kind != BYTES:
        writer.add_token_scores([-float(i) for i in range(size)])
    else:
        writer.add_token_merges([f"{tokens[3]} {tokens[4]}"])
    writer.add_token_types([3, 3, 3] + [1] * (size - 3))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    if kind in (SPM, UNIGRAM):
        writer.add_unk_token_id(0)


def nomic_keys(c):
    """The keys of Nomic's own code, which the converter asks for and transformers does not read."""
    old = {"hidden_size": "n_embd", "num_attention_heads": "n_head", "num_hidden_layers": "n_layer", "intermediate_size": "n_inner", "layer_norm_eps": "layer_norm_epsilon"}
    return {old.get(k, k): v for k, v in c.items() if k not in ("hidden_act", "max_position_embeddings", "head_dim")} | {
        "n_positions": 8192, "activation_function": "swiglu", "rotary_emb_base": c.get("rope_theta", 1000), "rotary_emb_fraction": 1.0, "rotary_emb_interleaved": False, "rotary_emb_scale_base": None,
        "qkv_proj_bias": False, "mlp_fc1_bias": False, "mlp_fc2_bias": False, "prenorm": False, "causal": False, "use_rms_norm": False}


def convert(out, folder, kind="f32"):
    """Writes OUT/model.gguf and OUT/golden.json."""
    os.makedirs(out, exist_ok=True)
    config = json.load(open(os.path.join(folder, "config.json"), encoding="utf-8"))
    hparams = dict(config)  # as written: through AutoConfig it would be transformers 5's wording, which the converter does not know everywhere
    cls = get_model_class(config["architectures"][0])
    rows = hparams.get("padded_vocab_size", hparams["vocab_size"])
    family = config["model_type"]
    if family == "nomic_bert":
        hparams = nomic_keys(hparams)

    def set_vocab(self):
        vocabulary(self.gguf_writer, KIND.get(family, BYTES), rows)
        if family in ("bert", "distilbert", "roberta", "xlm-roberta", "nomic_bert"):
            self.gguf_writer.add_token_type_count(config.get("type_vocab_size", 1))
    ours = {"set_vocab": set_vocab, "model_arch": cls.model_arch}
    if family == "baichuan":  # 0.3.36 asks itself for every other tensor, without end
        ours["modify_tensors"] = lambda self, x, name, bid: cls.modify_tensors(self, x, name, bid) if "W_pack" in name else super(cls, self).modify_tensors(x, name, bid)
    if family == "stablelm":  # 0.3.36 returns its stacked norms from a generator, where they are lost
        norms = {}

        def stack(self, x, name, bid):
            if "layernorm.norms." not in name:
                yield from cls.modify_tensors(self, x, name, bid)
                return
            place, head = name.split(".norms.")[0], int(name.split(".")[-2])
            norms.setdefault(place, {})[head] = x
            if len(norms[place]) == hparams["num_attention_heads" if "q_layernorm" in place else "num_key_value_heads"]:
                yield from super(cls, self).modify_tensors(torch.stack([norms[place][i] for i in sorted(norms[place])]), place + ".weight", bid)
        ours["modify_tensors"] = stack
    made = type("Tiny" + cls.__name__, (cls,), ours)
    ftype = {"f32": gguf.LlamaFileType.ALL_F32, "f16": gguf.LlamaFileType.MOSTLY_F16, "bf16": gguf.LlamaFileType.MOSTLY_BF16, "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}[kind]
    with torch.inference_mode(), tempfile.TemporaryDirectory() as path:
        shutil.copytree(folder, path, dirs_exist_ok=True)
        if family in ("gemma3_text", "nomic_bert"):  # they look at it, for its size and its kind
            golden.write(path, "tokenizer.json", {"model": {"type": "WordPiece", "vocab": {str(i): i for i in range(rows)}}, "added_tokens": []})
        made(Path(path), ftype, Path(out) / "model.gguf", hparams=hparams).write()
    shutil.copy(os.path.join(folder, "golden.json"), os.path.join(out, "golden.json"))
    golden.chmod(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("folder")
    parser.add_argument("--type", default="f32", choices=["f32", "f16", "bf16", "q8_0"])
    args = parser.parse_args()
    convert(args.out, args.folder, args.type)


if __name__ == "__main__":
    main()
