"""Added tokens that stand beside tokenizer.json, and what transformers' AutoTokenizer makes of them.

Writes fixtures/tokenizer/config-tokens.json: {"tokenizer": tokenizer.json, "cases": [{name, added?, config, map?, legacy?,
runs: [[text, ids, decoded, skipped], ...]}]}; `added` replaces the file's added_tokens, `map` is special_tokens_map.json,
`legacy` is added_tokens.json.

  python3 tools/tokenizer/make_config_tokens.py          (needs transformers 5.24)
"""
import json
import pathlib
import tempfile

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoTokenizer

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "tokenizer" / "config-tokens.json"


def token(content, **flags):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **flags}


def entry(i, content, **flags):
    return {"id": i, **token(content, **flags)}


BASE = {"tokenizer_class": "PreTrainedTokenizerFast"}
CASES = [
    {"name": "only in the config", "config": {"added_tokens_decoder": {"300": token("<tool>"), "301": token("</tool>", special=False)}}},
    {"name": "ids out of order", "config": {"added_tokens_decoder": {"400": token("<b>"), "300": token("<a>"), "1000": token("<c>")}}},
    {"name": "an id in the vocabulary", "config": {"added_tokens_decoder": {"5": token("a"), "6": token("zz")}}},
    {"name": "other flags than the file's", "config": {"added_tokens_decoder": {"258": token("<|x|>", lstrip=True, rstrip=True)}}},
    {"name": "the same flags", "config": {"added_tokens_decoder": {"258": token("<|x|>")}}},
    {"name": "lstrip and rstrip", "config": {"added_tokens_decoder": {"300": token("<l>", lstrip=True), "301": token("<r>", rstrip=True)}}},
    {"name": "single word", "config": {"added_tokens_decoder": {"300": token("tool", single_word=True, special=False)}}},
    {"name": "normalized", "config": {"added_tokens_decoder": {"300": token("<tool>", normalized=True, special=False)}}},
    {"name": "flags left out", "config": {"added_tokens_decoder": {"300": {"content": "<tool>"}, "301": {"content": "<a>", "special": True}}}},
    {"name": "named tokens that are new", "config": {"bos_token": "<bos>", "eos_token": "<|x|>", "pad_token": "<a>"}},
    {"name": "a named token of the vocabulary", "config": {"eos_token": "a"}},
    {"name": "a named token with flags", "config": {"eos_token": {"__type": "AddedToken", **{k: v for k, v in token("<tool>", lstrip=True).items() if k != "special"}}}},
    {"name": "a named token that the decoder lists", "config": {"eos_token": "<tool>", "added_tokens_decoder": {"300": token("<tool>", special=False, rstrip=True)}}},
    {"name": "additional_special_tokens", "config": {"additional_special_tokens": ["<a>", "<b>", "<|x|>"]}},
    {"name": "extra_special_tokens as a list", "config": {"extra_special_tokens": ["<b>", "<a>"], "eos_token": "<c>"}},
    {"name": "extra_special_tokens as names", "config": {"extra_special_tokens": {"image_token": "<b>", "boi_token": "<a>"}}},
    {"name": "a token of the model's own", "config": {"image_token": "<b>", "eos_token": "<a>"}},
    {"name": "special_tokens_map.json", "config": {}, "map": {"eos_token": "<a>", "bos_token": {k: v for k, v in token("<b>", lstrip=True).items() if k != "special"}, "additional_special_tokens": ["<c>"]}},
    {"name": "added_tokens.json", "config": {}, "legacy": {"<tool>": 300, "<a>": 301}},
    {"name": "both old files", "config": {}, "map": {"eos_token": "<a>"}, "legacy": {"<tool>": 300, "<a>": 301}},
    {"name": "old files beside a decoder", "config": {"added_tokens_decoder": {"300": token("<b>")}}, "map": {"eos_token": "<a>"}, "legacy": {"<tool>": 300}},
    {"name": "a text that stands twice", "added": [entry(258, "<|x|>"), entry(259, "<a>"), entry(260, "<a>", lstrip=True, special=False)], "config": {}},
    {"name": "ids that jump", "added": [entry(258, "<|x|>"), entry(300, "<a>"), entry(500, "<b>")], "config": {}},
    {"name": "an added token of the vocabulary", "added": [entry(300, "a"), entry(301, "<b>")], "config": {}},
]
TEXTS = ["Hi <tool>x</tool> end", "a <tool> b <a> c", "<a><b><c>", "a <l> b <r> c", "tool toolbox a tool.", "<|x|> a <|x|> b", "<bos>zz", "<a> <b>  <c>"]


def main():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    t = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate([*alphabet, "zz", "to"])}, merges=[("z", "z"), ("t", "o")]))
    t.pre_tokenizer, t.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    file = json.loads(t.to_str())
    file["added_tokens"] = [entry(258, "<|x|>")]
    cases = []
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            there = pathlib.Path(folder)
            (there / "tokenizer.json").write_text(json.dumps({**file, "added_tokens": case.get("added", file["added_tokens"])}))
            (there / "tokenizer_config.json").write_text(json.dumps({**BASE, **case["config"]}))
            if "map" in case:
                (there / "special_tokens_map.json").write_text(json.dumps(case["map"]))
            if "legacy" in case:
                (there / "added_tokens.json").write_text(json.dumps(case["legacy"]))
            auto = AutoTokenizer.from_pretrained(folder)
        runs = []
        for text in TEXTS:
            ids = auto.encode(text, add_special_tokens=False)
            runs.append([text, ids, auto.backend_tokenizer.decode(ids, skip_special_tokens=False), auto.backend_tokenizer.decode(ids, skip_special_tokens=True)])
        cases.append({**case, "runs": runs})
    OUT.write_text(json.dumps({"tokenizer": file, "cases": cases}, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(OUT, OUT.stat().st_size)


if __name__ == "__main__":
    main()
