"""What the makers of the lesson models share: the texts of lookups with their tokenizer, NF4 files, the places of files.

Training loop, rounding, cards and goldens are those of tools/tiny (common.py). What is written here lies in public/lessons/:
matrices as bitsandbytes' NF4 (so what runs in the page is what was measured here), vectors and embeddings f16.
"""
import json
import os
import random
import sys

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "tiny"), os.path.join(HERE, "..", "storyteller")]
import common  # noqa: E402
import lookup  # noqa: E402

common.PLACE, common.GOLDENS = "lessons", "lessons"
BEGIN, END = 1, 2
NAMES = {"en": lookup.EN_NAMES[:24], "zh": lookup.ZH_NAMES[:24]}
THINGS = {"en": lookup.EN_THINGS[:24], "zh": lookup.ZH_THINGS[:24]}
PLACES = {"en": lookup.EN_PLACES, "zh": lookup.ZH_PLACES}
LANGS = ("en", "zh")


def where(lang, name, place):
    return f"{name} was in the {place}." if lang == "en" else f"{name}在{place}。"


def begun(lang, name):
    """The answer up to the place."""
    return f"{name} was in the" if lang == "en" else f"{name}在"


def asked(lang, name):
    return f"Where was {name}?" if lang == "en" else f"{name}在哪里？"


def joined(lang, parts):
    return (" " if lang == "en" else "").join(parts)


def people(rng, lang, k):
    """k times (name, place), all their own."""
    return list(zip(rng.sample(NAMES[lang], k), rng.sample(PLACES[lang], k)))


def tokenizer(more=()):
    """Unigram, one piece a word; `more` words beside those of the lookups. <unk> 0, <s> 1, </s> 2; a text begins with <s>."""
    words = ["▁" + w for w in NAMES["en"] + PLACES["en"] + "was in the Where".split()] + NAMES["zh"] + PLACES["zh"] + ["在", "哪里"] + list(more) + list(".?。？▁")
    t = Tokenizer(models.Unigram([("<unk>", 0.), ("<s>", 0.), ("</s>", 0.)] + [(w, -3. - .1 * (len(w) < 2)) for w in dict.fromkeys(words)], 0, False))
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    t.decoder = decoders.Metaspace(prepend_scheme="always")
    t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", BEGIN)])
    t.add_special_tokens(["<unk>", "<s>", "</s>"])
    return t


def save_tokenizer(t, name, length):
    path = common.folder(name)
    t.save(f"{path}/tokenizer.json", pretty=False)
    common.write_json(f"{path}/tokenizer_config.json", dict(tokenizer_class="PreTrainedTokenizerFast", bos_token="<s>", eos_token="</s>", unk_token="<unk>", clean_up_tokenization_spaces=False, model_max_length=length))
    common.write_json(f"{path}/generation_config.json", dict(bos_token_id=BEGIN, eos_token_id=END, do_sample=False))


def nf4_parts(name, w):
    """bitsandbytes' tensors of one matrix [out, in], its scales not quantized again."""
    flat = torch.nn.functional.pad(w.float().flatten(), (0, -w.numel() % 64)).view(-1, 64)
    top = flat.abs().amax(1)
    codes = torch.bucketize(flat / top.clamp_min(1e-20)[:, None], common.MIDDLES).flatten()[:w.numel()].to(torch.uint8)
    codes = torch.nn.functional.pad(codes, (0, codes.numel() % 2))
    state = json.dumps(dict(quant_type="nf4", blocksize=64, dtype="float32", shape=list(w.shape))).encode()
    return {name: (codes[::2] << 4 | codes[1::2])[:, None], f"{name}.absmax": top, f"{name}.quant_map": common.LEVELS.clone(), f"{name}.quant_state.bitsandbytes__nf4": torch.tensor(list(state), dtype=torch.uint8)}


def unpacked(tensors, name):
    codes = torch.stack((tensors[name][:, 0] >> 4, tensors[name][:, 0] & 15), 1).flatten().long()
    shape = json.loads(bytes(tensors[f"{name}.quant_state.bitsandbytes__nf4"].tolist()))["shape"]
    n = shape[0] * shape[1]
    return (common.LEVELS[codes[:n]] * tensors[f"{name}.absmax"].repeat_interleave(64)[:n]).view(shape)


def turned(net):
    """Names of the matrices that GPT-2 keeps as [in, out]."""
    return {f"{n}.weight" for n, m in net.named_modules() if type(m).__name__ == "Conv1D"}


def export(name, net, config, **trained):
    """config.json and the weights: matrices NF4, all else f16; how it was trained goes into the weights' metadata."""
    path, out, flip = common.folder(name), {}, turned(net)
    for key, p in net.named_parameters():
        w = p.detach().T if key in flip else p.detach()
        if common.role(key, p) is common.nf4: out |= nf4_parts(key, w)
        else: out[key] = w.half()
        assert all(torch.isfinite(v.float()).all() for v in out.values())
    save_file({k: v.contiguous() for k, v in out.items()}, f"{path}/model.safetensors", metadata={"format": "pt", **{k: str(v) for k, v in trained.items()}})
    os.chmod(f"{path}/model.safetensors", 0o644)
    packing = dict(quant_method="bitsandbytes", load_in_4bit=True, load_in_8bit=False, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=False, bnb_4bit_compute_dtype="float32", bnb_4bit_quant_storage="uint8", llm_int8_skip_modules=["lm_head", "embed_out"])
    common.write_json(f"{path}/config.json", config | dict(quantization_config=packing))


def load(name, net):
    """The shipped weights as the page computes with them (NF4 matrices, the embedding rounded to int8). -> how it was trained."""
    with safe_open(os.path.join(common.folder(name), "model.safetensors"), "pt") as f:
        tensors, made, flip = {k: f.get_tensor(k) for k in f.keys()}, f.metadata(), turned(net)
    for key, p in net.named_parameters():
        if f"{key}.absmax" in tensors:
            w = unpacked(tensors, key)
            p.data = w.T.contiguous() if key in flip else w
        else: p.data = common.int8(tensors[key].float()) if common.role(key, p) is common.int8 else tensors[key].float()
    net.eval()
    return made


def config_of(net):
    junk = ("_name_or_path", "id2label", "label2id", "problem_type", "output_hidden_states", "output_attentions", "return_dict", "chunk_size_feed_forward", "transformers_version", "dtype")
    return {k: v for k, v in sorted(net.config.to_dict().items()) if k not in junk} | dict(architectures=[type(net).__name__], torch_dtype="float16")


def about(name, title, en, zh, **more):
    """What the page says of it."""
    common.write_json(os.path.join(common.folder(name), "about.json"), dict(title=title, licence="Apache-2.0", about=dict(en=en, zh=zh)) | more)


def probability(right, n):
    return f"{right / n:.2f}"


def seeded(seed):
    return random.Random(seed)
