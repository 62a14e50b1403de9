"""Scores of texts as their reference implementations give them, for src/evaluation.

Writes fixtures/evaluation.json. BLEU: sacrebleu, 13a and zh; ROUGE: rouge-score without stemming, Chinese cut into
characters first. Exact match and F1: the formulas of SQuAD's and, for Chinese, MLQA's evaluation scripts, written
down here. Texts are ours.
"""

import json
import re
import string
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import sacrebleu
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU

EN = [
    ("It was the garden.", ["garden"]),
    ("the garden", ["A garden!"]),
    ("Mia was in the cave.", ["Mia was in the garden.", "Mia is in the cave, she says."]),
    ("", ["garden"]),
    ("The.", ["a"]),
    ("the the the", ["the cat", "the"]),
    ("An apple a day keeps the doctor away, 1,000.5 times (or 3-4).", ["An apple a day, 1,000.50 times or 3-4!"]),
    ("state-of-the-art  e-mail\nsent & read &amp; kept &lt;b&gt;", ["state of the art e-mail sent & read & kept <b>"]),
    ("Caf\u00e9 na\u00efve r\u00e9sum\u00e9 \u2014 \u201cquoted\u201d it\u2019s", ["cafe naive resume - \"quoted\" it's"]),
    ("c b a", ["a b c"]),
    ("a x b y c", ["a b c"]),
    ("the cat sat on the mat and looked at the dog", ["the cat sat on a mat and looked at a dog", "a dog on the mat"]),
    ("$5.00 is 5% of $100.", ["$5 is 5 % of $100"]),
    ("hyphen-\nated word", ["hyphenated word"]),
    ("\u00a0spaced\u3000out\u2003text\x1cand more\u200bhere", ["spaced out text and more here"]),
    ("\U0001f600 smile.\U0001f600,", ["\U0001f600 smile"]),
    ("I\u0307stanbul \u0130zmir", ["istanbul izmir"]),
]
ZH = [
    ("\u5c0f\u7ea2\u5728\u5c71\u6d1e\u3002", ["\u5c0f\u7ea2\u5728\u82b1\u56ed\u3002"]),
    ("\u82b1\u56ed", ["\u82b1\u56ed\u3002", "\u56ed"]),
    ("\u5c0f\u660e\u4e70\u4e863\u672c book\uff0c\u4e00\u517112.5\u5143\uff01", ["\u5c0f\u660e\u4e70\u4e86\u4e09\u672c book\uff0c12.5 \u5143"]),
    ("\u201c\u4ed6\u8bf4\u201d\u2014\u2014\u201c\u597d\u201d\u2026\u2026", ["\u300c\u4ed6\u8bf4\u300d\uff1a\u201c\u597d\u201d"]),
    ("GPT-4 \u5728 2023 \u5e74\u53d1\u5e03", ["GPT-4\u4e8e2023\u5e74\u53d1\u5e03\u3002"]),
    ("", ["\u82b1\u56ed"]),
    ("\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u53bb\u516c\u56ed\u73a9\u3002", ["\u4eca\u5929\u5929\u6c14\u4e0d\u9519\uff0c\u6211\u4eec\u53bb\u516c\u56ed\u73a9\u5427\u3002"]),
    ("garden", ["\u82b1\u56ed"]),
]


def squad_tokens(text: str) -> list[str]:
    text = "".join(ch for ch in text.lower() if ch not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def mlqa_tokens(text: str) -> list[str]:
    text = "".join(
        ch for ch in text.lower() if ch not in string.punctuation and not unicodedata.category(ch).startswith("P")
    )
    out, run = [], ""
    for ch in text:
        if re.match(r"[\u4e00-\u9fa5]", ch):
            out += run.split() + [ch]
            run = ""
        else:
            run += ch
    return out + run.split()


def tokens_of(text: str) -> list[str]:
    return mlqa_tokens(text) if re.search(r"[\u4e00-\u9fa5]", text) else squad_tokens(text)


def f1(answer: str, key: str) -> float:
    own, wanted = tokens_of(answer), tokens_of(key)
    if not own or not wanted:
        return float(own == wanted)
    same = sum((Counter(own) & Counter(wanted)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(own), same / len(wanted)
    return 2 * precision * recall / (precision + recall)


class Characters:
    def tokenize(self, text: str) -> list[str]:
        return re.findall(r"[\u4e00-\u9fa5]|[a-z0-9]+", text.lower())


def rows_of(rows, tokenizer):
    kinds = ["rouge1", "rouge2", "rougeL"]
    rouge = rouge_scorer.RougeScorer(kinds, tokenizer=Characters() if tokenizer == "zh" else None)
    bleu = BLEU(tokenize=tokenizer, effective_order=True)
    for answer, keys in rows:
        scores = rouge.score_multi(keys, answer)
        yield {
            "answer": answer,
            "keys": keys,
            "exact": max(float(tokens_of(answer) == tokens_of(key)) for key in keys),
            "f1": max(f1(answer, key) for key in keys),
            **{kind: scores[kind].fmeasure for kind in kinds},
            "bleu": bleu.sentence_score(answer, keys).score / 100,
            "tokens": bleu.tokenizer(answer.rstrip()).split(),
        }


def corpus(rows, tokenizer):
    most = max(len(keys) for _, keys in rows)
    keys = [[row[i] if i < len(row) else None for _, row in rows] for i in range(most)]
    return BLEU(tokenize=tokenizer).corpus_score([answer for answer, _ in rows], keys).score / 100


def calibration():
    sure = np.array([0.05, 0.1, 0.1001, 0.3, 0.35, 0.5, 0.7, 0.70001, 0.9, 0.95, 1.0, 0.0])
    right = np.array([0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0])
    place = np.searchsorted(np.arange(1, 11) / 10, sure, side="left")
    error = sum(
        (place == i).sum() / len(sure) * abs(sure[place == i].mean() - right[place == i].mean())
        for i in range(10)
        if (place == i).any()
    )
    counts = [int((place == i).sum()) for i in range(10)]
    return {"sure": sure.tolist(), "right": right.tolist(), "counts": counts, "error": float(error)}


golden = {
    "by": f"sacrebleu {sacrebleu.__version__}, rouge-score 0.1.2, tools/reference/evaluation.py",
    "13a": {"rows": list(rows_of(EN, "13a")), "corpus": corpus(EN, "13a"), "short": corpus([EN[9]], "13a")},
    "zh": {"rows": list(rows_of(ZH, "zh")), "corpus": corpus(ZH, "zh"), "short": corpus([ZH[1]], "zh")},
    "calibration": calibration(),
}
path = Path(__file__).parents[2] / "fixtures" / "evaluation.json"
path.write_text(json.dumps(golden, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
