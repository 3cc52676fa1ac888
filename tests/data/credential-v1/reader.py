#!/usr/bin/env python3
"""A second reader of wire format 1, written from docs/credential-format.md; needs nothing but Python 3.9.

    python3 reader.py               judges every case beside it and holds that against what the case expects
    python3 reader.py NAME.json     prints what it makes of one case

It is a second opinion on the page, no part of Sonae, far too slow for a counter and careless about timing; CI does not run it.
"""
import datetime
import hashlib
import json
import pathlib
import struct
import sys
import unicodedata
import zlib

HERE = pathlib.Path(__file__).resolve().parent
DAY = 86_400
JAPAN = datetime.timezone(datetime.timedelta(hours=9))


class Refused(Exception):
    """Reading ended: the code and the axes that were come to."""

    def __init__(self, code, **axes):
        super().__init__(code)
        self.code, self.axes = code, axes


# BLAKE3 of at most one chunk (1,024 bytes): all that key ids and revocation hashes need.

IV = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
START, END, ROOT = 1, 2, 8


def compress(chaining, block, length, flags):
    v = chaining + IV[:4] + [0, 0, length, flags]

    def turn(a, b, c, d, x, y):
        for add, wide, narrow in ((x, 16, 12), (y, 8, 7)):
            v[a] = (v[a] + v[b] + add) & 0xFFFFFFFF
            v[d] ^= v[a]
            v[d] = (v[d] >> wide | v[d] << (32 - wide)) & 0xFFFFFFFF
            v[c] = (v[c] + v[d]) & 0xFFFFFFFF
            v[b] ^= v[c]
            v[b] = (v[b] >> narrow | v[b] << (32 - narrow)) & 0xFFFFFFFF

    m = list(block)
    for _ in range(7):
        for i in range(4):
            turn(i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1])
        for i in range(4):
            turn(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i])
        m = [m[i] for i in ORDER]
    return [v[i] ^ v[i + 8] for i in range(8)]


def blake3(data):
    assert len(data) <= 1024
    blocks = [data[i:i + 64] for i in range(0, len(data), 64)] or [b""]
    chaining = list(IV)
    for i, block in enumerate(blocks):
        flags = (START if i == 0 else 0) | (END | ROOT if i == len(blocks) - 1 else 0)
        words = struct.unpack("<16I", block.ljust(64, b"\0"))
        chaining = compress(chaining, words, len(block), flags)
    return struct.pack("<8I", *chaining)


# Ed25519, strictly.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def plus(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        q = plus(q, p) if n & 1 else q
        p, n = plus(p, p), n >> 1
    return q


def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def point(data):
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def small(p):
    return same(times(8, p), (0, 1, 1, 0))


def verifies(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or small(a) or small(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return same(times(s, BASE), plus(r, times(k, a)))


# CBOR, the little that is used, shortest lengths only.


class Cbor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError("ends early")
        self.at += count
        return self.data[self.at - count:self.at]

    def head(self):
        first = self.take(1)[0]
        major, low = first >> 5, first & 31
        if low < 24:
            return major, low
        if low > 27:
            raise ValueError("no length")
        size = 1 << (low - 24)
        value = int.from_bytes(self.take(size), "big")
        if value < (24 if size == 1 else 1 << 4 * size):
            raise ValueError("longer than it must be")
        return major, value

    def want(self, *majors):
        major, value = self.head()
        if major not in majors:
            raise ValueError("another type")
        if major in (2, 3):
            value = self.take(value)
        if major == 3:
            value = value.decode()
        return -1 - value if major == 1 else value

    def done(self):
        if self.at != len(self.data):
            raise ValueError("bytes after the end")


def held(data):
    size = len(data)
    return (bytes([0x40 | size]) if size < 24 else bytes([0x58, size]) if size < 256 else b"\x59" + size.to_bytes(2, "big")) + data


# From the text to the structure.


def unframed(text):
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(c for c in plain if c in "0123456789")
    if any(c.isalpha() for c in plain):
        raise Refused("foreign_unknown", transport="not_ours")
    if not digits:
        raise Refused("code_empty", transport="truncated")
    if digits[:4] not in ("5173", "5174"):
        raise Refused("foreign_unknown", transport="not_ours")
    if len(digits) > 1200:
        raise Refused("code_too_long", transport="garbled")
    if len(digits) < 8:
        raise Refused("code_empty", transport="truncated")
    if digits[4] == "0":
        raise Refused("code_not_ours", transport="not_ours")
    if digits[4] != "1":
        raise Refused("code_newer_version", transport="ok", format="newer_version")
    size, digits, other = int(digits[5:8]), digits[8:], digits[:4] != "5173"
    if size > 480:
        raise Refused("code_too_long", transport="garbled")
    if size <= 4:
        raise Refused("code_garbled", transport="garbled")
    widths = [17] * (size // 7) + [w for w in [[0, 3, 5, 8, 10, 13, 15][size % 7]] if w]
    if len(digits) != sum(widths):
        short = len(digits) < sum(widths)
        raise Refused("code_truncated" if short else "code_too_long", transport="truncated" if short else "garbled")
    body = b""
    for width in widths:
        value, digits, room = int(digits[:width]), digits[width:], min(7, size - len(body))
        if value >> 8 * room:
            raise Refused("code_garbled", transport="garbled")
        body += value.to_bytes(room, "big")
    if zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "big"):
        raise Refused("code_garbled", transport="garbled")
    if other:
        raise Refused("code_other_kind", transport="not_ours")
    return body[:-4]


def sign1(data):
    """Protected header, key id, payload, signature."""
    cbor = Cbor(data)
    if cbor.want(4) != 4:
        raise ValueError("not four")
    protected = cbor.want(2)
    if cbor.want(5) != 0:
        raise ValueError("unprotected header")
    payload, signature = cbor.want(2), cbor.want(2)
    cbor.done()
    if len(signature) != 64 or len(protected) != 9 or protected[:5] != bytes.fromhex("a201270444"):
        raise ValueError("header or signature")
    return protected, protected[5:], payload, signature


def message_of(purpose, protected, payload):
    return b"\x84\x6aSignature1" + held(protected) + held(purpose.encode()) + held(payload)


# The claims.

KATAKANA = "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"


def kana_of(data):
    text = ""
    for byte in data:
        if byte in (0xDE, 0xDF):
            joined = unicodedata.normalize("NFC", text[-1:] + ("\u3099" if byte == 0xDE else "\u309a"))
            if len(text) == 0 or len(joined) != 1:
                raise ValueError("sound mark")
            text = text[:-1] + joined
        elif byte == 0x20:
            text += "\u3000"
        elif 0xA5 <= byte < 0xA5 + len(KATAKANA):
            text += KATAKANA[byte - 0xA5]
        else:
            raise ValueError("no kana")
    return text


def has_bytes(text):
    parts = unicodedata.normalize("NFD", text)
    return all(c in KATAKANA or c in "\u3000\u3099\u309a" for c in parts) and unicodedata.normalize("NFC", parts) == text


def no_place(c):
    n = ord(c)
    return (unicodedata.category(c) == "Cc" or n & 0xFFFE == 0xFFFE or 0xFDD0 <= n <= 0xFDEF or 0x200B <= n <= 0x200F
            or 0x2028 <= n <= 0x202E or 0x2060 <= n <= 0x206F or n == 0xFEFF or 0xFFF9 <= n <= 0xFFFD
            or 0xE000 <= n <= 0xF8FF or n >= 0xF0000)


def text_of(text, least=1, most=10_000):
    if not least <= len(text) <= most or any(map(no_place, text)) or unicodedata.normalize("NFC", text) != text:
        raise ValueError("text")
    return text


def date_of(number):
    return datetime.date(1900, 1, 1) + datetime.timedelta(days=number)


TYPES = {0: [0], 1: [0], 2: [3], 3: [0, 3], 4: [0], 5: [3], 6: [2, 3], 7: [0, 1], 8: [0], 9: [0], 10: [3], 11: [0, 1], 12: [0, 1], 13: [0, 1], 14: [2]}


def claims_of(payload):
    cbor, claims, last = Cbor(payload), {}, -1
    for _ in range(cbor.want(5)):
        key = cbor.want(0)
        if key <= last or key not in TYPES:
            raise ValueError("key")
        claims[key], last = cbor.want(*TYPES[key]), key
    cbor.done()
    if not {0, 1, 3, 5, 7, 8, 11, 12, 14} <= set(claims):
        raise ValueError("missing")
    number, kana = claims[3], claims.get(6)
    if isinstance(number, int):
        digits = str(number)
        if not (digits[0] == "1" and 2 <= len(digits) <= 18):
            raise ValueError("number")
    else:
        text_of(number)
        if len(number) <= 17 and number.isascii() and number.isdigit():
            raise ValueError("number as needless text")
    if isinstance(kana, bytes):
        text_of(kana_of(kana), 1, 60)
    elif kana is not None:
        text_of(kana, 1, 60)
        if has_bytes(kana):
            raise ValueError("kana as needless text")
    text_of(claims[5], 1, 60)
    text_of(claims.get(2, "1"))
    text_of(claims.get(10, "1"), 1, 8)
    sex, relation = divmod(claims[8], 4)
    if claims[0] not in (1, 2) or claims[1] > 99_999_999 or sex > 2 or relation not in (1, 2):
        raise ValueError("range")
    if claims.get(4, 0) > 99 or claims.get(9, 0) > 10 or len(claims[14]) != 6:
        raise ValueError("range")
    try:
        birth, begins, issued = (date_of(claims[key]) for key in (7, 11, 12))
        ends = date_of(claims[13]) if 13 in claims else datetime.date.max
    except OverflowError as error:
        raise ValueError("calendar") from error
    if birth > issued or ends < begins or ends < issued:
        raise ValueError("dates out of order")
    return claims


# The judgement.


def grade(days, ages):
    return "refuse" if days >= ages[2] else "confirm" if days >= ages[1] else "warn" if days >= ages[0] else "fresh"


def today_of(seconds):
    return datetime.datetime.fromtimestamp(seconds, JAPAN).date()


def moment(clock):
    machine, signed, recorded = clock["machine"], clock["signed"], clock["recorded"]
    newest = max(signed, recorded)
    if machine < signed:
        return newest, "behind"
    if machine < recorded:
        return machine, "behind"
    return machine, "far_ahead" if (machine - newest) // DAY > 400 else "sure"


def vouch(key, keys, made_at, issued, now, clock):
    seen = max(now, made_at)
    since = [other["compromised_since"] for other in keys if other["public_key"] == key["public_key"] and other["status"] == "compromised"]
    if since and min(since) <= seen:
        raise Refused("issuer_compromised", issuer="compromised")
    first, last = (datetime.date.fromisoformat(key[name]) for name in ("not_before", "not_after"))
    today = max(first, today_of(made_at if clock == "far_ahead" else seen))
    if issued < first:
        raise Refused("issuer_key_not_yet", issuer="not_yet")
    if issued > last or today > last:
        raise Refused("issuer_key_ended", issuer="ended")


def lists_of(context, keys):
    lists = {}
    for text in context["revocation_lists"]:
        protected, kid, payload, signature = sign1(bytes.fromhex(text))
        key = next(k for k in keys if k["role"] == "issuer" and blake3(bytes.fromhex(k["public_key"]))[:4] == kid)
        assert verifies(bytes.fromhex(key["public_key"]), message_of("sonae revocations v1", protected, payload), signature)
        cbor = Cbor(payload)
        assert cbor.want(5) == 3 and cbor.want(0) == 0
        cbor.want(0)
        assert cbor.want(0) == 1
        made_at = cbor.want(0)
        assert cbor.want(0) == 2
        hashes = cbor.want(2)
        lists[kid] = made_at, {hashes[i:i + 8] for i in range(0, len(hashes), 8)}
    return lists


def read(text, context):
    trust, (now, clock) = context["trust_list"], moment(context["clock"])
    keys = trust["keys"]
    axes = {"transport": "ok"}
    cose = unframed(text)
    try:
        protected, kid, payload, signature = sign1(cose)
    except ValueError as error:
        raise Refused("certificate_malformed", transport="ok", format="malformed") from error
    axes["format"] = "ok"
    mine = [k for k in keys if k["role"] == "issuer" and blake3(bytes.fromhex(k["public_key"]))[:4] == kid][:4]
    if not mine:
        raise Refused("issuer_unknown", **axes, issuer="unknown_kid")
    message = message_of("jp-elig-qr/1", protected, payload)
    key = next((k for k in mine if verifies(bytes.fromhex(k["public_key"]), message, signature)), None)
    if key is None:
        raise Refused("certificate_forged", **axes, signature="invalid")
    axes["signature"] = "valid"
    try:
        claims = claims_of(payload)
    except (ValueError, UnicodeDecodeError) as error:
        axes["format"] = "malformed"
        raise Refused("claims_malformed", **axes) from error
    kind = {1: "certificate", 2: "notice"}[claims[0]]
    if not any(a <= claims[1] <= b for a, b in key["insurers"]) or kind not in key["documents"]:
        raise Refused("issuer_out_of_scope", **axes, issuer="out_of_scope")
    issued = date_of(claims[12])
    try:
        vouch(key, keys, trust["made_at"], issued, now, clock)
    except Refused as refused:
        raise Refused(refused.code, **axes, **refused.axes) from refused
    axes["issuer"] = "retired" if key["status"] == "retired" else "known"
    reasons = judge(axes, claims, kind, lists_of(context, keys).get(kid), kid, trust, now, clock)
    return axes, reasons, claims


def judge(axes, claims, kind, revocations, kid, trust, now, clock):
    today, policy, reasons = today_of(now), trust["policy"], []
    if revocations is None:
        axes["revocation"] = "no_list"
    else:
        made_at, hashes = revocations
        axes["revocation_list_age"] = grade((now - made_at) // DAY, policy["revocation"])
        listed = blake3(kid + claims[14])[:8] in hashes
        axes["revocation"] = "listed" if listed else "clear" if axes["revocation_list_age"] == "fresh" else "stale"
    if axes["revocation"] == "listed":
        reasons.append("certificate_revoked")
    if clock != "sure":
        axes["time"], reason = "clock_untrusted", "clock_unsure"
    elif 13 in claims and date_of(claims[13]) < today:
        axes["time"], reason = "ended", "certificate_expired"
    elif today < date_of(claims[11]):
        axes["time"], reason = "not_yet", "coverage_not_begun"
    elif today < date_of(claims[12]):
        axes["time"], reason = "not_yet", "issued_ahead"
    else:
        axes["time"], reason = "in_force" if 13 in claims else "open_ended", None
    reasons += [reason] if reason else []
    axes["sufficiency"] = "needs_my_number_card" if kind == "notice" else "alone"
    reasons += ["notice_needs_card"] if kind == "notice" else []
    reasons += {"stale": ["revocation_stale"], "no_list": ["revocation_unknown"]}.get(axes["revocation"], [])
    axes["trust_list_age"] = grade((now - trust["next_due"]) // DAY, policy["trust_list"])
    reasons += ["trust_list_old"] if axes["trust_list_age"] != "fresh" else []
    return reasons


def light_of(axes, reasons):
    if axes["transport"] != "ok" or axes.get("format") != "ok":
        return "grey"
    if axes.get("signature") == "invalid" or axes.get("issuer") in ("compromised", "out_of_scope"):
        return "red"
    if axes.get("revocation") == "listed" or axes.get("time") == "ended":
        return "red"
    return "amber" if reasons or axes["issuer"] not in ("known", "retired") else "green"


def told(case):
    keys = case["context"]["trust_list"]["keys"]
    publics = [bytes.fromhex(key["public_key"]) for key in keys]
    if any(point(public) is None or small(point(public)) for public in publics):
        return {"trust_list": "key_weak"}
    kids = [blake3(p)[:4] for p, key in zip(publics, keys) if key["role"] == "issuer"]
    if len(set(kids)) != len(kids):
        return {"trust_list": "trust_list_malformed"}
    code, compare, reasons = None, [], []
    try:
        axes, reasons, claims = read(case["text"], case["context"])
        sex = ["sex"] if claims[8] // 4 else []
        compare = ["name", "birth_date", *sex, "photo"]
    except Refused as refused:
        axes, code = refused.axes, refused.code
    whole = {name: axes.get(name, "not_checked") for name in ("transport", "format", "issuer", "signature", "time", "revocation", "sufficiency")}
    whole.update({name: axes[name] for name in ("revocation_list_age", "trust_list_age") if name in axes})
    light = light_of(axes, reasons)
    return {**whole, "light": light, "refusal": code, "reasons": reasons, "compare": [] if light == "red" else compare}


def main():
    if len(sys.argv) > 1:
        return print(json.dumps(told(json.loads(pathlib.Path(sys.argv[1]).read_text())), indent=2))
    wrong, count = [], 0
    for path in sorted(HERE.glob("*.json")):
        case, count = json.loads(path.read_text()), count + 1
        found, expected = told(case), case["expected"]
        wrong += [f"{path.stem}: {name} is {found.get(name)}, not {value}" for name, value in expected.items() if found.get(name) != value]
    print("\n".join(wrong) or f"{count} cases, all as expected")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
