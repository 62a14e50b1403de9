"""NF4 with double quantization, and int8 by groups, in plain numpy.

    python3 nf4.py        compares both directions with bitsandbytes' own code

NF4: blocks of 64 over the flattened matrix, code = number of midpoints that
x * (1/absmax) exceeds, even element in the high nibble. The absmax values minus
their mean are quantized again, 256 at a time, against bitsandbytes' dynamic map.
All arithmetic is rounded to f32 where bitsandbytes rounds. Two choices that the
format leaves open: the mean is summed in f64, and codes are the exact nearest
(bitsandbytes' C++ path may take the neighbour when x is within 1e-5 of a midpoint).

int8 (for the embedding and the tied head): 64 values along a row, a = max|w|,
s = fround(a/127), q = rint(fround(w * fround(127/a))), value = fround(q * s).
"""
import json

import numpy as np
from bitsandbytes.functional import create_dynamic_map, get_4bit_type

f32 = np.float32
NF4 = get_4bit_type("nf4", device="cpu").numpy()
DYNAMIC = create_dynamic_map().numpy()


def nearest(code, x):
    """Index of the nearest entry of a sorted code book; a tie takes the lower one."""
    return np.searchsorted((code[:-1] + code[1:]) / f32(2), x, side="left").astype(np.uint8)


def block_scale(x, size):
    """absmax per block, and x * (1/absmax) clamped to [-1, 1]; the last block may be short."""
    pad = np.pad(x, (0, -len(x) % size)).reshape(-1, size)
    absmax = np.abs(pad).max(1)
    scaled = pad * (f32(1) / np.maximum(absmax, f32(1e-38)))[:, None]
    return absmax, np.clip(scaled, -1, 1).reshape(-1)[: len(x)]


def quantize(w):
    """The five arrays that a file holds for one weight, as bitsandbytes names them."""
    absmax, scaled = block_scale(np.asarray(w, f32).reshape(-1), 64)
    q = nearest(NF4, scaled)
    q = np.pad(q, (0, len(q) % 2))
    offset = f32(absmax.astype(np.float64).mean())
    nested, centred = block_scale(absmax - offset, 256)
    return {
        "packed": (q[::2] << 4 | q[1::2])[:, None], "absmax": nearest(DYNAMIC, centred),
        "quant_map": NF4, "nested_absmax": nested, "nested_quant_map": DYNAMIC,
        "nested_offset": offset, "shape": list(w.shape),
    }


def dequantize(s):
    """float32 values; not cast to the dtype that the file records."""
    n = int(np.prod(s["shape"]))
    absmax = s["nested_quant_map"][s["absmax"]] * np.repeat(s["nested_absmax"], 256)[: len(s["absmax"])]
    absmax = (absmax + s["nested_offset"]).astype(f32)
    q = np.stack([s["packed"][:, 0] >> 4, s["packed"][:, 0] & 15], 1).reshape(-1)[:n]
    return (s["quant_map"][q] * np.repeat(absmax, 64)[:n]).reshape(s["shape"])


def file_entries(name, s, dtype):
    """Tensors of one Linear as bitsandbytes saves them (QuantState.as_dict(packed=True))."""
    state = {"quant_type": "nf4", "blocksize": 64, "dtype": dtype, "shape": s["shape"], "nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": float(s["nested_offset"])}
    entries = {name: s["packed"], f"{name}.quant_state.bitsandbytes__nf4": np.frombuffer(json.dumps(state).encode(), np.uint8)}
    return entries | {f"{name}.{k}": s[k] for k in ("absmax", "quant_map", "nested_absmax", "nested_quant_map")}


def int8_rows(w, group=64):
    """The values that an int8 embedding gives back."""
    out = np.empty_like(w, dtype=f32)
    for c in range(0, w.shape[1], group):
        x = np.asarray(w[:, c : c + group], f32)
        a = np.abs(x).max(1, keepdims=True)
        inverse = np.divide(f32(127), a, out=np.zeros_like(a), where=a > 0)
        out[:, c : c + group] = np.rint(x * inverse) * (a / f32(127))
    return out


def compare_with_bitsandbytes():
    import bitsandbytes.functional as F
    import torch

    torch.set_num_threads(1)
    for shape in [(1000, 192), (40, 64), (77, 30)]:
        w = torch.randn(shape, generator=torch.Generator().manual_seed(1)).half()
        w[0] = 0
        packed, state = F.quantize_4bit(w, quant_type="nf4", compress_statistics=True, blocksize=64)
        ours = quantize(w.float().numpy())
        print(shape, "packed bytes that differ:", int((packed.numpy() != ours["packed"]).sum()), end="; ")
        print("absmax codes:", int((state.absmax.numpy() != ours["absmax"]).sum()), "of", ours["absmax"].size, end="; ")
        print("offset:", float(state.offset) - float(ours["nested_offset"]), end="; ")
        theirs = {**ours, "packed": packed.numpy(), "absmax": state.absmax.numpy(), "nested_absmax": state.state2.absmax.numpy(), "nested_offset": state.offset.numpy()}
        same = np.array_equal(dequantize(theirs).astype(np.float16), F.dequantize_4bit(packed, state).numpy())
        saved = state.as_dict(packed=True)
        names = set(file_entries("w", ours, "float16")) == {"w"} | {f"w.{k}" for k in saved}
        written = json.loads(bytes(file_entries("w", ours, "float16")["w.quant_state.bitsandbytes__nf4"]))
        theirs = json.loads(bytes(saved["quant_state.bitsandbytes__nf4"].numpy()))
        fields = {k: v for k, v in written.items() if k != "nested_offset"} == {k: v for k, v in theirs.items() if k != "nested_offset"}
        print("dequantized values equal:", same, "; file fields equal:", names and fields)


if __name__ == "__main__":
    compare_with_bitsandbytes()
