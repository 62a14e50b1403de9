"""What Python's strftime makes of dates, in the C locale. Writes fixtures/chat/dates.json: {"formats", "cases": [[[y, m, d, H, M, S], texts]]}."""
import datetime
import json
import pathlib

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "chat" / "dates.json"
FORMATS = ["%" + c for c in "aAbBcCdDeFgGhHIjklmMnpPrRStTuUVwWxXyYzZ%"] + [f"%{f}{c}" for f in "-_0^" for c in "dmHIjMSyebApkl"] + ["%d %b %Y", "%B %d, %Y", "%-d %B %Y, %-I:%M %p", "%Y-%m-%dT%H:%M:%S", "100%% %a"]
DATES = [(2024, 7, 5, 9, 3, 7), (2024, 2, 29, 0, 0, 0), (2023, 1, 1, 12, 30, 59), (2024, 12, 30, 23, 59, 1), (2021, 1, 3, 13, 5, 9), (2026, 11, 26, 11, 0, 0), (2005, 1, 1, 1, 1, 1), (1999, 12, 31, 18, 0, 5), (2020, 12, 31, 10, 10, 10), (2016, 1, 4, 0, 1, 0)]

if __name__ == "__main__":
    OUT.write_text(json.dumps({"formats": FORMATS, "cases": [[list(d), [datetime.datetime(*d).strftime(f) for f in FORMATS]] for d in DATES]}) + "\n")
    print(OUT, OUT.stat().st_size)
