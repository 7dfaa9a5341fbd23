"""What `letopis doctor` says about the seals: how far, since when not, keys, alarms."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from projections.postgres.migrations import RegisteredSchool
from projections.postgres.pool import Connection
from projections.seals import book
from projections.seals.alarms import Alarm, Alarms
from projections.seals.older import older_than_its_seal
from projections.seals.signer import Refused, Signer

#: what, whether it is good, what was found, what to do
Line = tuple[str, bool, str, str]

#: So long may a fact wait for its seal before somebody should look.
LATE = timedelta(minutes=10)


async def seal_findings(
    conn: Connection, school: RegisteredSchool, seals: Path, now: datetime
) -> list[Line]:
    """The seals of a school: from its tables, and from the directory where that can be seen."""
    signer = Signer(seals, school.school_id)
    seen = await book.sight(conn, school.schema)
    return [await _sealed(conn, school, now, seen), *_room(school, signer, seen.head, now)]


async def _sealed(
    conn: Connection, school: RegisteredSchool, now: datetime, seen: book.Sight
) -> Line:
    last = seen.sealed
    what = f"печать школы {school.slug}"
    found = f"под {last.size} записями, {_moment(last.at)}" if last else "нет ни одной"
    waiting = seen.head - (last.size if last else 0)
    since = await book.unsealed_since(conn, school.schema, last.size if last else 0)
    if since is None:
        return what, True, found, ""
    if last is not None:
        since = max(since, last.at)
    return (
        what,
        now - since < LATE,
        f"{found}; ждут печати {waiting}, с {_moment(since)}",
        "запущены ли letopis seal и letopis project?",
    )


def _room(school: RegisteredSchool, signer: Signer, head: int, now: datetime) -> list[Line]:
    what = f"ключи печати школы {school.slug}"
    try:
        if not signer.room.exists():
            return [(what, True, f"отсюда не видны ({signer.room})", "")]
        keys = len(signer.own_keys())
        signer.last()
        alarms = Alarms(signer.room).read()
    except Refused as refused:
        return [(what, False, refused.message, "")]
    except (OSError, ValueError) as fault:
        return [(what, False, f"не читается {signer.room}: {fault}", "тот ли пользователь?")]
    older = older_than_its_seal(signer, head)
    if older is not None and not any(one.sentence == older for one in alarms):
        alarms = [Alarm(now, "seal", older), *alarms]  # the sealer has not looked yet
    return [
        (what, keys > 0, f"{keys}, {signer.room}", "letopis seal key"),
        *(
            (
                f"тревога печати школы {school.slug} ({one.about})",
                False,
                f"{one.sentence} (с {_moment(one.since)})",
                "",
            )
            for one in alarms
        ),
    ]


def _moment(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M} UTC"
