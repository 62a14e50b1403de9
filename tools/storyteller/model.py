"""A plain LLaMA (GQA, RoPE, RMSNorm, SwiGLU, tied head) with Hugging Face parameter names, for fast CPU training."""
import torch, torch.nn as nn, torch.nn.functional as F

CFG = dict(vocab_size=2048, hidden_size=256, intermediate_size=512, num_hidden_layers=4, num_attention_heads=8,
           num_key_value_heads=4, head_dim=32, rms_norm_eps=1e-5, rope_theta=10000.0, max_position_embeddings=512)


class Norm(nn.Module):
    def __init__(s, d, eps):
        super().__init__(); s.weight = nn.Parameter(torch.ones(d)); s.eps = eps

    def forward(s, x):
        return F.rms_norm(x, (x.shape[-1],), s.weight, s.eps)


def rot(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Attn(nn.Module):
    def __init__(s, c):
        super().__init__()
        h, s.nh, s.nk, s.hd = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
        L = lambda i, o: nn.Linear(i, o, bias=False)
        s.q_proj, s.k_proj, s.v_proj, s.o_proj = L(h, s.nh * s.hd), L(h, s.nk * s.hd), L(h, s.nk * s.hd), L(s.nh * s.hd, h)

    def forward(s, x, cos, sin, past=None):
        B, T, _ = x.shape
        sp = lambda y, n: y.view(B, T, n, s.hd).transpose(1, 2)
        q, k, v = sp(s.q_proj(x), s.nh), sp(s.k_proj(x), s.nk), sp(s.v_proj(x), s.nk)
        q, k = rot(q, cos, sin).to(v.dtype), rot(k, cos, sin).to(v.dtype)
        if past is not None:  # {} at first; then one token at a time
            k, v = (torch.cat((past[n], y), 2) if n in past else y for n, y in (("k", k), ("v", v)))
            past.update(k=k, v=v)
        k, v = (y.repeat_interleave(s.nh // s.nk, 1) for y in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=T > 1)
        return s.o_proj(y.transpose(1, 2).reshape(B, T, -1))


class Mlp(nn.Module):
    def __init__(s, c):
        super().__init__()
        h, f = c["hidden_size"], c["intermediate_size"]
        s.gate_proj, s.up_proj, s.down_proj = nn.Linear(h, f, bias=False), nn.Linear(h, f, bias=False), nn.Linear(f, h, bias=False)

    def forward(s, x):
        return s.down_proj(F.silu(s.gate_proj(x)) * s.up_proj(x))


class Block(nn.Module):
    def __init__(s, c):
        super().__init__()
        e = c["rms_norm_eps"]
        s.self_attn, s.mlp = Attn(c), Mlp(c)
        s.input_layernorm, s.post_attention_layernorm = Norm(c["hidden_size"], e), Norm(c["hidden_size"], e)

    def forward(s, x, cos, sin, past=None):
        x = x + s.self_attn(s.input_layernorm(x), cos, sin, past)
        return x + s.mlp(s.post_attention_layernorm(x))


class Model(nn.Module):
    def __init__(s, c=CFG):
        super().__init__()
        s.c = c
        s.model = nn.Module()
        s.model.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        s.model.layers = nn.ModuleList(Block(c) for _ in range(c["num_hidden_layers"]))
        s.model.norm = Norm(c["hidden_size"], c["rms_norm_eps"])
        inv = c["rope_theta"] ** (-torch.arange(0, c["head_dim"], 2).float() / c["head_dim"])
        f = torch.outer(torch.arange(c["max_position_embeddings"]).float(), inv)
        f = torch.cat((f, f), -1)
        s.register_buffer("cos", f.cos(), False); s.register_buffer("sin", f.sin(), False)
        for n, p in s.named_parameters():
            if p.ndim == 2:
                nn.init.normal_(p, std=0.02 if "embed" in n or "o_proj" in n or "down" in n else p.shape[1] ** -.5)

        s.start()

    @torch.no_grad()
    def start(s, look=.3, match=2.0, copy=.3):
        """A starting point that already leans towards lookup, so that little compute suffices (disclosed in the card):
        above the first layer "look at equal tokens, copy what is there" (q = k, o = v^T, mimetic initialization, arXiv 2305.09828);
        in layer 0, heads 0 to 3 look one to four tokens back and write what they see to subspaces of their own;
        in layer 1, key head g looks for a place whose (g+1)-th token back is the g-th token back of here (induction heads)."""
        c, L = s.c, s.model.layers
        h, hd, nk, nh = c["hidden_size"], c["head_dim"], c["num_key_value_heads"], c["num_attention_heads"]
        r = nh // nk
        m = F.normalize(torch.randn(h), dim=0)
        nn.init.normal_(s.model.embed_tokens.weight, std=.1)
        s.model.embed_tokens.weight += m  # a component shared by all tokens: positions can be addressed without content
        rep = lambda w: w.view(nk, hd, -1).repeat_interleave(r, 0).reshape(nk * r * hd, -1)
        for l in list(L)[1:]:
            A = l.self_attn
            for p in (A.q_proj, A.k_proj, A.v_proj): nn.init.normal_(p.weight, std=h ** -.5)
            A.k_proj.weight -= (A.k_proj.weight @ m)[:, None] * m
            A.q_proj.weight.copy_(rep(A.k_proj.weight) * .7 + A.q_proj.weight * .3)
            A.o_proj.weight.copy_(rep(A.v_proj.weight).T * .06)
        L[0].self_attn.o_proj.weight *= .1
        for l in L: l.mlp.down_proj.weight *= .1
        A, B = L[0].self_attn, L[1].self_attn
        b = torch.zeros(hd); b[:3] = torch.tensor([9., 6., 4.])
        inv = c["rope_theta"] ** (-torch.arange(0, hd, 2).float() / hd)
        V = torch.linalg.qr(torch.randn(h, hd))[0].T; V = V - torch.outer(V @ m, m)
        for g in (0, 1):
            A.k_proj.weight[g * hd:(g + 1) * hd] *= .2; A.k_proj.weight[g * hd:(g + 1) * hd] += torch.outer(b, m) / 8
            A.v_proj.weight[g * hd:(g + 1) * hd] = V
        O = torch.linalg.qr(torch.randn(h, 4 * hd))[0]
        for i in range(4):
            ang = torch.cat((inv, inv)) * -(i + 1)
            q = b * ang.cos() + torch.cat((-b[hd // 2:], b[:hd // 2])) * ang.sin()
            A.q_proj.weight[i * hd:(i + 1) * hd] *= .2; A.q_proj.weight[i * hd:(i + 1) * hd] += torch.outer(q, m) / 8
            A.o_proj.weight[:, i * hd:(i + 1) * hd] = O[:, i * hd:(i + 1) * hd] * look
        B.o_proj.weight.copy_(rep(B.v_proj.weight).T * copy)
        back = lambda i: V if i == 0 else O[:, (i - 1) * hd:i * hd].T
        for g in range(nk):
            B.k_proj.weight[g * hd:(g + 1) * hd] = back(g + 1) * match
            B.q_proj.weight[g * r * hd:(g + 1) * r * hd] = (back(g) * match).repeat(r, 1)

    def hidden(s, ids, past=None):
        x, done = s.model.embed_tokens(ids), past[0]["k"].shape[2] if past and past[0] else 0
        cos, sin = s.cos[done:done + ids.shape[1]], s.sin[done:done + ids.shape[1]]
        for i, l in enumerate(s.model.layers): x = l(x, cos, sin, None if past is None else past[i])
        return s.model.norm(x)

    def forward(s, ids, rows=None, past=None):
        """Logits, of the flattened `rows` only when given.  `past`: one dictionary per layer, empty before the first call."""
        h = s.hidden(ids, past)
        if rows is not None: h = h.flatten(0, 1)[rows]
        return F.linear(h, s.model.embed_tokens.weight)
