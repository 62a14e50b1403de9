"""Talks of a model that calls tools: sums for the calculator, times for the clock, measures for the converter, notes; what the
tools give back is written as src/tools writes it, and the template is the one of the model's file.

Nothing here computes an answer in the model's place: an expression is copied out of the question, a result out of what the tool said.
"""
import json

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from common import folder, write_json

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"]
TOOLS = ["calculator", "clock", "convert_units", "note", "search_my_documents", "read_document"]
REFUSED = "The user refused this call."
TEMPLATE = (
    "{% if tools %}{{ '<|im_start|>system\nTools:' }}{% for tool in tools %}{{ ' ' + tool.function.name }}{% endfor %}{{ '<|im_end|>\n' }}{% endif %}"
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' }}{% if message.content %}{{ message.content }}{% endif %}"
    "{% if message.tool_calls %}{% for call in message.tool_calls %}"
    "{{ '<tool_call>{\"name\": \"' + call.function.name + '\", \"arguments\": ' + (call.function.arguments | tojson) + '}</tool_call>' }}"
    "{% endfor %}{% endif %}{{ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")

CITIES = {"London": ("伦敦", "Europe/London"), "Paris": ("巴黎", "Europe/Paris"), "Tokyo": ("东京", "Asia/Tokyo"), "Shanghai": ("上海", "Asia/Shanghai"), "New York": ("纽约", "America/New_York")}
UNITS = [("km", "mi"), ("mi", "km"), ("kg", "lb"), ("lb", "kg"), ("m", "ft"), ("ft", "m"), ("cm", "in"), ("in", "cm")]
DO = dict(en=["buy", "bring", "wash", "find", "call", "paint"], zh=["买", "带", "洗", "找", "看", "画"])
WHAT = dict(en=["milk", "bread", "the cat", "Anna", "Tom", "the boat", "two apples"], zh=["牛奶", "面包", "猫", "安娜", "小船", "苹果"])
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
HELLO = dict(en=(["Hello!", "Hi there.", "Good morning."], "Hello! Ask me for a sum."), zh=(["你好！", "早上好。", "嗨。"], "你好！请让我算一道题。"))
SAY = dict(en=dict(none="I have no tool for that.", refused="Then I cannot say.", error="The tool gave no result.", noted="It is noted.", sum="It is {}.", time="It is {}.", unit="That is {}."),
           zh=dict(none="我没有能做这件事的工具。", refused="那我就说不出来了。", error="工具没有给出结果。", noted="记下了。", sum="结果是 {}。", time="现在是 {}。", unit="那是 {}。"))
ASK = dict(en=["What is {}?", "How much is {}?", "{} = ?", "Compute {}.", "{}"], zh=["{}是多少？", "{}等于多少？", "{} = ？", "请算{}。", "{}"])
SIGNS = {"+": dict(en=[" + ", "+", " plus "], zh=[" + ", "+", "加"]), "-": dict(en=[" - ", "-", " minus "], zh=[" - ", "-", "减"]), "*": dict(en=[" * ", "*", " × ", " times "], zh=[" * ", "*", "×", "乘", "乘以"])}


def number(rng):
    return rng.choice([rng.randint(0, 9), rng.randint(10, 99), rng.randint(100, 999)])


def sums(rng, lang):
    parts, said = [str(number(rng))], ""
    said = parts[0]
    for _ in range(rng.choice([1, 1, 1, 2])):
        sign, b = rng.choice("+-*"), str(number(rng))
        parts += [sign, b]
        said += rng.choice(SIGNS[sign][lang]) + b
    expression = "".join(parts)
    value = eval(expression)  # whole numbers and + - * that were drawn above
    result = f"{expression} = {value}"
    return rng.choice(ASK[lang]).format(said), "calculator", {"expression": expression}, result, SAY[lang]["sum"].format(value)


def times(rng, lang):
    clock = f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}"
    result = f"20{rng.randint(25, 39)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} {clock}:{rng.randint(0, 59):02}, {rng.choice(DAYS)}, "
    answer = SAY[lang]["time"].format(clock)
    if rng.random() < .5:
        return rng.choice(dict(en=["What time is it?", "What time is it now?"], zh=["现在几点？", "几点了？"])[lang]), "clock", {}, result + "UTC (GMT)", answer
    city, (name, zone) = rng.choice(list(CITIES.items()))
    return dict(en=f"What time is it in {city}?", zh=f"{name}现在几点？")[lang], "clock", {"time_zone": zone}, f"{result}{zone} (GMT+0{rng.randint(0, 9)}:00)", answer


def measures(rng, lang):
    n, (a, b) = number(rng), rng.choice(UNITS)
    made = f"{rng.randint(0, 999)}.{rng.randint(0, 9999)}"
    result = f"{n} {a} {rng.choice('=≈')} {made} {b}"
    asked = rng.choice(dict(en=[f"How many {b} are {n} {a}?", f"Convert {n} {a} to {b}.", f"{n} {a} in {b}?"], zh=[f"{n} {a}等于多少 {b}？", f"把 {n} {a}换算成 {b}。"])[lang])
    return asked, "convert_units", {"value": n, "from": a, "to": b}, result, SAY[lang]["unit"].format(f"{made} {b}")


def notes(rng, lang):
    do, what = rng.choice(DO[lang]), rng.choice(WHAT[lang])
    text = f"{do} {what}" if lang == "en" else do + what
    return rng.choice(dict(en=["Note: {}", "Remember: {}", "Make a note: {}"], zh=["记一下：{}", "记住：{}", "请记下：{}"])[lang]).format(text), "note", {"text": text}, json.dumps({"notes": [text]}, ensure_ascii=False, separators=(",", ":")), SAY[lang]["noted"]


KINDS = dict(calculator=sums, clock=times, convert_units=measures, note=notes)


def call(name, args):
    return f'<tool_call>{{"name": "{name}", "arguments": {json.dumps(args, ensure_ascii=False)}}}</tool_call>'


def exchange(rng, offered, kind=None, end=None):
    """[(role, text)] from a question to its answer. @param end how the call ends: result, refused, error"""
    lang = rng.choice(["en", "zh"])
    if kind is None and rng.random() < .04:
        asked, answer = HELLO[lang]
        return [("user", rng.choice(asked)), ("assistant", answer)]
    # half of all are sums: copying numbers is what is hard
    kind = kind or rng.choice(["calculator", rng.choice(list(KINDS))])
    asked, name, args, result, answer = KINDS[kind](rng, lang)
    if name not in offered: return [("user", asked), ("assistant", SAY[lang]["none"])]
    end = end or ("result" if rng.random() < .8 else rng.choice(["refused", "error"]))
    if end == "refused": result, answer = REFUSED, SAY[lang]["refused"]
    if end == "error": result, answer = f'Error: {rng.choice(["there is no", "it is not known", "something is missing", "stopped by the user"])} "{rng.choice(TOOLS)}".', SAY[lang]["error"]
    return [("user", asked), ("assistant", call(name, args)), ("tool", result), ("assistant", answer)]


def talk(rng):
    """(offered tools, turns): one exchange or two; what was said before keeps its calls out, as the agent's memory does, or not."""
    offered = [t for t in TOOLS if rng.random() < (.9 if t in KINDS else .3)]
    turns = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        # an answer whose call is left out is read and never learnt: nobody could have known it
        if rng.random() < .5: turns = [("told" if role == "assistant" else role, text) for role, text in turns if role != "tool" and not text.startswith("<tool_call>")]
        turns += exchange(rng, offered)
    return offered, turns


def head(offered):
    return f"<|im_start|>system\nTools: {' '.join(offered)}<|im_end|>\n" if offered else ""


def encoded(T, offered, turns):
    """Ids, and which of them the model wrote."""
    ids = T.encode(head(offered)).ids
    own = [False] * len(ids)
    for role, text in turns:
        begin, said = T.encode(f"<|im_start|>{'assistant' if role == 'told' else role}\n").ids, T.encode(f"{text}<|im_end|>").ids
        end = T.encode("\n").ids
        ids += begin + said + end
        own += [False] * len(begin) + [role == "assistant"] * len(said) + [False] * len(end)
    return ids, own


def tokenizer(rng, size=448):
    """Byte-level BPE, digits one by one: a number is copied digit by digit."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.decoder = decoders.ByteLevel()
    texts = [head(o) + "\n".join(f"{r}\n{x}" for r, x in turns) for o, turns in (talk(rng) for _ in range(4000))]
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return t


def save(t, name):
    path = folder(name)
    t.save(f"{path}/tokenizer.json", pretty=False)
    write_json(f"{path}/tokenizer_config.json", dict(tokenizer_class="PreTrainedTokenizerFast", eos_token="<|im_end|>", pad_token="<|endoftext|>", clean_up_tokenization_spaces=False, model_max_length=512, chat_template=TEMPLATE))
    write_json(f"{path}/generation_config.json", dict(eos_token_id=2, pad_token_id=0, do_sample=False))


if __name__ == "__main__":
    import random
    r = random.Random(1)
    T = tokenizer(r)
    lengths = []
    for i in range(400):
        offered, turns = talk(r)
        ids, own = encoded(T, offered, turns)
        lengths.append(len(ids))
        if i < 4: print(T.get_vocab_size(), len(ids), sum(own), T.decode(ids, skip_special_tokens=False), T.encode(turns[0][1]).tokens)
    print(sum(lengths) / 400, max(lengths))
