"""The blank of a written consent (clause 1.11): every point of 152-ФЗ, article 9, part 4.

What the school knows is filled in; addresses, documents, the day and the signature are by hand.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from api.documents.typesetting import pdf
from domain.people.facts import ConsentPurpose

_TERM = (
    "с даты подписи и до окончания обучения ребёнка в школе; отзывается в любой день письменным"
    " заявлением классному руководителю или директору"
)
_ACTIONS = (
    "сбор, запись, систематизация, накопление, хранение, уточнение, использование, показ"
    " законным представителям и самому ребёнку, блокирование, удаление и уничтожение;"
    " с помощью программы электронного журнала"
)


class Points(NamedTuple):
    """What a paper of a purpose says, whoever signs it."""

    title: str
    aim: str
    data: str
    after: str
    actions: str = _ACTIONS
    term: str = _TERM


POINTS: Final[dict[ConsentPurpose, Points]] = {
    "diary": Points(
        "Электронный дневник",
        "ведение электронного дневника ребёнка и доступ к нему",
        "фамилия, имя, отчество ребёнка и представителя, класс; расписание, темы и задания"
        " уроков, отметки, посещаемость, замечания и комментарии учителей; логин",
        "После отзыва электронный дневник закрывается в тот же день, а классный журнал школа"
        " продолжает вести: это её обязанность по закону.",
    ),
    "email": Points(
        "Письма на электронную почту",
        "письма представителю об успеваемости и посещаемости ребёнка",
        "имя и адрес электронной почты представителя, имя ребёнка, класс, отметки и посещаемость",
        "После отзыва письма прекращаются.",
    ),
    "push": Points(
        "Уведомления на телефон",
        "уведомления на телефон представителя об успеваемости и посещаемости ребёнка",
        "имя представителя, адрес доставки уведомлений его устройства, имя ребёнка, отметки и"
        " посещаемость",
        "После отзыва уведомления прекращаются.",
    ),
}


def blank_pdf(
    purpose: ConsentPurpose, *, school: str, child: str, class_name: str, signer: str
) -> bytes:
    """One sheet of A4. Raises UnprintableError."""
    points = POINTS[purpose]
    return pdf(
        "consent",
        {
            **points._asdict(),
            "title": "Согласие на обработку персональных данных",
            "purpose": points.title,
            "school": school,
            "child": child,
            "class": class_name,
            "signer": signer,
        },
    )
