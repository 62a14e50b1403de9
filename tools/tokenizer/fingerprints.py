"""Fingerprints of published byte-level vocabularies, for src/engine/tokenizer/pre.ts.

    python tools/tokenizer/fingerprints.py FILE...

FILE is a tokenizer.json, a GPT-2 encoder.json, a .tiktoken file, a tekken.json or a .gguf.
Prints the range of tokens that training made, its first and last token, and the SHA-256 of
their texts, each followed by a line feed.
"""
import base64
import hashlib
import json
import sys


def byte_letters():
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + i) for i, b in enumerate(rest)}


letters = byte_letters()
spell = lambda text: ''.join(letters[b] for b in base64.b64decode(text))


def tokens(path):
    """(tokens by id, ids that are no text)"""
    if path.endswith('.gguf'):
        import gguf
        fields = gguf.GGUFReader(path).fields
        names, types = fields['tokenizer.ggml.tokens'], fields['tokenizer.ggml.token_type']
        kinds = [int(types.parts[i][0]) for i in types.data]
        return [bytes(names.parts[i]).decode() for i in names.data], {i for i, kind in enumerate(kinds) if kind != 1}
    if path.endswith('.tiktoken'):
        rows = [line.split() for line in open(path) if line.strip()]
        return [spell(text) for text, _ in sorted(rows, key=lambda row: int(row[1]))], set()
    data = json.load(open(path))
    if isinstance(data.get('config'), dict):
        special = data['config']['default_num_special_tokens']
        ranked = sorted(data['vocab'], key=lambda entry: entry['rank'])[:data['config']['default_vocab_size'] - special]
        return [''] * special + [spell(entry['token_bytes']) for entry in ranked], set(range(special))
    plain = isinstance(data.get('model'), int)
    vocab = data if plain else data['model']['vocab']
    added = {vocab['<|endoftext|>']} if plain else {token['id'] for token in data['added_tokens']}
    by_id = {i: text for text, i in vocab.items()}
    return [by_id[i] for i in range(len(by_id))], added


for path in sys.argv[1:]:
    names, special = tokens(path)
    start = next(i for i in range(len(names)) if i not in special)
    end = next((i for i in range(start, len(names)) if i in special), len(names))
    digest = hashlib.sha256(''.join(name + '\n' for name in names[start:end]).encode()).hexdigest()
    print(f'{path}\n  from {start} to {end}  first {names[start]!r}  last {names[end - 1]!r}\n  {digest}')
