#!/usr/bin/env python3
"""Проверка архива электронного журнала. Нужны только python3 (3.8 или новее) и openssl.

    python3 verify.py АРХИВ [--key КЛЮЧ]… [--note ФАЙЛ]…

АРХИВ — файл .zip или распакованная папка. КЛЮЧ — открытый ключ печати школы, он есть в акте.
ФАЙЛ — печать журнала, которая хранилась не в школе.
Код 0: сошлось; 1: не сошлось; 2: не так вызвано.

Format: BagIt 1.0 (RFC 8493); tree of RFC 9162 (SHA-256); notes of C2SP (Ed25519). See README.txt.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple, Protocol

CHUNK = 1 << 20
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHMS = ("sha256", "sha512")
MANIFESTS = tuple(f"manifest-{name}.txt" for name in ALGORITHMS)
LOCAL, CENTRAL, END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"


class Wrong(Exception):  # noqa: N818
    """The archive is not what was written."""


class Bag(Protocol):
    """The files of a bag by name, in order."""

    names: list[str]

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece."""


class Key(NamedTuple):
    """A public key of the seals."""

    name: str
    number: bytes
    public: bytes


Signed = Callable[[bytes, bytes, bytes], bool]


class Folder:
    """An unpacked bag."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.names = []
        for folder, _, files in os.walk(path):
            inside = os.path.relpath(folder, path).replace(os.sep, "/")
            self.names += [name if inside == "." else f"{inside}/{name}" for name in files]
        self.names.sort()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece."""
        with open(os.path.join(self.path, *name.split("/")), "rb") as file:
            while piece := file.read(CHUNK):
                yield piece


class Zip:
    """A bag in a ZIP file that has one way to be written: every byte of it is accounted for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.places: dict[str, tuple[int, int]] = {}
        with open(path, "rb") as file:
            central, root = self._files(file)
            names = [name[len(root) :] for name in self.places]
            self.places = dict(zip(names, self.places.values()))
            at = file.tell()
            end = struct.pack(END, b"PK\5\6", 0, 0, len(names), len(names), len(central), at, 0)
            if file.read() != central + end:
                raise Wrong("оглавление ZIP не то, что у его файлов")
        self.names = sorted(self.places)

    def _files(self, file: BinaryIO) -> tuple[bytes, str]:
        central, roots = b"", set[str]()
        while (head := file.read(struct.calcsize(LOCAL)))[:4] == b"PK\3\4":
            offset = file.tell() - len(head)
            if len(head) < struct.calcsize(LOCAL):
                raise Wrong("ZIP обрывается")
            *_, crc, size, _, length, _ = struct.unpack(LOCAL, head)
            kind = (20, 0x800, 0, 0, 0x21)
            raw = file.read(length)
            if head != struct.pack(LOCAL, b"PK\3\4", *kind, crc, size, size, length, 0):
                raise Wrong("заголовок файла в ZIP изменён")
            name, start, found = _text(raw), file.tell(), 0
            for piece in _pieces(file, size):
                found = zlib.crc32(piece, found)
            if found != crc or name in self.places:
                raise Wrong(f"{name}: повреждён или повторён")
            self.places[name] = (start, size)
            roots.add(name.partition("/")[0] + "/")
            where = (crc, size, size, length, 0, 0, 0, 0, 0, offset)
            central += struct.pack(CENTRAL, b"PK\1\2", 20, *kind, *where) + raw
        file.seek(-len(head), 1)
        if len(roots) != 1:
            raise Wrong("в ZIP не одна папка")
        return central, roots.pop()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece."""
        start, size = self.places[name]
        with open(self.path, "rb") as file:
            file.seek(start)
            yield from _pieces(file, size)


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        piece = file.read(min(CHUNK, size))
        if not piece:
            raise Wrong("ZIP обрывается")
        size -= len(piece)
        yield piece


def opened(path: str) -> Bag:
    """The bag of a path."""
    return Folder(path) if os.path.isdir(path) else Zip(path)


def whole(bag: Bag, name: str) -> bytes:
    """A small file."""
    if name not in bag.names:
        raise Wrong(f"нет файла {name}")
    return b"".join(bag.chunks(name))


def lines_of(bag: Bag, name: str) -> Iterator[bytes]:
    """Lines with their newlines; only a newline ends a line."""
    rest = b""
    for piece in bag.chunks(name):
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line + b"\n"
    if rest:
        raise Wrong(f"{name}: последняя строка без конца")


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong("текст не в UTF-8") from None


def unbase64(text: str) -> bytes:
    """The one spelling only."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if not raw or base64.b64encode(raw).decode() != text:
        raise Wrong(f"не base64: {text[:40]}")
    return raw


def check_manifests(bag: Bag) -> None:
    """Every file is listed with its hashes, and no other (RFC 8493)."""
    if whole(bag, "bagit.txt") != DECLARATION:
        raise Wrong("bagit.txt: это не BagIt 1.0")
    sums = {}
    for name in bag.names:
        both = [hashlib.new(one) for one in ALGORITHMS]
        for piece in bag.chunks(name):
            for one in both:
                one.update(piece)
        sums[name] = [one.hexdigest() for one in both]
    data = [name for name in bag.names if name.startswith("data/")]
    tags = [n for n in bag.names if not n.startswith("data/") and not n.startswith("tagmanifest-")]
    known = ["bag-info.txt", "bagit.txt", *MANIFESTS]
    if sorted(tags) != known or len(bag.names) != len(data) + len(known) + len(ALGORITHMS):
        raise Wrong("лишние или недостающие файлы рядом с папкой data")
    for number, kind in enumerate(ALGORITHMS):
        for listed, name in ((data, f"manifest-{kind}.txt"), (tags, f"tagmanifest-{kind}.txt")):
            due = "".join(f"{sums[file][number]}  {file}\n" for file in listed).encode()
            said = whole(bag, name)
            if said != due:
                pairs = zip(due.split(b"\n"), said.split(b"\n"))
                first = next((a for a, b in pairs if a != b), b"")
                raise Wrong(f"{name}: не сходится, первое — {_text(first)[-60:]}")


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(frontier: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, the largest first."""
    if not frontier:
        return hashlib.sha256(b"").digest()
    found = frontier[-1]
    for one in reversed(frontier[:-1]):
        found = node(one, found)
    return found


#: a line before what is stored, in the one spelling
HEAD = re.compile(
    r'\{"position":([1-9][0-9]*),"stream":"([0-9a-f-]{36})","version":([1-9][0-9]*)'
    r',"topic":"([^"\\\x00-\x1f]+)"'
)
#: the one spelling of a text
_spelled = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@functools.lru_cache(maxsize=65536)
def _stream(text: str) -> bytes:
    """The 16 bytes of a stream, which is spelled the one way. Raises ValueError."""
    found = uuid.UUID(text)
    if str(found) != text:
        raise ValueError(text)
    return found.bytes


def _stored(quoted: str) -> str:
    """What is stored, of the end of a line; it is spelled the one way. Raises ValueError."""
    # A guess that is right for nearly every line: what its spelling is decides, not how it was had.
    guess = quoted[1:-3].replace('\\"', '"')
    if _spelled(guess) + "}\n" == quoted:
        return guess
    found = json.loads(quoted[:-2])
    if not isinstance(found, str) or _spelled(found) + "}\n" != quoted:
        raise ValueError(quoted)
    return found


def leaf_of(line: bytes, name: str) -> tuple[int, str, int, bytes]:
    """(position, stream, version, leaf bytes) of a line, which is written the one way it may be."""
    try:
        head, _, quoted = line.decode().partition(',"stored":')
        said = HEAD.fullmatch(head)
        number, stream, nth, topic = said.groups() if said else ("", "", "", "")
        position, version = int(number), int(nth)
        raw, stored = topic.encode(), _stored(quoted).encode()
        leaf = b"\x01" + _stream(stream) + struct.pack(">QQH", version, position, len(raw))
    except (ValueError, struct.error):
        raise Wrong(f"{name}: строка записана не так, как её пишет журнал") from None
    return position, stream, version, leaf + raw + stored


def leaves(bag: Bag, start: int) -> Iterator[bytes]:
    """Leaf hashes after `start`, positions and versions of streams without a hole."""
    due = start + 1
    versions: dict[str, int] = {}
    for name in bag.names:
        if not name.startswith("data/facts/"):
            continue
        if name != f"data/facts/facts-{due:012d}.jsonl":
            raise Wrong(f"{name}: ожидался файл с записью № {due}")
        for line in lines_of(bag, name):
            position, stream, version, leaf = leaf_of(line, name)
            before = versions.get(stream, 0 if start == 0 else version - 1)
            if position != due or version != before + 1:
                raise Wrong(f"{name}: запись № {position} не на своём месте (ожидалась № {due})")
            versions[stream] = version
            due += 1
            yield hashlib.sha256(b"\0" + leaf).digest()


def roots_of(
    hashes: Iterable[bytes], start: int, frontier: Sequence[bytes], sizes: set[int]
) -> tuple[dict[int, bytes], int]:
    """size → root, and the last size, of the tree that goes on from the frontier."""
    if len(frontier) != bin(start).count("1"):
        raise Wrong("начало дерева не подходит к номеру первой записи")
    edges, size = list(frontier), start
    found = {start: fold(edges)} if start in sizes else {}
    for one in hashes:
        edge, at = one, size
        while at & 1:
            edge, at = node(edges.pop(), edge), at >> 1
        edges.append(edge)
        size += 1
        if size in sizes:
            found[size] = fold(edges)
    found[size] = fold(edges)
    return found, size


def consistent(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162, section 2.1.4.2."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(step, old), node(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def included(leaf: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162, section 2.1.3.2; `leaf` is its hash."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def by_openssl(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the Ed25519 signature is good."""
    der = bytes.fromhex("302a300506032b6570032100") + public
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----\n"
    with tempfile.TemporaryDirectory() as room:
        for name, content in (("key", pem), ("text", message), ("sig", signature)):
            with open(os.path.join(room, name), "wb") as file:
                file.write(content)
        words = "openssl pkeyutl -verify -pubin -inkey key -rawin -in text -sigfile sig"
        try:
            done = subprocess.run(words.split(), cwd=room, capture_output=True, check=False)
        except FileNotFoundError:
            raise Wrong("нет программы openssl: подписи не проверить") from None
        return done.returncode == 0


def key_of(text: str) -> Key:
    """(name, id, public key) of `name+id+base64`."""
    name, _, rest = text.strip().partition("+")
    number, _, encoded = rest.partition("+")
    raw = unbase64(encoded)
    digest = hashlib.sha256(name.encode() + b"\n" + raw).digest()
    if len(raw) != 33 or raw[0] != 1 or digest[:4].hex() != number:
        raise Wrong(f"не ключ печати: {text[:60]}")
    return Key(name, digest[:4], raw[1:])


def head_of(raw: bytes, origin: str, keys: Sequence[Key], signed: Signed) -> tuple[int, bytes]:
    """(size, root) of a signed checkpoint."""
    note = _text(raw)
    text, gap, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    stray = any(ord(sign) < 32 and sign != "\n" for sign in note)
    if not gap or stray or not tail.endswith("\n") or len(lines) != 3:
        raise Wrong("печать записана не так, как она пишется")
    good = 0
    for line in tail[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Wrong("строка подписи записана не так")
        signature = unbase64(parts[2])
        for name, number, public in keys:
            if (parts[1], signature[:4]) == (name, number):
                if not signed(public, (text + "\n").encode(), signature[4:]):
                    raise Wrong("подпись не подходит к печати")
                good += 1
    root = unbase64(lines[2])
    if (
        not good
        or lines[0] != origin
        or len(root) != 32
        or not re.fullmatch("[1-9][0-9]*", lines[1])
    ):
        raise Wrong("печать не этого журнала или подписана не его ключом")
    return int(lines[1]), root


class Report(NamedTuple):
    """What was checked. `notes`: outside notes and what they say; `keys`: whose seals were taken;
    `root`: of the last fact, in hex.
    """

    kind: str
    year: int
    version: int
    first: int
    last: int
    root: str
    seals: int
    annotations: int
    keys: list[str]
    notes: list[str]


def check(
    path: str,
    keys: Sequence[str] = (),
    outside: Sequence[bytes] = (),
    signed: Signed = by_openssl,
) -> Report:
    """Check a bag. Raises Wrong, OSError."""
    bag = opened(path)
    check_manifests(bag)
    try:
        about = json.loads(whole(bag, "data/archive.json"))
        kind, origin, year = about["kind"], about["school"], about["year"]
        version, start, last = about["version"], about["start"], about["last"]
        if kind == "people":
            return Report(kind, year, version, start + 1, last, "", 0, 0, [], [])
        frontier = [unbase64(one) for one in about["frontier"]]
        cover, proof = about["cover"], [unbase64(one) for one in about["cover_proof"]]
        listed = [line.split("\t")[0] for line in _text(whole(bag, "data/keys.txt")).splitlines()]
    except (ValueError, KeyError, TypeError):
        raise Wrong("data/archive.json: не описание архива") from None
    known = [key_of(one) for one in keys or listed]
    heads = {
        name: head_of(whole(bag, name), origin, known, signed)
        for name in bag.names
        if name.startswith("data/checkpoints/")
    }
    theirs = [head_of(one, origin, known, signed) for one in outside]
    sizes = {size for size, _ in [*heads.values(), *theirs]}
    roots, size = roots_of(leaves(bag, start), start, frontier, sizes)
    if size != last:
        raise Wrong(f"записей не столько: последняя № {size}, а должна быть № {last}")
    for name, (at, root) in heads.items():
        if name != cover and (not start <= at <= last or roots[at] != root):
            raise Wrong(f"{name}: записи не дают того отпечатка, который подписан")
    if cover not in heads or not consistent(last, *_crossed(heads[cover], roots[last]), proof):
        raise Wrong("последняя печать не подтверждает все записи архива")
    told = [_told(at, root, start, last, roots, heads[cover]) for at, root in theirs]
    count = _annotations(bag, origin, known, signed)
    if count != version - 1:
        raise Wrong(f"приложено исправлений {count}, а версия архива {version}")
    used = keys or listed
    seals, root_hex = len(heads), roots[last].hex()
    return Report(kind, year, version, start + 1, last, root_hex, seals, count, list(used), told)


def _crossed(head: tuple[int, bytes], root: bytes) -> tuple[int, bytes, bytes]:
    return head[0], root, head[1]


def _told(
    at: int,
    root: bytes,
    start: int,
    last: int,
    roots: dict[int, bytes],
    cover: tuple[int, bytes],
) -> str:
    if start <= at <= last or at == cover[0]:
        if (roots[at] if at <= last else cover[1]) != root:
            raise Wrong(f"печать на {at} записей говорит другое: ИСТОРИЯ ПЕРЕПИСАНА")
        return f"печать на {at} записей: сходится"
    which = "новее архива" if at > last else "старше начала архива: сверьте с прошлым годом"
    return f"печать на {at} записей: {which}, здесь не сверить"


def _annotations(bag: Bag, origin: str, keys: Sequence[Key], signed: Signed) -> int:
    """Facts that were added to the archive later, each with its own proof (C2SP tlog-proof)."""
    names = [name for name in bag.names if name.startswith("data/annotations/")]
    for name in names:
        head, _, note = whole(bag, name).partition(b"\n\n")
        lines = _text(head).split("\n")
        if len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1":
            raise Wrong(f"{name}: не квитанция")
        leaf, index = unbase64(lines[1][len("extra ") :]), lines[2][len("index ") :]
        size, root = head_of(note, origin, keys, signed)
        path = [unbase64(one) for one in lines[3:]]
        hashed = hashlib.sha256(b"\0" + leaf).digest()
        if not index.isdigit() or not included(hashed, int(index), size, root, path):
            raise Wrong(f"{name}: запись не попадает под свою печать")
    return len(names)


def in_words(found: Report, path: str, *, own_keys: bool) -> list[str]:
    """The report for a person."""
    if found.kind == "people":
        return [
            f"Архив людей и ведомостей {found.year} года, версия {found.version}: файлы целы.",
            "Записей журнала в нём нет: их проверяет архив журнала.",
        ]
    lines = [
        f"Архив журнала {found.year} года, версия {found.version}.",
        f"Записей: {found.last - found.first + 1}, № {found.first} … {found.last}.",
        f"Печатей: {found.seals}; приложено исправлений: {found.annotations}.",
        f"Отпечаток (корень) {found.last} записей: {found.root}",
        *found.notes,
    ]
    if not own_keys:
        lines += ["Ключ печати взят из самого архива; сверьте его с актом:", *found.keys]
    if os.path.isfile(path):
        with open(path, "rb") as file:
            summed = hashlib.sha256()
            for piece in iter(lambda: file.read(CHUNK), b""):
                summed.update(piece)
        lines.append(f"SHA-256 файла, сверьте с актом: {summed.hexdigest()}")
    return [*lines, "СОШЛОСЬ: ни одна запись не изменена, не вынута и не вставлена."]


def main(words: Sequence[str]) -> int:
    """0: good; 1: not; 2: usage."""
    paths: list[str] = []
    keys: list[str] = []
    files: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("--key", "--note") and rest:
            (keys if word == "--key" else files).append(rest.pop(0))
        else:
            paths.append(word)
    if len(paths) != 1 or paths[0].startswith("-"):
        print(__doc__)
        return 2
    try:
        outside = []
        for name in files:
            with open(name, "rb") as file:
                outside.append(file.read())
        found = check(paths[0], keys, outside)
    except Wrong as fault:
        print(f"НЕ СОШЛОСЬ: {fault}")
        return 1
    except OSError as fault:
        print(f"Не читается: {fault}")
        return 2
    print("\n".join(in_words(found, paths[0], own_keys=bool(keys))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
