"""A private key in a file of its own, readable by its owner only, in the spelling of Go's notes:
`PRIVATE+KEY+name+id+base64(type | seed)`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from projections.seals.note import Malformed, SigningKey, from_base64, to_base64

SEED = 32  # bytes

_PREFIX = "PRIVATE+KEY+"
_DRAFT_NAME = 4  # bytes


def make_key(path: Path, name: str, kind: int) -> SigningKey:
    """A new key in a new file, or the one that another process has just put there.

    Raises Malformed (the name cannot be one), OSError.
    """
    seed = secrets.token_bytes(SEED)
    key = SigningKey(name, seed, kind)
    encoded = to_base64(bytes([kind]) + seed)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(_DRAFT_NAME)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{_PREFIX}{name}+{key.verifier.id.hex()}+{encoded}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whole or not at all, and never over another key
    except FileExistsError:
        return read_key(path)
    finally:
        draft.unlink()
    return key


def read_key(path: Path) -> SigningKey:
    """The key in a file. Raises Malformed, OSError."""
    text = path.read_text(encoding="utf-8").removesuffix("\n")
    name, _, rest = text.removeprefix(_PREFIX).partition("+")
    number, _, encoded = rest.partition("+")
    raw = from_base64(encoded)
    if not text.startswith(_PREFIX) or len(raw) != 1 + SEED:
        raise Malformed("not a file with a private key")
    key = SigningKey(name, raw[1:], raw[0])
    if key.verifier.id.hex() != number:
        raise Malformed("the id of the key is not that of the key")
    return key
