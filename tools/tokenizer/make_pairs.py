"""Two texts in one input: what the Rust library's post-processors make of them.

Every way of putting a pair together, on the vocabularies of make_fixtures.py. Writes fixtures/tokenizer/pairs.json:
[{"fixture", "post_processor", "cases": [[a, b or null, ids, type ids], ...]}].

  python3 tools/tokenizer/make_pairs.py          (needs tokenizers 0.23)
"""
import json
import pathlib

from tokenizers import Tokenizer

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "tokenizer"
TEXTS = [("The small fox", "counts the stars."), ("", "a"), ("a", ""), ("", ""), ("What are you doing?", None), ("", None), ("你好，世界！", "🦊⭐ caf\u00e9")]


def piece(name, type_id=0):
    return {"Sequence": {"id": name, "type_id": type_id}} if name in "AB" else {"SpecialToken": {"id": name, "type_id": type_id}}


def template(single, pair, tokens):
    return {"type": "TemplateProcessing", "single": [piece(*p) for p in single], "pair": [piece(*p) for p in pair],
            "special_tokens": {name: {"id": name, "ids": ids, "tokens": [name] * len(ids)} for name, ids in tokens.items()}}


bert = {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
roberta = {"type": "RobertaProcessing", "sep": ["<|im_end|>", 2], "cls": ["<|im_start|>", 1], "trim_offsets": True, "add_prefix_space": False}
byte_level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}
xlnet = template([("A", 0), ("</s>", 0), ("<pad>", 2)], [("A", 0), ("</s>", 0), ("B", 1), ("</s>", 1), ("<pad>", 2)], {"</s>": [1], "<pad>": [0]})
turned = template([("A", 3)], [("B", 1), ("</s>", 7), ("A", 2)], {"</s>": [1, 2]})
CASES = [("wordpiece", None), ("wordpiece", "own"), ("wordpiece", bert), ("gpt2", roberta), ("gpt2", byte_level), ("llama3", "own"),
         ("unigram", "own"), ("unigram", xlnet), ("unigram", turned), ("spm-legacy", "own")]


def main():
    out = []
    for fixture, post in CASES:
        file = json.loads((OUT / f"{fixture}.json").read_text())["tokenizer"]
        if post != "own":
            file["post_processor"] = post
        tokenizer = Tokenizer.from_str(json.dumps(file))
        cases = []
        for a, b in TEXTS:
            made = tokenizer.encode(a) if b is None else tokenizer.encode(a, b)
            cases.append([a, b, made.ids, made.type_ids])
        out.append({"fixture": fixture, "post_processor": file["post_processor"], "cases": cases})
    path = OUT / "pairs.json"
    path.write_text(json.dumps(out, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
