"""A written consent to the processing of personal data, as 152-ФЗ, article 9(4) wants it.

The paper is personal data from top to bottom, so it lives in the vault; the fact keeps a reference.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from domain.refusals import Invalid

Media = Literal[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
]

MOST_CHARACTERS = 1_000


class Party(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person on the paper: full name, address, identity document (number, date, issuer)."""

    name: str
    address: str
    document: str


class ConsentPaper(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the paper says, by the points of the article.

    1 and 2: the child and who signs for the child, on what ground; 3: the operator; 4: the aim;
    5: the list of data; 6: who processes by the operator's order; 7: actions and ways; 8: the term
    and how to take it back; 9: signed on a day.
    """

    child: Party
    signer: Party
    ground: str
    operator: str
    aim: str
    data: str
    actions: str
    term: str
    signed_on: date
    processor: str = ""


class Scan(msgspec.Struct, frozen=True):
    """A picture of the paper on its way to the vault: sealed text, and what it is of."""

    body: str
    media: Media


def check_paper(paper: ConsentPaper, today: date) -> None:
    """Every point is filled in, and nobody signs tomorrow. Raises Invalid with what is missing."""
    blank = [words for words, value in _texts(paper) if not value.strip()]
    if blank:
        raise Invalid(
            "consent.paper_incomplete",
            f"В согласии не заполнено: {', '.join(blank)} (152-ФЗ, ст. 9, ч. 4).",
        )
    long = [words for words, value in _texts(paper) if len(value) > MOST_CHARACTERS]
    if long:
        raise Invalid("consent.paper_long", f"Слишком длинно: {', '.join(long)}.")
    if paper.signed_on > today:
        raise Invalid("consent.signed_tomorrow", "Дата подписи ещё не наступила.")


def _texts(paper: ConsentPaper) -> list[tuple[str, str]]:
    return [
        ("имя ребёнка", paper.child.name),
        ("адрес ребёнка", paper.child.address),
        ("документ ребёнка", paper.child.document),
        ("имя подписавшего", paper.signer.name),
        ("адрес подписавшего", paper.signer.address),
        ("документ подписавшего", paper.signer.document),
        ("основание", paper.ground),
        ("оператор", paper.operator),
        ("цель", paper.aim),
        ("перечень данных", paper.data),
        ("действия с данными", paper.actions),
        ("срок и порядок отзыва", paper.term),
    ]
