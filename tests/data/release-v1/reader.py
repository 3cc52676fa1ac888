#!/usr/bin/env python3
"""A second reader of Sonae's release format 1, written from docs/release-format.md.

    python3 -m venv /tmp/reader && /tmp/reader/bin/pip install blake3 cryptography cbor2
    /tmp/reader/bin/python reader.py            prints the release beside it as JSON
    /tmp/reader/bin/python reader.py --compare  holds it against expected.json, and the delta on it against
                                                expected-delta.json

It is a second opinion on the page, no part of Sonae; CI does not run it, for it needs packages from PyPI. Everything in keys.json is synthetic.
"""
import datetime
import hashlib
import hmac
import json
import pathlib
import struct
import sys
import unicodedata

import cbor2
from blake3 import blake3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
TREES = {
    1: ("person.blk", "person"),
    2: ("birth.blk", "birth"),
    3: ("drug.blk", "drug"),
    4: ("person-words.blk", "person words"),
    5: ("medical-words.blk", "medical words"),
    6: ("kana.blk", "kana"),
    7: ("checkup.blk", "checkup"),
    8: ("visit.blk", "visit"),
}
MEDICAL = {3, 5, 7, 8}
WORD_PARTS = {1: 2, 2: 1, 3: 2, 4: 2, 5: 2, 6: 1, 7: 1, 8: 1, 9: 4, 10: 2, 11: 2, 12: 3, 13: 2}
EPOCH = datetime.date(1900, 1, 1)


class Malformed(Exception):
    pass


def need(held, why):
    if not held:
        raise Malformed(why)


# --- signs ---------------------------------------------------------------------------------------


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data), "cut short")
        piece = self.data[self.at : self.at + count]
        self.at += count
        return piece

    def byte(self):
        return self.take(1)[0]

    def u16(self):
        return int.from_bytes(self.take(2), "big")

    def number(self):
        value = 0
        for place in range(9):
            byte = self.byte()
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return value
        raise Malformed("a number longer than nine bytes")

    def zigzag(self):
        folded = self.number()
        return folded >> 1 if folded % 2 == 0 else -((folded + 1) >> 1)

    def text(self):
        return self.take(self.number()).decode("utf-8")

    def day(self):
        short = self.u16()
        return EPOCH + datetime.timedelta(days=self.zigzag() if short == 0xFFFF else short)

    def digits(self):
        folded = self.number()
        if folded == 0:
            return None
        value, count = folded >> 4, folded & 15
        need(1 <= count <= 15 and len(str(value)) <= count, "digits")
        return str(value).zfill(count)

    def done(self):
        return self.at == len(self.data)

    def end(self):
        need(self.done(), "bytes left over")


def kdf(context, *secrets):
    return blake3(b"".join(secrets), derive_key_context=context).digest()


def keyed(key, *parts):
    hasher = blake3(key=key)
    for part in parts:
        part = part.encode() if isinstance(part, str) else part
        hasher.update(struct.pack(">Q", len(part)))
        hasher.update(part)
    return hasher.digest()[:16]


# --- HPKE, RFC 9180: base mode, X25519-HKDF-SHA256, HKDF-SHA256, ChaCha20-Poly1305 ---------------


def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, into, length):
    out, block, count = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + into + bytes([count]), hashlib.sha256).digest()
        out, count = out + block, count + 1
    return out[:length]


def hpke_open(secret, sealed, info, aad):
    enc, ciphertext = sealed[:32], sealed[32:]
    private = X25519PrivateKey.from_private_bytes(secret)
    own = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(enc))
    kem = b"KEM" + struct.pack(">H", 0x0020)
    suite = b"HPKE" + struct.pack(">HHH", 0x0020, 0x0001, 0x0003)

    def label_extract(of, salt, label, ikm):
        return extract(salt, b"HPKE-v1" + of + label + ikm)

    def label_expand(of, prk, label, into, length):
        return expand(prk, struct.pack(">H", length) + b"HPKE-v1" + of + label + into, length)

    secret_out = label_expand(kem, label_extract(kem, b"", b"eae_prk", shared), b"shared_secret", enc + own, 32)
    context = b"\x00" + label_extract(suite, b"", b"psk_id_hash", b"") + label_extract(suite, b"", b"info_hash", info)
    prk = label_extract(suite, secret_out, b"secret", b"")
    key = label_expand(suite, prk, b"key", context, 32)
    nonce = label_expand(suite, prk, b"base_nonce", context, 12)
    return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, aad)


# --- text forms ----------------------------------------------------------------------------------


def is_white(c):
    """Unicode's White_Space; Python also calls 1C to 1F so."""
    return c.isspace() and not "\x1c" <= c <= "\x1f"


def match_form(text):
    text = unicodedata.normalize("NFKC", text)
    text = unicodedata.normalize("NFKC", "".join(c for c in text if not is_white(c)))
    text = "".join("-" if c in "‐‑‒–—―−ー" else c for c in text)
    return "".join(c.upper() if "a" <= c <= "z" else c for c in text)


def family_key(insurer, symbol, number):
    symbol = match_form(symbol).replace("\x1f", "")
    return f"{insurer.zfill(8)}\x1f{symbol}\x1f{match_form(number).lstrip('0')}"


SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")


DASHES = "-‐‑‒–—―−ーｰ－"


def is_katakana(c):
    return "ァ" <= c <= "ヺ" or c in "ーヽヾ"


def to_katakana(text):
    for mark, joining in zip("゛ﾞ゜ﾟ", "\u3099\u3099\u309a\u309a"):
        text = text.replace(mark, joining)
    out = ""
    for c in unicodedata.normalize("NFKC", text):
        if "ぁ" <= c <= "ゖ" or c in "ゝゞ":
            c = chr(ord(c) + 0x60)
        elif c in DASHES and out and is_katakana(out[-1]):
            c = "ー"
        out += c.upper() if "a" <= c <= "z" else c
    return unicodedata.normalize("NFC", out)


def loose(text):
    kept = (c for c in to_katakana(text) if c == "ー" or not (is_white(c) or c in DASHES + "・.'’●"))
    text = unicodedata.normalize("NFKC", "".join(kept).translate(SMALL))
    for was, now in zip(["ヴア", "ヴイ", "ヴエ", "ヴオ", "ヴ"], "バビベボブ"):
        text = text.replace(was, now)
    text = text.translate(str.maketrans("ヰヱヲヂヅヷヸヹヺ", "イエオジズバビベボ"))
    bare = (c for c in unicodedata.normalize("NFD", text) if c not in "ー\u3099\u309a")
    return unicodedata.normalize("NFC", "".join(bare))


def is_kana(text):
    letters = [c for c in text if not is_white(c)]

    def is_letter(c):
        return "ぁ" <= c <= "ゟ" or "゠" <= c <= "ヿ" or "\uff65" <= c <= "\uff9f" or c in "-－‐―−"

    return bool(letters) and all(map(is_letter, letters))


def parts_of(reading):
    """What white space divides."""
    return "".join(" " if is_white(c) else c for c in reading).split(" ") if reading else []


# --- the release ---------------------------------------------------------------------------------


class Release:
    def __init__(self, folder, keys):
        self.folder = folder
        self.manifest = open_manifest((folder / "manifest.cose").read_bytes(), keys["publisher_public_key"])
        self.id = self.manifest[1]
        wrap = next(w for w in self.manifest[12] if w[0] == keys["box_id"])
        secret = keys["box_sealing_secret"]
        self.eligibility = hpke_open(secret, wrap[1], b"sonae release v1 eligibility key", self.id)
        share = hpke_open(secret, wrap[2], b"sonae release v1 drug share", self.id)
        kek = kdf("sonae drug kek v1", share, keys["opening_secret"])
        self.medical = ChaCha20Poly1305(kek).decrypt(wrap[3][:12], wrap[3][12:], self.id + keys["box_id"])
        self.sealed, self.counts = {}, {}
        need(sorted(f[0] for f in self.manifest[10]) == sorted(TREES), "each tree once")
        for entry in self.manifest[10]:
            self.read_file(entry)
        self.words = {}
        for tree in (4, 5):
            self.read_words(tree)

    def read_file(self, entry):
        tree, buckets, size, hashes = (entry[k] for k in range(4))
        data = (self.folder / TREES[tree][0]).read_bytes()
        need(len(data) == size, "size of a file")
        need(b"".join(blake3(data[i : i + MIB]).digest() for i in range(0, size, MIB)) == hashes, "hash of a file")
        cursor, blocks = Cursor(data), []
        for _ in range(buckets):
            length = int.from_bytes(cursor.take(4), "big")
            need(length <= 96 * 1024, "length of a block")
            blocks.append(cursor.take(length))
        cursor.end()
        self.sealed[tree], self.counts[tree] = blocks, buckets

    def nonce(self, tree, bucket):
        return bytes([tree]) + bytes(7) + struct.pack(">I", bucket)

    def associated(self, tree, bucket):
        return self.id + bytes([tree]) + struct.pack(">II", bucket, self.counts[tree])

    def block(self, tree, bucket):
        secret = self.medical if tree in MEDICAL else self.eligibility
        key = kdf(f"sonae release v1 tree {TREES[tree][1]}", secret)
        sealed = self.sealed[tree][bucket]
        return ChaCha20Poly1305(key).decrypt(self.nonce(tree, bucket), sealed, self.associated(tree, bucket))

    def bucket(self, tree, blinded):
        return int.from_bytes(blinded[:8], "big") * self.counts[tree] >> 64

    def read_words(self, tree):
        for bucket in range(self.counts[tree]):
            cursor = Cursor(self.block(tree, bucket))
            if cursor.done():
                continue
            kind = cursor.byte()
            while not cursor.done():
                self.words.setdefault(kind, []).append(tuple(cursor.text() for _ in range(WORD_PARTS[kind])))

    def word(self, cursor, kind):
        at = cursor.number()
        if at == 0:
            return tuple(cursor.text() for _ in range(WORD_PARTS[kind]))
        known = self.words.get(kind, [])
        need(at <= len(known), "a word nobody wrote")
        return known[at - 1]

    def blind(self, what, *parts):
        secret = self.medical if what == "drug" else self.eligibility
        return keyed(kdf(f"sonae release v1 blind {what}", secret), *parts)

    def entries(self, tree, bucket):
        """Fragment and body of each entry of a keyed block."""
        return keyed_block(self.block(tree, bucket), 6 if tree == 1 else 8)

    def people(self):
        """Everybody, with the whole blinded key of their family."""
        for bucket in range(self.counts[1]):
            for fragment, body in self.entries(1, bucket):
                cursor = Cursor(body)
                while not cursor.done():
                    person = self.member(cursor)
                    blinded = self.blind("family", family_key(person["insurer_number"], person["symbol"], person["number"]))
                    need(blinded[8:14] == fragment and self.bucket(1, blinded) == bucket, "a family in the wrong place")
                    yield person, blinded

    def member(self, cursor):
        flags = cursor.number()
        need(flags < 1 << 15, "a flag nobody knows")

        def flag(bit):
            return flags >> bit & 1 == 1

        insurer, insurer_name = self.word(cursor, 1)
        symbol = cursor.digits()
        if symbol is None:
            (symbol,) = self.word(cursor, 2)
        number = cursor.digits()
        if number is None:
            number = cursor.text()
        branch = f"{cursor.number():02}" if flag(0) else None
        birth = cursor.day()
        name, kana = self.word(cursor, 3)
        if not flag(13):
            given, given_kana = self.word(cursor, 4)
            name, kana = f"{name}\u3000{given}", f"{kana}\u3000{given_kana}"
        alias = {"name": cursor.text(), "kana": cursor.text()} if flag(12) else None
        town, address = self.address(cursor, flag(14))
        share = [None, 30, 20, -1][flags >> 5 & 3]
        if share == -1:
            share = cursor.number()
        limit = self.word(cursor, 7)[0] if flag(1) else None
        valid_from = cursor.day()
        lost_on = cursor.day().isoformat() if flag(7) else None
        reason = ["death", "public_assistance", "other_insurance", "other"][flags >> 9 & 3] if flag(8) else None
        return {
            "insurer_number": insurer.zfill(8),
            "insurer_name": insurer_name,
            "symbol": symbol,
            "number": number,
            "branch": branch,
            "birth_date": birth.isoformat(),
            "name": name,
            "kana": kana,
            "alias": alias,
            "municipality": town,
            "address": address,
            "relation": "family" if flag(2) else "insured",
            "sex": [None, "male", "female", "not_stated"][flags >> 3 & 3],
            "share_percent": share,
            "limit_class": limit,
            "valid_from": valid_from.isoformat(),
            "lost_on": lost_on,
            "lost_reason": reason,
            "suspended": flag(11),
        }

    def address(self, cursor, spelled):
        code, street = self.word(cursor, 5)
        code = code.zfill(6)
        if spelled:
            return code, cursor.text()
        (form,) = self.word(cursor, 6)
        out = ""
        for c in form:
            if c == "\x01":
                out += str(cursor.number())
            elif c == "\x02":
                out += "".join(chr(ord(d) + 0xFEE0) for d in str(cursor.number()))
            else:
                out += c
        return code, street + out

    def rows(self, tree, person, family):
        text = family_key(person["insurer_number"], person["symbol"], person["number"])
        blinded = self.blind("drug", text, person["branch"] or "", person["birth_date"])
        for fragment, body in self.entries(tree, self.bucket(tree, blinded)):
            if fragment == blinded[8:16]:
                yield from self.row_list(tree, Cursor(body))

    def row_list(self, tree, cursor):
        day = facility = None
        while not cursor.done():
            if day is None:
                day, facility = cursor.day(), self.word(cursor, 11)
            else:
                step = cursor.number()
                day -= datetime.timedelta(days=step >> 1)
                if step & 1:
                    facility = self.word(cursor, 11)
            row = {"on": day.isoformat(), "facility": facility[0], "setting": facility[1]}
            row.update(self.told(tree, cursor))
            yield row

    def told(self, tree, cursor):
        if tree == 3:
            code, name, ingredient, unit = self.word(cursor, 9)
            dose, usage = self.word(cursor, 10)
            return {"code": code, "name": name, "ingredient": ingredient, "unit": unit, "dose": dose, "usage": usage, "count": cursor.number()}
        if tree == 7:
            code, name, unit = self.word(cursor, 12)
            value = cursor.digits()
            return {"code": code, "name": name, "unit": unit, "value": cursor.text() if value is None else value}
        code, name = self.word(cursor, 13)
        return {"code": code, "name": name, "count": cursor.number()}

    def birth_index(self, bucket):
        """(day, mark, mark, bucket, byte) of each entry."""
        cursor = Cursor(self.block(2, bucket))
        while not cursor.done():
            day, place = EPOCH + datetime.timedelta(days=cursor.zigzag()), 0
            for _ in range(cursor.number()):
                marks = cursor.take(2), cursor.take(2)
                place += cursor.number()
                yield day, *marks, place, cursor.byte()

    def kana_index(self, bucket):
        cursor = Cursor(self.block(6, bucket))
        while not cursor.done():
            yield cursor.take(3), cursor.number(), cursor.byte()

    def indexed(self, person, family):
        """What the two indexes must tell of somebody, each entry with the bucket it lies in."""
        pointer = self.bucket(1, family), family[8]
        day = datetime.date.fromisoformat(person["birth_date"])
        bucket = self.bucket(2, self.blind("birth", person["birth_date"]))
        alias = person["alias"] or {"name": "", "kana": ""}
        texts = person["name"], person["kana"], alias["name"], alias["kana"]
        readings = [text for text in texts if is_kana(text)]
        births, wholes = set(), set()
        for reading in readings or [""]:
            parts = [part for part in parts_of(reading) if part] or [""]
            births.add((bucket, day, self.mark(parts[0]), self.mark("".join(parts[1:])), *pointer))
            for part in parts[1:] if len(parts) > 2 else []:
                births.add((bucket, day, self.mark(part), self.mark(part), *pointer))
            if reading:
                whole = self.blind("kana", loose("".join(parts)))
                wholes.add((whole, *pointer))
        return births, wholes

    def check_indexes(self):
        """The indexes tell of everybody, and of nobody else."""
        births, wholes = set(), set()
        for person, family in self.people():
            some, others = self.indexed(person, family)
            births |= some
            wholes |= others
        have = {(bucket, *entry) for bucket in range(self.counts[2]) for entry in self.birth_index(bucket)}
        need(have == births, "the birth index tells something else")
        have = {(bucket, *entry) for bucket in range(self.counts[6]) for entry in self.kana_index(bucket)}
        need(have == self.readings(wholes), "the index of readings tells something else")

    def readings(self, wholes):
        """The entries of the index of readings: of a crowd only that it is one."""
        families = {}
        for whole, *pointer in wholes:
            families.setdefault(whole, []).append(tuple(pointer))
        crowd = [(0xFFFFFFFF, 0)]
        return {
            (self.bucket(6, whole), whole[8:11], *pointer)
            for whole, pointers in families.items()
            for pointer in (crowd if len(pointers) > 512 else pointers)
        }

    def mark(self, part):
        return self.blind("kana part", loose(part))[:2]


def keyed_block(data, fragment_bytes):
    cursor = Cursor(data)
    count = cursor.number()
    fragments = [cursor.take(fragment_bytes) for _ in range(count)]
    lengths = [cursor.number() for _ in range(count)]
    bodies = [cursor.take(length) for length in lengths]
    cursor.end()
    return list(zip(fragments, bodies))


class Delta(Release):
    """What changed since a whole release, read with the root's keys and words."""

    def __init__(self, folder, root, public):
        self.folder, self.root = folder, root
        self.manifest = open_manifest((folder / "manifest.cose").read_bytes(), public, delta=True)
        self.id, base = self.manifest[1], self.manifest[17]
        need(base == {0: root.id, 1: root.manifest[4], 2: root.id, 3: root.manifest[4]}, "a delta on another release")
        need(self.manifest[4] > root.manifest[4] and self.manifest[12] == [], "version and wraps of a delta")
        named = self.id + bytes(16)
        self.eligibility = kdf("sonae delta v1 eligibility", root.eligibility, named)
        self.medical = kdf("sonae delta v1 medical", root.medical, named)
        self.words = root.words
        self.sealed, self.counts = {}, {}
        need(sorted(f[0] for f in self.manifest[10]) == [1, 3, 7, 8], "trees of a delta")
        for entry in self.manifest[10]:
            self.read_file(entry)

    def blind(self, what, *parts):
        return self.root.blind(what, *parts)

    def families(self):
        """Bucket, blinded key, marks and records of each changed family."""
        last = b""
        for bucket in range(self.counts[1]):
            cursor = Cursor(self.block(1, bucket))
            while not cursor.done():
                blinded = cursor.take(16)
                need(blinded > last and self.bucket(1, blinded) == bucket, "a changed family in the wrong place")
                last = blinded
                marks = [cursor.take(8) for _ in range(cursor.number())]
                records = [cursor.take(cursor.number()) for _ in range(cursor.number())]
                need(marks or records, "a family without mark and record")
                yield bucket, blinded, marks, records

    def mark(self, person):
        key = kdf("sonae delta v1 marks", self.root.eligibility)
        return keyed(key, *mark_parts(person))[:8]

    def people(self):
        """Everybody of the root as they are now."""
        families = {}
        for person, blinded in self.root.people():
            families.setdefault(blinded, []).append(person)
        for _, blinded, marks, records in self.families():
            members = families.setdefault(blinded, [])
            for mark in marks:
                hit = next((m for m in members if self.mark(m) == mark), None)
                need(hit is not None, "a mark that hits nothing")
                members.remove(hit)
            for record in records:
                cursor = Cursor(record)
                person = self.member(cursor)
                cursor.end()
                own = self.blind("family", family_key(person["insurer_number"], person["symbol"], person["number"]))
                need(own == blinded, "a record of another family")
                members.append(person)
        for blinded, members in families.items():
            for person in members:
                yield person, blinded

    def rows(self, tree, person, family):
        text = family_key(person["insurer_number"], person["symbol"], person["number"])
        blinded = self.blind("drug", text, person["branch"] or "", person["birth_date"])
        for fragment, body in self.entries(tree, self.bucket(tree, blinded)):
            if fragment == blinded[8:16]:
                return list(self.row_list(tree, Cursor(body)))
        return list(self.root.rows(tree, person, family))


def mark_parts(person):
    """All that a record says, in the order of the page."""

    def there(text):
        return "" if text is None else "+" + text

    alias = person["alias"] or {"name": None, "kana": None}
    reasons = ["death", "public_assistance", "other_insurance", "other"]
    return [
        person["insurer_number"],
        person["symbol"],
        person["number"],
        person["branch"] or "",
        person["insurer_name"],
        person["name"],
        person["kana"],
        there(alias["name"]),
        there(alias["kana"]),
        person["birth_date"],
        str(["male", "female", "not_stated"].index(person["sex"])),
        person["address"],
        person["municipality"],
        str(["insured", "family"].index(person["relation"])),
        "" if person["share_percent"] is None else str(person["share_percent"]),
        there(person["limit_class"]),
        person["valid_from"],
        person["lost_on"] or "",
        "" if person["lost_reason"] is None else str(reasons.index(person["lost_reason"])),
        str(int(person["suspended"])),
    ]


def open_manifest(signed, public, delta=False):
    protected, unprotected, payload, signature = cbor2.loads(signed)
    kid = blake3(public).digest()[:4]
    need(protected == cbor2.dumps({1: -8, 4: kid}, canonical=True) and unprotected == {}, "headers")
    signing = cbor2.dumps(["Signature1", protected, b"sonae release manifest v1", payload])
    Ed25519PublicKey.from_public_bytes(public).verify(signature, signing)
    manifest = cbor2.loads(payload)
    need(manifest[0] == 1, "newer than I am")
    need((17 in manifest) == delta, "a delta for a whole release, or the other way round")
    need(manifest[6] <= manifest[5] + 86_400, "as of a later day than it was made")
    return manifest


# --- what it tells -------------------------------------------------------------------------------


def lookup(release, asked):
    tree = {"person.blk": 1, "drug.blk": 3}[asked["file"]]
    text = family_key(asked["insurer_number"], asked["symbol"], asked["number"])
    if tree == 1:
        blinded = release.blind("family", text)
    else:
        blinded = release.blind("drug", text, asked["branch"] or "", asked["birth_date"])
    bucket = release.bucket(tree, blinded)
    return {
        "asked": asked,
        "family_key": text,
        "blinded_key": blinded.hex(),
        "bucket": bucket,
        "fragment": blinded[8 : 14 if tree == 1 else 16].hex(),
        "nonce": release.nonce(tree, bucket).hex(),
        "associated_data": release.associated(tree, bucket).hex(),
        "plain_block": release.block(tree, bucket).hex(),
    }


def everybody(release):
    records = []
    for person, family in release.people():
        for name, tree in (("drugs", 3), ("checkups", 7), ("visits", 8)):
            person[name] = list(release.rows(tree, person, family))
        records.append(person)
    records.sort(key=lambda p: (p["insurer_number"], p["symbol"], p["number"], p["branch"] or "", p["birth_date"]))
    return records


def read_keys(folder):
    return {k: bytes.fromhex(v) for k, v in json.loads((folder / "keys.json").read_text()).items() if k != "note"}


def tell_delta(folder, parts):
    keys = read_keys(folder)
    delta = Delta(folder / "delta", Release(folder, keys), keys["publisher_public_key"])
    m = delta.manifest
    base = m[17]
    mark = keyed(kdf("sonae delta v1 marks", delta.root.eligibility), *parts)[:8]
    return {
        "manifest": {
            "release_id": m[1].hex(),
            "version": m[4],
            "made_at": m[5],
            "as_of": m[6],
            "next_due": m[7],
            "people": m[8],
            "drug_rows": m[9],
            "checkup_rows": m[15],
            "visit_rows": m[16],
            "follows": [base[0].hex(), base[1]],
            "root": [base[2].hex(), base[3]],
        },
        "families": [
            {
                "bucket": bucket,
                "blinded_key": blinded.hex(),
                "marks": [mark.hex() for mark in marks],
                "records": [record.hex() for record in records],
            }
            for bucket, blinded, marks, records in delta.families()
        ],
        "mark": {"parts": parts, "mark": mark.hex()},
        "people": everybody(delta),
    }


def tell(folder, asked):
    release = Release(folder, read_keys(folder))
    m = release.manifest
    release.check_indexes()
    return {
        "manifest": {
            "release_id": m[1].hex(),
            "region": m[2],
            "region_name": m[3],
            "version": m[4],
            "made_at": m[5],
            "as_of": m[6],
            "next_due": m[7],
            "people": m[8],
            "drug_rows": m[9],
            "checkup_rows": m[15],
            "visit_rows": m[16],
            "opening_id": m[11].hex(),
            "scope": m[13],
            "publisher": m[14],
        },
        "people": everybody(release),
        "lookups": [lookup(release, one) for one in asked],
    }


def main():
    if "--compare" not in sys.argv:
        print(json.dumps(tell(HERE, []), ensure_ascii=False, indent=1))
        return
    expected = json.loads((HERE / "expected.json").read_text())
    got = tell(HERE, [one["asked"] for one in expected["lookups"]])
    need(got == expected, "another release than expected.json tells")
    expected = json.loads((HERE / "expected-delta.json").read_text())
    got = tell_delta(HERE, expected["mark"]["parts"])
    for part in expected:
        need(got[part] == expected[part], f"another delta than expected-delta.json tells: {part}")
    print("the same, to the last field")


if __name__ == "__main__":
    main()
