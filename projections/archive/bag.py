"""A bag on its way (BagIt 1.0, RFC 8493): files in a folder, manifests over them, one ZIP file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from hashlib import sha256, sha512
from pathlib import Path

from projections.archive.verify import ALGORITHMS, CHUNK, DECLARATION
from projections.archive.zipped import Zip

_HASHES = dict(zip(ALGORITHMS, (sha256, sha512), strict=True))


def put(folder: Path, name: str, content: bytes | Iterable[bytes]) -> None:
    """A file of the bag, whole or not at all."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        for piece in [content] if isinstance(content, bytes) else content:
            file.write(piece)
    draft.replace(path)


def names_in(folder: Path) -> list[str]:
    """Every file of the bag, in order; drafts that a crash has left are none."""
    found = (one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    return sorted(one.relative_to(folder).as_posix() for one in found)


def info(organization: str, identifier: str, day: date, agent: str, size: tuple[int, int]) -> bytes:
    """bag-info.txt. `size`: bytes and files of the payload."""
    lines = (
        f"Source-Organization: {' '.join(organization.split())}",
        f"External-Identifier: {identifier}",
        f"Bagging-Date: {day.isoformat()}",
        f"Payload-Oxum: {size[0]}.{size[1]}",
        f"Bag-Software-Agent: {agent}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def pack(
    folder: Path,
    target: Path,
    root: str,
    about: Callable[[tuple[int, int]], bytes],
    progress: Callable[[int], None] = lambda _: None,
) -> str:
    """Write the ZIP file of a bag whose payload is in `folder`/data, whole or not at all.

    about: bag-info.txt by the size of the payload. Answers the SHA-256 of the file (hex); progress
    is told of bytes.
    """
    names = names_in(folder)
    sizes = [(folder / name).stat().st_size for name in names]
    draft = target.with_name(f".{target.name}.draft")
    with draft.open("w+b") as file:
        zipped = Zip(file, root)
        tags = {"bagit.txt": DECLARATION, "bag-info.txt": about((sum(sizes), len(names)))}
        for name, content in tags.items():
            zipped.add(name, [content])
        sums = {}
        for name in names:
            of_file = {kind: make() for kind, make in _HASHES.items()}
            zipped.add(name, _through(_pieces(folder / name), list(of_file.values()), progress))
            sums[name] = {kind: one.hexdigest() for kind, one in of_file.items()}
        listed = {f"manifest-{kind}.txt": _manifest(sums, kind) for kind in _HASHES}
        for name, content in listed.items():
            zipped.add(name, [content])
        tags |= listed
        of_tags = {
            name: {kind: make(content).hexdigest() for kind, make in _HASHES.items()}
            for name, content in sorted(tags.items())
        }
        for kind in _HASHES:
            zipped.add(f"tagmanifest-{kind}.txt", [_manifest(of_tags, kind)])
        zipped.finish()
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        whole = sha256()
        while piece := file.read(CHUNK):
            whole.update(piece)
    draft.chmod(0o600)  # names of people
    draft.replace(target)
    return whole.hexdigest()


def _manifest(sums: Mapping[str, Mapping[str, str]], kind: str) -> bytes:
    return "".join(f"{one[kind]}  {name}\n" for name, one in sums.items()).encode()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _through(
    pieces: Iterable[bytes], sums: Iterable[object], progress: Callable[[int], None]
) -> Iterator[bytes]:
    for piece in pieces:
        for one in sums:
            one.update(piece)  # type: ignore[attr-defined]  # hashlib has no public type
        progress(len(piece))
        yield piece
