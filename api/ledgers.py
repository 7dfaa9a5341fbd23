"""The two books of the office as both doors show them, and the register as a table."""

from __future__ import annotations

import csv
import io

from api.caller import Caller
from domain.office.ledger_facts import CHANNEL_LABELS, OUTCOME_LABELS, Channel, Outcome
from domain.permissions import Act, holders
from domain.refusals import Forbidden
from projections import ledgers
from projections.ledgers import Service

COLUMNS = (
    *("№", "дата", "способ", "заявитель", "контакт", "ученик", "о чём", "срок"),
    *("решение", "дата решения", "кто ответил", "причина отказа"),
)
#: what a table program would take for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def may_keep_register(caller: Caller) -> None:
    """The register is the secretary's, the administrator's, the director's. Raises Forbidden."""
    if caller.roles.isdisjoint(holders(Act.REQUEST_SERVICE)):
        raise Forbidden(
            "service.not_yours", "Реестр ведут секретарь, администратор и директор школы."
        )


def may_train(caller: Caller) -> bool:
    """The caller has the staff taught."""
    return not caller.roles.isdisjoint(holders(Act.HOLD_TRAINING))


async def register(caller: Caller) -> list[Service]:
    """The register of the school year in force, in its order. Raises Forbidden."""
    may_keep_register(caller)
    year = await caller.door.rights.year()
    async with caller.reading() as (conn, schema):
        return await ledgers.services(conn, schema, year)


def as_csv(found: list[Service]) -> bytes:
    """The register as Russian Excel opens it: semicolons, a byte order mark; no formulas."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\r\n")
    write.writerow(COLUMNS)
    for one in found:
        said = one.application
        line = (
            one.number,
            f"{one.day:%d.%m.%Y}",
            CHANNEL_LABELS[Channel(one.channel)],
            said.applicant,
            said.contact,
            one.pupil,
            said.about,
            f"{one.due_date:%d.%m.%Y}",
            OUTCOME_LABELS[Outcome(one.outcome)] if one.outcome else "",
            f"{one.decided_at:%d.%m.%Y}" if one.decided_at else "",
            one.decided_by,
            one.reason,
        )
        write.writerow([_harmless(str(cell)) for cell in line])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
