"""Makes fixtures/formats/ with bitsandbytes on the CPU: what it quantizes our own random data to.

    python tools/formats/make_fixtures.py

bnb_quantize.safetensors holds per case: <case>.input, .codes (packed NF4), .absmax (f32 per 64),
.restored (absmax after double quantization and back), .map (the 256-value dynamic map).
means.json holds torch.mean of x[i] = f32(0.2 + 0.1 * frac(i * 0.6180339887498949)) for several n.
"""
import json
from pathlib import Path

import bitsandbytes.functional as F
import numpy as np
import torch
from safetensors.torch import save_file

out = Path(__file__).resolve().parents[2] / "fixtures" / "formats"
out.mkdir(parents=True, exist_ok=True)
torch.set_num_threads(1)
generator = torch.Generator().manual_seed(20260901)


def normal(*shape):
    return torch.randn(*shape, generator=generator) * 0.05


def thresholds():
    """Each midpoint of the code book, one ULP below and above, in blocks whose largest value is 1 (or 0.3, or 7)."""
    code = F.get_4bit_type("nf4", device="cpu").numpy()
    middle = (code[:-1] + code[1:]) / np.float32(2)
    values = np.stack([np.nextafter(middle, np.float32(-2)), middle, np.nextafter(middle, np.float32(2))]).reshape(-1)
    block = np.zeros(64, np.float32)
    block[: len(values)] = values
    block[63] = 1
    return torch.from_numpy(np.stack([block, block * np.float32(0.3), -block * np.float32(7)]))


zeros = normal(4, 64)
zeros[1] = 0
zeros[3] = -0.0
zeros_short = torch.zeros(3, 50)
tiny = normal(4, 64)
tiny[0] *= 1e-37
tiny[1] *= 1e-44
tiny[2] *= 1e36

cases = {
    "odd": normal(3, 37),
    "one": normal(1, 1),
    "row63": normal(1, 63),
    "row65": normal(1, 65),
    "straddle": normal(10, 100),
    "zeros": zeros,
    "allzeros": torch.zeros(4, 64),
    "zerosshort": zeros_short,
    "thresholds": thresholds(),
    "tiny": tiny,
    "six": normal(6, 64),
    "seven": normal(7, 64),
    "nine": normal(9, 64),
    "wide": (normal(40, 520) * torch.rand(40, 520, generator=generator)).to(torch.bfloat16),
    "half": normal(16, 96).to(torch.float16),
}

tensors = {"map": F.create_dynamic_map()}
for name, value in cases.items():
    codes, state = F.quantize_4bit(value.clone(), compress_statistics=False, quant_type="nf4", blocksize=64)
    again, nested = F.quantize_4bit(value.clone(), compress_statistics=True, quant_type="nf4", blocksize=64)
    assert torch.equal(codes, again)
    restored = F.dequantize_blockwise(nested.absmax, nested.state2) + nested.offset
    tensors |= {
        f"{name}.input": value,
        f"{name}.codes": codes.reshape(-1),
        f"{name}.absmax": state.absmax,
        f"{name}.restored": restored,
    }
save_file({k: v.contiguous() for k, v in tensors.items()}, out / "bnb_quantize.safetensors")

means = {}
for n in [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 31, 32, 33, 63, 64, 65, 100, 255, 257, 511, 513, 1000, 2047, 2049, 5184, 10000, 13824, 20001, 32767]:
    i = np.arange(n, dtype=np.float64) * 0.6180339887498949
    x = (0.2 + 0.1 * (i - np.floor(i))).astype(np.float32)
    means[n] = torch.from_numpy(x).mean().item()
(out / "means.json").write_text(json.dumps(means) + "\n")
