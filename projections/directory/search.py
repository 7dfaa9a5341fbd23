"""Pupils by the beginnings of their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from projections.sql import rows

#: of the word that is looked for; an initial may stand beside it
FEWEST_LETTERS = 2
_WORD = re.compile(r"[^\W\d_]+")


class FoundPupil(NamedTuple):
    """A pupil of the year with the class that is or was the last one. `left`: the first day
    without a class, None while there is one; `consented`: the diary is open to the family.
    """

    pupil_id: str
    name: str
    class_id: str
    class_name: str
    left: date | None
    consented: bool


def words_of(text: str) -> tuple[str, ...]:
    """The words to look for: small letters, Ё as Е, hyphenated names in parts; none of them when
    no word has two letters.
    """
    words = tuple(_WORD.findall(_plain(text)))
    return words if any(len(word) >= FEWEST_LETTERS for word in words) else ()


def matches(name: str, words: Sequence[str]) -> bool:
    """Each word begins a part of the name, in whatever order, no part twice."""
    return _placed(_WORD.findall(_plain(name)), words)


async def pupils_named(
    conn: AsyncConnection[Any],
    schema: str,
    words: Sequence[str],
    year: int,
    day: date,
    classes: Collection[str] | None = None,
) -> list[FoundPupil]:
    """Pupils of a school year whom the words name, in Russian order; `classes`: only of these."""
    found = await rows(
        conn,
        schema,
        """
        SELECT DISTINCT ON (p.sort_key, p.person_id) p.person_id::text, p.full_name,
            c.class_id::text, c.name, CASE WHEN e.until <= %(day)s THEN e.until END,
            EXISTS (SELECT 1 FROM {s}.directory_consent x WHERE x.pupil_id = p.person_id
                AND x.purpose = 'diary' AND NOT x.withdrawn AND x.since <= %(day)s
                AND (x.until IS NULL OR %(day)s < x.until))
        FROM {s}.directory_person p
        JOIN {s}.directory_enrolment e ON e.pupil_id = p.person_id
        JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s AND p.full_name <> ''
            AND (%(classes)s::uuid[] IS NULL OR class_id = ANY (%(classes)s::uuid[]))
        ORDER BY p.sort_key, p.person_id, e.since DESC, e.position DESC
        """,
        year=year,
        day=day,
        classes=None if classes is None else list(classes),
    )
    return [one for one in map(FoundPupil._make, found) if matches(one.name, words)]


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е")


def _placed(parts: list[str], words: Sequence[str]) -> bool:
    if not words:
        return True
    word, *rest = words
    return any(
        part.startswith(word) and _placed(parts[:at] + parts[at + 1 :], rest)
        for at, part in enumerate(parts)
    )
