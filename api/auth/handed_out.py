"""Who of a class, or of the staff, was given credentials; slips for those who get them now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from api.auth.accounts import Issue
from api.auth.store import Account
from api.documents import UnprintableError
from api.documents.slips import Slip, slips_pdf
from domain.refusals import Conflict, NotFound
from projections import directory
from projections.credentials import Credentials, credentials

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from api.house import Door

#: Who acts where there is no person.
SERVER = "командная строка сервера"
Status = Literal["none", "issued", "signed", "entered", "expired", "closed"]


async def of_class(door: Door, class_id: str) -> dict[str, Any]:
    """`{class_id, name, people[…]}`: every pupil of the class today, the guardians after each.

    A person is `{person_id, name, kind, pupil_id, login, status, issued_at, issued_by, good_until,
    signed_at, signed_by, signed_to, entered_at}`; moments ISO 8601, those who acted by name;
    `pupil_id` is that of the child of a guardian. Raises NotFound.
    """
    today = door.rights.today()
    async with door.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, today)
        if card is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        listed: list[dict[str, Any]] = []
        for pupil in card["roster"]:
            number = pupil["pupil_id"]
            listed.append(_person(number, pupil["name"], "pupil", None))
            listed += [
                _person(one["person_id"], one["name"], "guardian", number)
                for one in await directory.guardians_of(conn, schema, number, today)
            ]
    return {
        "class_id": class_id,
        "name": card["name"],
        "people": await _with_statuses(door, listed),
    }


async def of_staff(door: Door) -> dict[str, Any]:
    """`{people[…]}`: the staff by name, as in `of_class`."""
    async with door.reading() as (conn, schema):
        people = await directory.people(conn, schema, None, "staff")
    listed = [_person(one["person_id"], one["name"], "staff", None) for one in people]
    return {"people": await _with_statuses(door, listed)}


async def printed(
    connection: HTTPConnection | None, door: Door, issue: Issue, class_name: str = ""
) -> bytes:
    """The slips of an issue. Without a declared public address it is the one that the caller used.

    Raises Conflict when the passwords were told before, or a name cannot be printed.
    """
    if issue.good_until is None:
        raise Conflict(
            "credentials.told_already",
            "Эти пароли уже были напечатаны, показать их ещё раз нельзя. Выдайте новые.",
        )
    browser = door.house.browser
    origin = browser.origin(connection) if connection is not None else browser.public_origin
    slips = [Slip(one.name, one.login, one.password or "", class_name) for one in issue.people]
    try:
        return await asyncio.to_thread(
            slips_pdf,
            slips,
            school=door.name,
            origin=origin or "",
            good_until=issue.good_until,
            zone=door.zone,
        )
    except UnprintableError as fault:
        raise Conflict(
            "credentials.unprintable",
            "В чьём-то имени есть знак, которого не напечатать. Прежние пароли уже отменены:"
            " исправьте имя и выдайте листки снова.",
        ) from fault


def _person(person_id: str, name: str, kind: str, pupil_id: str | None) -> dict[str, Any]:
    return {"person_id": person_id, "name": name, "kind": kind, "pupil_id": pupil_id}


async def _with_statuses(door: Door, listed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = [one["person_id"] for one in listed]
    accounts = {one.person_id: one for one in await door.store.accounts()}
    async with door.reading() as (conn, schema):
        given = await credentials(conn, schema, numbers)
        actors = {
            one
            for last in given.values()
            for one in (last.issued_by, last.signed_by, last.signed_to)
            if one is not None
        }
        names = {
            one["person_id"]: one["name"]
            for one in await directory.people(conn, schema, sorted(actors))
        }
    now = door.house.clock()
    return [
        one | _status(given.get(number), accounts.get(number), names, now)
        for one, number in zip(listed, numbers, strict=True)
    ]


def _status(
    last: Credentials | None, account: Account | None, names: dict[str, str], now: datetime
) -> dict[str, Any]:
    until = account.good_until if account is not None else None
    return {
        "login": account.login if account is not None else None,
        "status": _word(last, account, now),
        "issued_at": last and last.issued_at.isoformat(),
        "issued_by": last and names.get(last.issued_by, SERVER),
        "good_until": until and until.isoformat(),
        "signed_at": last and last.signed_at and last.signed_at.isoformat(),
        "signed_by": last and last.signed_by and names.get(last.signed_by, ""),
        "signed_to": last and last.signed_to and names.get(last.signed_to, ""),
        "entered_at": last and last.entered_at and last.entered_at.isoformat(),
    }


def _word(last: Credentials | None, account: Account | None, now: datetime) -> Status:
    if account is None:
        return "none"
    if account.disabled_at is not None:
        return "closed"
    if not account.must_change:
        return "entered"
    if account.good_until is not None and account.good_until <= now:
        return "expired"
    return "signed" if last is not None and last.signed_at is not None else "issued"
