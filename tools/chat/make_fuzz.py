"""Random Jinja expressions and statements, and what jinja2 makes of them as transformers 5.24 configures it.

Writes fixtures/chat/jinja.json: [[source, text | null], ...], null where Python raises an error. All variables are those
of VARIABLES below, which the file also holds. More seeds: python3 tools/chat/make_fuzz.py 60000 more.json 7

  python3 tools/chat/make_fuzz.py [count] [path] [seed]     (needs transformers 5.24 and jinja2 3.1)
"""
import copy
import json
import pathlib
import random
import re
import signal
import sys

from transformers.utils.chat_template_utils import _compile_jinja_template

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "chat" / "jinja.json"
VARIABLES = {
    "t": "  Hello, World! \n", "u": "你好 🦊 é", "e": "", "n": None, "yes": True, "no": False, "i": 7, "z": 0, "neg": -3, "f": 2.5, "csv": "a,b,,c",
    "xs": [3, 1, 2], "ws": ["b", "A", "c", "a"], "mixed": [1, "x", None, True, [2], {"k": 1}], "nested": [[1, 2], [3], []], "empty": [],
    "d": {"b": 2, "a": 1, "C": 3}, "deep": {"x": {"y": [10, {"z": "end"}]}, "items": "key", "none": None},
    "ms": [{"role": "user", "content": "Hi  there", "n": 2}, {"role": "assistant", "content": None, "tool_calls": [{"name": "f", "arguments": {"a": 1.5, "b": "é\"\n"}}], "n": 1},
           {"role": "User", "content": [{"type": "text", "text": "look"}, {"type": "image"}], "n": 2}],
}
STRINGS = ["''", "' '", "'a'", "'Ab c'", "\"it's\"", "'\\n'", "'x\\ty'", "'<b>&'", "'-'", "'42'", "' 3.7 '", "'1e3'", "'abc'", "'a\\\\b'", "'ÉCOLE straße'", "'hello world foo-bar (baz)'", "'one\\ntwo\\n\\nthree'", "'\\x41\\u00e9'", "'%'"]
NUMBERS = ["0", "1", "2", "-1", "3", "10", "1.0", "2.5", "0.1", "-2.5", "1e20", "1e-5", "1_000", "0x1F", "100.0", "7", "1e16", "123456.789"]
LISTS = ["xs", "ws", "nested", "empty", "ms", "[1, 2.0, '3']", "(1, 2)", "(1,)", "()", "[]", "['x', 'y', 'z']", "range(3)", "range(5, 0, -2)", "[true, none, 1.5]", "csv.split(',')", "[[2, 'b'], [1, 'a']]", "[{'k': 1}, {'k': 3}, {}]"]
DICTS = ["d", "deep", "{}", "{'a': 1, 'b': [1, none]}", "{1: 'one', none: 2, true: 3}", "dict(a=1, b='x')", "ms[1]", "ms[1].tool_calls[0].arguments"]
NAMES = ["t", "u", "e", "n", "yes", "no", "i", "z", "neg", "f", "csv", "xs", "ws", "mixed", "nested", "empty", "d", "deep", "ms", "missing", "missing.x", "d.zz", "deep.x.y", "deep.items", "deep['items']", "d.items", "ms[0].role", "ms[-1].content", "ms[0]['nope']", "deep.none", "none", "None", "true", "False", "t.zz"]
TEXT_FILTERS = ["upper", "lower", "title", "capitalize", "trim", "trim('H \\n')", "length", "wordcount", "replace('l', 'L')", "replace('l', 'LL', 1)", "replace('', '-')", "reverse", "list", "first", "last", "string", "center(20)", "center(9)", "indent", "indent(2)", "indent(2, true)",
                "indent(width=3, first=true, blank=true)", "indent('> ')", "truncate(5)", "truncate(5, true)", "truncate(8, false, '..', 0)", "int", "int(5)", "float", "float(1.5)", "escape", "e", "safe", "urlencode", "tojson", "count", "default('x')", "d('x', true)", "join('-')", "join", "sort|join", "unique|list", "batch(2)|list",
                "slice(3)|list", "format(1)", "max", "min", "forceescape", "striptags", "map('upper')|list", "select|list", "abs", "round", "groupby(0)", "attr('upper')", "items|list", "tojson(indent=2)", "wordwrap(5)", "filesizeformat", "trim(chars=' ')"]
LIST_FILTERS = ["length", "first", "last", "list", "join(', ')", "join", "join(attribute='k')", "sort", "sort(reverse=true)", "sort(attribute='n')", "sort(case_sensitive=true)", "unique|list", "reverse|list", "max", "min", "sum", "sum(start=10)", "sum(attribute='n')", "map('string')|list", "map(attribute='role')|list",
                "map(attribute='nope', default='-')|list", "map('default', 'q')|list", "select|list", "reject|list", "select('string')|list", "select('number')|list", "reject('none')|list", "select('gt', 1)|list", "selectattr('content')|list|length", "selectattr('content', 'undefined')|list", "selectattr('tool_calls', 'defined')|list|length",
                "selectattr('role', 'equalto', 'user')|list", "rejectattr('role', 'in', ['user'])|map(attribute='role')|join", "selectattr('n', '>', 1)|map(attribute='n')|list", "groupby('n')", "groupby('role', default='x')", "groupby('role')|map('first')|list", "batch(2)|list", "batch(2, 'x')|list", "slice(2)|list", "slice(2, 'x')|list",
                "tojson", "tojson(indent=2)", "tojson(sort_keys=true)", "tojson(separators=(',', ':'))", "tojson(indent=0)", "tojson(ensure_ascii=true)", "string", "default([])", "random|string|length*0", "items|list", "dictsort", "map('length')|list", "map('upper')|list", "map('first')|list", "map('tojson')|join(' ')", "min(attribute='n')", "max(attribute='n')", "count", "map(attribute='n')|sum",
                "map(attribute='tool_calls.0.name')|list", "sort(attribute='role,n')|map(attribute='n')|list", "select", "first|default('none')", "pprint"]
DICT_FILTERS = ["length", "list", "items|list", "dictsort", "dictsort(true)", "dictsort(by='value')", "dictsort(reverse=true)", "tojson", "tojson(indent=2)", "tojson(indent=4, sort_keys=true)", "tojson(separators=(',', ':'), sort_keys=true)", "join", "string", "first", "last", "sort", "max", "default('x')", "urlencode", "map('upper')|list", "xmlattr", "count", "items|map('last')|list", "tojson(indent='\\t')"]
NUMBER_FILTERS = ["abs", "int", "float", "round", "round(1)", "round(2)", "round(0, 'floor')", "round(1, 'ceil')", "string", "tojson", "default(1)", "filesizeformat", "filesizeformat(true)", "length", "list", "upper", "trim", "join", "int|string", "float|int", "urlencode", "center(7)", "round|int", "sum", "capitalize"]
TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "iterable", "sequence", "callable", "true", "false", "odd", "even", "divisibleby 3", "divisibleby(2)", "eq 7", "equalto('a')", "ne 1", "gt 1", "lt(3)", "ge 7", "le 2", "in [1, 2, 7]", "in 'abc'", "sameas none", "sameas true", "lower", "upper", "== 7", "!= 'a'", "escaped", "in d", "greaterthan 2"]
METHODS = ["strip()", "strip('H !\\n')", "lstrip()", "lstrip(' ')", "rstrip()", "rstrip('\\n')", "upper()", "lower()", "title()", "capitalize()", "swapcase()", "split()", "split(',')", "split('l', 1)", "split(maxsplit=1)", "split(sep='o')", "rsplit(',', 1)", "rsplit(None, 1)", "splitlines()", "splitlines(true)", "startswith('a')", "startswith(('a', ' '))", "endswith('\\n')", "find('o')",
           "rfind('o')", "index('l')", "count('l')", "count('')", "replace('l', 'L')", "replace('l', '', 1)", "join(['x', 'y'])", "partition(',')", "rpartition(',')", "ljust(8)|tojson", "rjust(8, '.')", "zfill(5)", "center(9, '*')", "removeprefix('a')", "removesuffix('c')", "isdigit()", "isalpha()", "isalnum()", "isspace()", "isupper()", "islower()", "format(1, x=2)", "encode()",
           "isdecimal()", "isascii()", "isnumeric()", "casefold()", "expandtabs()", "isidentifier()", "istitle()"]
DICT_METHODS = ["items()", "keys()", "values()", "get('a')", "get('zz')", "get('zz', 'def')", "items()|list", "keys()|list", "values()|list", "items()|length", "keys()|sort", "copy()", "pop('a')", "update({})", "items", "get", "a", "zz", "setdefault('q', 1)", "get('none', 5)"]
LIST_METHODS = ["index(1)", "count(1)", "append(4)", "copy()", "pop()", "sort()", "0", "append", "index('b')", "extend([1])"]
SLICES = ["[0]", "[-1]", "[1:]", "[:-1]", "[::2]", "[::-1]", "[1:3]", "[5]", "[-2:]", "[:0]", "['a']", "[none:2]", "[i]", "[10:1:-2]", "[f]", "[true]"]
BINARY = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]


def atom(r):
    return r.choice([lambda: r.choice(NAMES), lambda: r.choice(NAMES), lambda: r.choice(STRINGS), lambda: r.choice(NUMBERS), lambda: r.choice(LISTS), lambda: r.choice(DICTS)])()


def expression(r, depth=0):
    if depth > 2 or r.random() < 0.15:
        return atom(r)
    sub = lambda: expression(r, depth + 1)
    wrap = lambda text: text if re.fullmatch(r"[\w.]+|'[^']*'", text) else f"({text})"
    kind = r.random()
    if kind < 0.15:
        return f"{r.choice(STRINGS + ['t', 'u', 'csv', 'e'])}|{r.choice(TEXT_FILTERS)}"
    if kind < 0.27:
        return f"{r.choice(LISTS + ['mixed', 'missing'])}|{r.choice(LIST_FILTERS)}"
    if kind < 0.33:
        return f"{r.choice(DICTS)}|{r.choice(DICT_FILTERS)}"
    if kind < 0.38:
        return f"{wrap(r.choice(NUMBERS))}|{r.choice(NUMBER_FILTERS)}"
    if kind < 0.46:
        return f"{wrap(r.choice(STRINGS + ['t', 'u', 'csv']))}.{r.choice(METHODS)}"
    if kind < 0.5:
        return f"{r.choice(['d', 'deep', 'ms[1]'])}.{r.choice(DICT_METHODS)}"
    if kind < 0.52:
        return f"{r.choice(['xs', 'ws', 'nested', '(1, 2, 1)'])}.{r.choice(LIST_METHODS)}"
    if kind < 0.58:
        return f"{wrap(atom(r))}{r.choice(SLICES)}"
    if kind < 0.66:
        return f"{wrap(sub())} is {r.choice(['', '', 'not '])}{r.choice(TESTS)}"
    if kind < 0.84:
        return f"{wrap(sub())} {r.choice(BINARY)} {wrap(sub())}"
    if kind < 0.88:
        return f"{wrap(sub())} if {wrap(sub())}" + (f" else {wrap(sub())}" if r.random() < 0.6 else "")
    if kind < 0.9:
        return f"not {wrap(sub())}"
    if kind < 0.92:
        return f"-{wrap(sub())}"
    if kind < 0.94:
        return f"[{sub()}, {sub()}]"
    if kind < 0.95:
        return f"{{'k': {sub()}, {atom(r)}: 1}}"
    if kind < 0.96:
        return f"{r.choice(NUMBERS)} {r.choice(['<', '<=', '=='])} {r.choice(NUMBERS)} {r.choice(['<', '!='])} {r.choice(NUMBERS)}"
    if kind < 0.97:
        return f"'{r.choice(['%s', '%d', '%5s|', '%-5s|', '%05d', '%.2f', '%r', '%s and %s', '%%', '%x', '%c', '%+d', '%5.1f', '%(a)s', '%e'])}' % {wrap(atom(r))}"
    if kind < 0.98:
        return f"'{r.choice(['{}', '{0} {1}', '{} {}', '{x}', '{:>5}', '{:05d}', '{:.2f}', '{0[0]}', '{{}}', '{!r}'])}'.format({atom(r)}, {atom(r)}, x={atom(r)})"
    return f"{wrap(sub())}|{r.choice(TEXT_FILTERS + LIST_FILTERS)}"


REPLACE = "replace('a', 'b')"
SPACES = ["", " ", "\n", "  \n", "\n\n", "\t", "x", " y ", "\n  "]


def tag(r, body):
    return "{%" + r.choice(["", "", "", "-", "+"]) + " " + body + " " + r.choice(["", "", "", "-", "+"]) + "%}" + r.choice(SPACES)


def show(r, text):
    return "{{" + r.choice(["", "", "-"]) + " " + text + " " + r.choice(["", "", "-"]) + "}}" + r.choice(SPACES)


LOOP = ["loop.index", "loop.index0", "loop.first", "loop.last", "loop.length", "loop.revindex", "loop.revindex0", "loop.previtem", "loop.nextitem", "loop.cycle('a', 'b')", "loop.depth", "loop.changed(v)", "v", "v", "loop"]


def statement(r, depth=0):
    if depth > 2:
        return r.choice(SPACES) + show(r, atom(r))
    sub = lambda: "".join(statement(r, depth + 1) for _ in range(r.randint(1, 2)))
    kind = r.randint(0, 19)
    x = lambda: expression(r, 1)
    space = r.choice(SPACES)
    if kind < 3:
        return space + show(r, x())
    if kind < 6:
        return space + tag(r, f"if {x()}") + sub() + (tag(r, f"elif {x()}") + sub() if r.random() < 0.3 else "") + (tag(r, "else") + sub() if r.random() < 0.5 else "") + tag(r, "endif")
    if kind < 10:
        over = r.choice(LISTS + DICTS + ["d.items()", "missing", "t", "u", "n", "nested", "ms"])
        target = "k, v" if over in ("d.items()", "[[2, 'b'], [1, 'a']]") else "v"
        body = show(r, r.choice(LOOP)) + (tag(r, f"if {r.choice(['loop.first', 'v', 'loop.index == 2', 'v == 1'])}") + r.choice([tag(r, "continue"), tag(r, "break"), tag(r, "set a = v"), show(r, "v")]) + tag(r, "endif") if r.random() < 0.5 else "") + sub()
        return space + tag(r, f"for {target} in {over}" + (f" if {r.choice(['v', 'v is string', 'v is defined', 'v is odd', 'v != 1', 'a'])}" if r.random() < 0.25 else "")) + body + (tag(r, "else") + sub() if r.random() < 0.3 else "") + tag(r, "endfor")
    if kind < 13:
        return space + tag(r, f"set {r.choice(['a', 'b', 'i', 'v'])} = {x()}") + show(r, r.choice(["a", "b", "i", "v"]))
    if kind == 13:
        return space + tag(r, "set ns = namespace(a=1, q=none)") + tag(r, "for v in xs") + tag(r, f"set ns.a = ns.a {r.choice(['+', '*', '~'])} v") + tag(r, "endfor") + show(r, r.choice(["ns.a", "ns", "ns.zz", "ns.q"]))
    if kind == 14:
        return space + tag(r, "macro m(p, q=2, r=p)") + show(r, r.choice(["p", "q", "r", "varargs", "kwargs", "caller()", "p ~ q", "i"])) + sub() + tag(r, "endmacro") + show(r, r.choice(["m(1)", "m('x', q=3)", "m()", "m(1, 2, 3, 4)", "m(1, zz=5)", "m(*[1, 2])", "m(**{'p': 4})", "m", "m.name"]))
    if kind == 15:
        return space + tag(r, "set a") + sub() + tag(r, "endset") + show(r, r.choice(["a", "a|trim", "a|length", "a|tojson"]))
    if kind == 16:
        return space + tag(r, f"filter {r.choice(['upper', 'trim', 'indent(2)', REPLACE, 'tojson', 'upper|trim'])}") + sub() + tag(r, "endfilter")
    if kind == 17:
        return space + tag(r, "macro c(x)") + "<" + show(r, r.choice(["caller()", "caller(x)", "x"])) + ">" + tag(r, "endmacro") + tag(r, f"call{r.choice(['', '(y)', '(y=1)'])} c(5)") + show(r, r.choice(["y", "'in'", "i"])) + tag(r, "endcall")
    if kind == 18:
        return space + r.choice(["{# c #}", "{#- c -#}", "{# c -#}\n", "{# a\nb #}\n", "  {# x #}", "{% raw %}{{ x }}{% endraw %}", "{%- raw -%} {% if %} {%- endraw -%}", "{% generation %}g{% endgeneration %}\n", tag(r, "with a = 1, b = i") + show(r, "a ~ b") + tag(r, "endwith"), "{", "{ {", "%}", "}}", "{% print 1, 2 %}"]) + r.choice(SPACES)
    return space + tag(r, f"set {r.choice(['a, b', 'a, (b, v)'])} = {r.choice(['1, 2', '(1, [2, 3])', 'xs[:2]', '[1, (2, 3)]'])}") + show(r, "[a, b, v]")


def run(source):
    try:
        return _compile_jinja_template.__wrapped__(source).render(**copy.deepcopy(VARIABLES))  # the filter indent changes a list it is given
    except Exception:
        return None


# what depends on the machine or on chance
UNSTABLE = re.compile(r"object at 0x| at 0x[0-9a-f]{6}|<built-in|<bound method|<function")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2600
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    r = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    sources = []
    for part in NAMES + STRINGS + NUMBERS + LISTS + DICTS:
        sources += [f"{{{{ {part} }}}}|{{{{ ({part})|tojson }}}}|{{{{ [{part}] }}}}"]
    sources += [f"{{{{ {a}|{b} }}}}" for a in ["t", "u", "'hello world foo-bar (baz)'", "'one\\ntwo\\n\\nthree'", "missing"] for b in TEXT_FILTERS]
    sources += [f"{{{{ {a}|{b} }}}}" for a in ["xs", "ws", "ms", "nested", "mixed"] for b in LIST_FILTERS]
    sources += [f"{{{{ {a}|{b} }}}}" for a in ["d", "deep"] for b in DICT_FILTERS]
    sources += [f"{{{{ {a} is {b} }}}}" for a in ["missing", "n", "yes", "i", "f", "t", "xs", "d", "range(3)", "namespace()", "'ABC'", "1.0"] for b in TESTS]
    sources += [f"{{{{ {a}.{b} }}}}" for a in ["t", "'a,b c'"] for b in METHODS] + [f"{{{{ d.{b} }}}}" for b in DICT_METHODS]
    sources += [f"{{{{ {a} {o} {b} }}}}" for o in BINARY for a in ["i", "f", "yes", "'a'", "xs", "n", "neg"] for b in ["2", "2.0", "'b'", "missing", "[1]"]]
    if len(sys.argv) > 3:
        sources = []
    while len(sources) < count:
        sources.append("{{ " + expression(r) + " }}" if r.random() < 0.6 else "".join(statement(r) for _ in range(r.randint(1, 3))))
    cases = []

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    for source in dict.fromkeys(sources):
        signal.alarm(5)
        text = run(source)
        signal.alarm(0)
        if text is not None and UNSTABLE.search(text):
            text = None
        if text is None or len(text) < 4000:
            cases.append([source, text])
    out.write_text(json.dumps({"variables": VARIABLES, "cases": cases}, ensure_ascii=False, separators=(",", ":")).replace('],["', '],\n["') + "\n")
    print(out, out.stat().st_size, len(cases), sum(text is None for _, text in cases))


if __name__ == "__main__":
    main()
