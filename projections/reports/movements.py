"""Form 12: «Прибывшие и выбывшие»; moves between classes of the school are not counted."""

from __future__ import annotations

from datetime import date
from typing import LiteralString

import msgspec

from projections.names import name_of, shown
from projections.reports.ground import Ground
from projections.reports.paper import NUMBER, Column, Part, Report, days, numbered

FORM = "movements"
TITLE = "Прибывшие и выбывшие ученики"
WORDS = {"arrived": "прибыл(а)", "departed": "выбыл(а)"}
COLUMNS = (
    NUMBER,
    Column("name", "Фамилия, имя", width=29, pinned=True),
    Column("born", "Дата рождения", "day"),
    Column("kind", "Движение", width=11),
    Column("class", "Класс", width=6),
    Column("day", "С какого дня", "day"),
    Column("order", "Приказ", width=10),
    Column("order_date", "Дата приказа", "day"),
    Column("place", "Откуда, куда"),
    Column("address", "Адрес"),
)

_MOVES: LiteralString = """
    SELECT m.kind, m.on_day, m.class_id::text, c.name, p.full_name, m.order_no, m.order_date,
        m.other_class::text, o.name, v.body, n.body
    FROM {s}.office_movement m
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_class o ON o.class_id = m.other_class
    LEFT JOIN {s}.directory_person p ON p.person_id = m.pupil_id
    LEFT JOIN {s}.payload v ON v.id = m.place_id
    LEFT JOIN {s}.payload n ON n.subject = m.pupil_id AND n.kind = 'name'
    WHERE m.position <= %(at)s AND m.on_day BETWEEN %(since)s AND %(until)s
        AND (%(class)s::uuid IS NULL OR m.class_id = %(class)s)
        AND c.year = %(year)s AND (m.kind = 'departed' OR m.on_day > %(first)s)
    ORDER BY m.on_day, p.sort_key, m.position
"""


class Move(msgspec.Struct, frozen=True):
    """Somebody came or went. `other`: the class of the school that it was from or to."""

    kind: str
    day: date
    class_name: str
    name: str
    order_no: str
    order_date: date | None
    other: str
    place: str
    born: date | None = None
    address: str = ""


async def moves(ground: Ground, since: date, until: date, class_id: str | None) -> list[Move]:
    """Movements of days [since, until], moves between classes as well; not the lists with which the
    year began.
    """
    ask = {"class": class_id, "year": ground.asked.year, "first": ground.first_day}
    found = await ground.rows(_MOVES, since=since, until=until, **ask)
    return [
        Move(
            kind,
            day,
            class_name,
            shown(name),
            order or "",
            order_day,
            other or "",
            place or "",
            who.born if who else None,
            who.address if who else "",
        )
        for kind, day, _, class_name, name, order, order_day, _, other, place, body in found
        for who in (name_of(body),)
    ]


async def build(ground: Ground) -> Report:
    """A line for everybody who came to the school or left it."""
    since, until = ground.days()
    found = await moves(ground, since, until, ground.asked.class_id)
    own = [one for one in found if not one.other and one.order_no]
    came = sum(one.kind == "arrived" for one in own)
    return Report(
        FORM,
        TITLE,
        (
            ("Период", days(since, until)),
            ("Прибыло", str(came)),
            ("Выбыло", str(len(own) - came)),
        ),
        (
            Part(
                COLUMNS,
                numbered(
                    (
                        one.name,
                        one.born.isoformat() if one.born else None,
                        WORDS[one.kind],
                        one.class_name,
                        one.day.isoformat(),
                        one.order_no,
                        one.order_date.isoformat() if one.order_date else None,
                        one.place,
                        one.address,
                    )
                    for one in own
                ),
                empty="За эти дни никто не прибыл и не выбыл.",
            ),
        ),
        ground.position,
        ground.moment,
        (
            "Не входят переводы между классами и списки, с которыми начался год.",
            "Дата рождения и адрес — сегодняшние; после удаления данных ученика их нет.",
        ),
        ("Секретарь", "Директор"),
    )
