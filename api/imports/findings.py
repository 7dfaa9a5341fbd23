"""What an import has to say about a file: errors that stop it and notices that do not."""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.refusals import Refusal

#: So many errors (and so many notices) are shown; the rest are counted.
SHOWN = 200


class Finding(msgspec.Struct, frozen=True):
    """`rows` are row numbers as Excel shows them; none when it is about the file as a whole."""

    level: Literal["error", "notice"]
    code: str
    rows: tuple[int, ...]
    text: str


class Findings:
    """Gathers findings: the first `SHOWN` of each level are kept, all are counted."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Finding]] = {"error": [], "notice": []}
        self.errors = 0
        self.notices = 0

    def error(self, code: str, reason: str, *rows: int) -> None:
        """An error that stops the import; `reason` is a sentence without its row."""
        self.errors += 1
        self._keep("error", code, reason, rows)

    def refusal(self, refusal: Refusal, *rows: int) -> None:
        """An error in the words of the domain."""
        self.error(refusal.code, lowered(refusal.message), *rows)

    def notice(self, code: str, reason: str, *rows: int) -> None:
        """Something a person should know before committing."""
        self.notices += 1
        self._keep("notice", code, reason, rows)

    def _keep(
        self, level: Literal["error", "notice"], code: str, reason: str, rows: tuple[int, ...]
    ) -> None:
        if len(self._kept[level]) < SHOWN:
            self._kept[level].append(Finding(level, code, rows, sentence(reason, rows)))

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Errors first, then notices."""
        return (*self._kept["error"], *self._kept["notice"])


def sentence(reason: str, rows: tuple[int, ...]) -> str:
    """«Строка 12: …», «Строки 5 и 9: …», or the reason alone with a capital letter."""
    reason = reason if reason.endswith((".", "?", "!")) else f"{reason}."
    if not rows:
        return reason[:1].upper() + reason[1:]
    if len(rows) == 1:
        return f"Строка {rows[0]}: {reason}"
    shown = ", ".join(str(row) for row in rows[:-1][:8])
    more = " …" if len(rows) > 9 else ""  # noqa: PLR2004 - nine numbers are enough to start with
    return f"Строки {shown}{more} и {rows[-1]}: {reason}"


def lowered(words: str) -> str:
    """The sentence as a continuation: «Отметка …» → «отметка …», but «ФИО …» stays."""
    if len(words) > 1 and words[0].isupper() and not words[1].isupper():
        return words[0].lower() + words[1:]
    return words
