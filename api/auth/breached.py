"""Passwords that were stolen somewhere and published (OWASP ASVS V6.2.12).

breached.bin holds the first four bytes of the SHA-256 of each, sorted; how it is made and from what
says `tests/house/breached_passwords.py`. One password in forty thousand is taken for a stolen one
that is none.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

SIZE = 4  # bytes of each
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_OTHER_LAYOUT = str.maketrans(_CYRILLIC, _LATIN)


def mark_of(password: str) -> bytes:
    """What is kept of a stolen password; capitals do not count."""
    return sha256(password.lower().encode(errors="surrogatepass")).digest()[:SIZE]


def is_breached(password: str) -> bool:
    """Whether the password was stolen, as it is or typed with the same keys on a Latin keyboard."""
    plain = password.lower()
    return any(_known(mark_of(one)) for one in {plain, plain.translate(_OTHER_LAYOUT)})


@cache
def stolen() -> bytes:
    """The set, read once: half a megabyte."""
    return (files("api.auth") / "breached.bin").read_bytes()


def _known(mark: bytes) -> bool:
    marks = stolen()
    low, high = 0, len(marks) // SIZE
    while low < high:
        middle = (low + high) // 2
        if marks[middle * SIZE : (middle + 1) * SIZE] < mark:
            low = middle + 1
        else:
            high = middle
    return marks[low * SIZE : (low + 1) * SIZE] == mark
