"""Codes on paper, for who has lost the telephone: each good once."""

from __future__ import annotations

import secrets
from hashlib import sha256

from api.auth.passwords import ALPHABET

COUNT = 8
LENGTH = 24  # of 31 signs: 118 bits; from 112 on a plain hash keeps them (ASVS V6.5.2)
GROUP = 6


def new_codes() -> list[str]:
    """Eight codes as they are printed: `abcdef-ghjkmn-pqrstu-vwxyz2`."""
    return [
        _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH))) for _ in range(COUNT)
    ]


def hash_of_code(code: str) -> bytes:
    """What the table keeps; hyphens, spaces and capitals do not matter."""
    return sha256("".join(sign for sign in code.lower() if sign.isalnum()).encode()).digest()


def _grouped(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))
