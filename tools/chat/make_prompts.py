"""Prompts of the models whose turns are ids, by the formulas of their own code, on a tiny SentencePiece model.

Writes fixtures/chat/prompts.model and fixtures/chat/prompts.json: [{name, config, generation, tokenizer, messages,
tools?, ids}]. Every stretch of text is encoded alone, as tokenization_chatglm.py and Baichuan's generation_utils.py do;
the ids of the turns are put between them by hand. Nothing of the product's code is used.

  python3 tools/chat/make_prompts.py          (needs sentencepiece)
"""
import io
import json
import pathlib

import sentencepiece as spm

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "chat"
TEXT = """the quick brown fox jumps over the lazy dog and asks what the weather is
Answer the following questions as best as you can. You have access to the following tools
你好，我是一个人工智能助手。今天天气怎么样？北京今天晴，二十二度。
问：答：[Round 0] [Round 1] tool_call(city='北京') python name description parameters
<|user|> <|assistant|> [gMASK] sop
""".splitlines()

model = io.BytesIO()
spm.SentencePieceTrainer.train(
    sentence_iterator=iter(TEXT * 20), model_writer=model, model_type="bpe", vocab_size=500, byte_fallback=True,
    character_coverage=1.0, normalization_rule_name="identity", remove_extra_whitespaces=False, num_threads=1,
    minloglevel=2, pad_id=-1, unk_id=0, bos_id=1, eos_id=2)
(OUT / "prompts.model").write_bytes(model.getvalue())
sp = spm.SentencePieceProcessor(model_proto=model.getvalue())
N = sp.get_piece_size()
E = sp.encode

SYSTEM = {"role": "system", "content": "Be brief."}
ASK = {"role": "user", "content": "你好 fox"}
TALK = [ASK, {"role": "assistant", "content": "the weather is 晴"}, {"role": "user", "content": "what <|user|>\n [gMASK]?"}]
TOOLS = [{"name": "weather", "description": "今天天气", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}]
CALL = [ASK, {"role": "assistant", "tool_calls": [{"function": {"name": "weather", "arguments": {"city": "北京", "days": 2, "now": True}}}]},
        {"role": "tool", "content": "22"}]
INTRO = "Answer the following questions as best as you can. You have access to the following tools:"

# [MASK] [gMASK] [sMASK] sop eop, then the roles
GMASK, SOP = N + 1, N + 3
ROLE = {"system": N + 5, "user": N + 6, "assistant": N + 7, "observation": N + 8}


def glm3(messages, tools=None):
    ids = [GMASK, SOP]

    def say(role, metadata, content):
        ids.extend([ROLE[role], *E(f"{metadata}\n"), *E(content)])

    if tools:
        say("system", "", INTRO + "\n" + json.dumps(tools, indent=4, ensure_ascii=False))
    for m in messages:
        if m.get("tool_calls"):
            call = m["tool_calls"][0]["function"]
            say("assistant", call["name"], "```python\ntool_call(" + ", ".join(f"{k}={v!r}" for k, v in call["arguments"].items()) + ")\n```")
        else:
            say({"tool": "observation"}.get(m["role"], m["role"]), "", m["content"])
    return ids + [ROLE["assistant"]]


def glm2(messages):
    text, n, q = "", 1, None
    for m in messages:
        if m["role"] == "user":
            q = m["content"]
        else:
            text, n = text + f"[Round {n}]\n\n问：{q}\n\n答：{m['content']}\n\n", n + 1
    return [GMASK, SOP, *E(text + f"[Round {n}]\n\n问：{q}\n\n答：")]


def baichuan(messages, user, assistant, eos):
    ids = []
    for m in messages:
        if m["role"] == "system":
            ids += E(m["content"])
        elif m["role"] == "user":
            ids += [user, *E(m["content"])]
        else:
            ids += [assistant, *E(m["content"]), *([eos] if eos is not None else [])]
    return ids + [assistant]


GLM = {"model_type": "chatglm", "num_layers": 2, "seq_length": 8192}
glm3_tok = {"tokenizer_class": "ChatGLMTokenizer", "name_or_path": "THUDM/chatglm3-6b"}
glm2_tok = {"tokenizer_class": "ChatGLMTokenizer", "name_or_path": "THUDM/chatglm2-6b"}
bc = {"model_type": "baichuan", "vocab_size": N}
bc_tok = {"tokenizer_class": "BaichuanTokenizer", "add_bos_token": False, "add_eos_token": False}
cases = []
for name, messages in [("one question", [ASK]), ("a talk", TALK)]:
    cases += [
        {"name": f"ChatGLM3, {name}", "config": GLM, "tokenizer": glm3_tok, "messages": messages, "ids": glm3(messages)},
        {"name": f"ChatGLM2, {name}", "config": {**GLM, "seq_length": 32768}, "tokenizer": glm2_tok, "messages": messages, "ids": glm2(messages)},
        {"name": f"Baichuan-1, {name}", "config": bc, "tokenizer": bc_tok, "generation": {"user_token_id": 195, "assistant_token_id": 196},
         "messages": messages, "ids": baichuan(messages, 195, 196, 2)},
        {"name": f"Baichuan-2, {name}", "config": {**bc, "vocab_size": 125696}, "tokenizer": bc_tok,
         "generation": {"user_token_id": 203, "assistant_token_id": 204}, "messages": messages, "ids": baichuan(messages, 203, 204, None)},
    ]
cases += [
    {"name": "ChatGLM3, a system", "config": GLM, "tokenizer": glm3_tok, "messages": [SYSTEM, ASK], "ids": glm3([SYSTEM, ASK])},
    {"name": "ChatGLM3, tools", "config": GLM, "tokenizer": glm3_tok, "messages": CALL, "tools": TOOLS, "ids": glm3(CALL, TOOLS)},
    {"name": "Baichuan-2, a system", "config": {**bc, "vocab_size": 125696}, "tokenizer": bc_tok,
     "generation": {"user_token_id": 195, "assistant_token_id": 196}, "messages": [SYSTEM, ASK], "ids": baichuan([SYSTEM, ASK], 195, 196, None)},
]
(OUT / "prompts.json").write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n")
print(N, len(cases))
