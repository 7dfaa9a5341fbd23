"""`letopis user add|issue|revoke|list`: accounts from the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, get_args
from uuid import UUID, uuid4

from api.answers import written
from api.auth.accounts import Issue, issue_accounts, revoke_account
from api.auth.handed_out import of_class, printed
from api.auth.logins import in_parts
from api.commands.answers import GOOD, USAGE, show
from api.commands.ground import with_data, with_school
from api.commands.office import at_the_office, new_request, operator_of
from api.house import Door
from domain.office.facts import Appointment
from domain.people.facts import RevocationReason
from domain.refusals import NotFound
from domain.school import Handing
from domain.values import Role
from projections import directory

APPOINTED = (
    Role.ADMINISTRATOR,
    Role.AUDITOR,
    Role.DEPUTY,
    Role.DIRECTOR,
    Role.SECRETARY,
    Role.TEACHER,
)


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("user", help="учётные записи")
    kinds = parser.add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    adding = kinds.add_parser("add", help="выдать логин и одноразовый пароль")
    adding.add_argument("login", metavar="LOGIN", help="под каким именем входить")
    adding.add_argument("--name", help="«Фамилия Имя Отчество» нового человека")
    adding.add_argument("--person", type=UUID, metavar="ID", help="кому, если он уже в школе")
    adding.add_argument("--role", choices=[str(role) for role in APPOINTED], help="назначить")
    adding.add_argument("--slip", type=Path, metavar="ФАЙЛ", help="новый файл PDF для раздачи")
    adding.set_defaults(run=add)
    issuing = kinds.add_parser("issue", help="выдать классу: ученикам и их родителям")
    issuing.add_argument("--class", dest="class_name", required=True, metavar="7а", help="класс")
    issuing.add_argument(
        "--all", action="store_true", help="и тем, у кого доступ есть: прежние пароли отменяются"
    )
    issuing.add_argument("--slips", type=Path, metavar="ФАЙЛ", help="новый файл PDF для раздачи")
    issuing.set_defaults(run=issue)
    revoking = kinds.add_parser("revoke", help="закрыть вход, закончить сеансы")
    revoking.add_argument("login", metavar="LOGIN")
    revoking.add_argument(
        "--reason",
        choices=get_args(RevocationReason),
        default="request",
        help="left — ушёл из школы, reissued — выданы новые реквизиты, request — по просьбе,"
        " suspicion — пароль могли узнать",
    )
    revoking.set_defaults(run=revoke)
    listing = kinds.add_parser("list", help="кто может войти")
    listing.set_defaults(run=list_all)
    for one in (adding, issuing, revoking, listing):
        with_data(one)
        with_school(one)
        one.add_argument("--json", action="store_true", help="для программ")


def add(arguments: argparse.Namespace) -> int:
    """Register (with --name), appoint (with --role), issue the account."""
    if (arguments.name is None) == (arguments.person is None):
        print("letopis user add: нужно одно из --name и --person", file=sys.stderr)
        return USAGE

    async def work(door: Door) -> dict[str, Any]:
        by = operator_of(door)
        year = await door.rights.year()
        person_id = str(arguments.person or uuid4())
        if arguments.role is not None:
            await _require_year(door, year)  # or a person would stay behind without a role
        if arguments.name is not None:
            name = in_parts(arguments.name)
            await written(
                door.school.register_person(
                    year, person_id, "staff", name, by=by, request=new_request()
                )
            )
        if arguments.role is not None:
            appointment = Appointment(person_id, Role(arguments.role), door.rights.today())
            await written(door.school.appoint(year, appointment, by=by, request=new_request()))
        issued = await issue_accounts(
            door,
            [Handing(person_id, person_id)],
            login=arguments.login,
            by=by,
            request=new_request(),
        )
        if arguments.name is not None:  # the directory has not heard of the name yet
            [one] = issued.people
            issued = issued._replace(people=[one._replace(name=arguments.name.strip())])
        return (await _told(door, issued, slip))[0]

    with _new_file(arguments.slip) as slip:
        show([at_the_office(arguments, work)], as_json=arguments.json)
    return GOOD


async def _require_year(door: Door, year: int) -> None:
    """Raises NotFound with the command that opens the year."""
    async with door.reading() as (conn, schema):
        if await directory.calendar_of(conn, schema, year) is None:
            raise NotFound(
                "year.unknown",
                f"Учебный год {year} не открыт. Сначала: letopis school year --typical {year}",
            )


def issue(arguments: argparse.Namespace) -> int:
    """Issue accounts to a class: to those who cannot sign in, or to everybody."""

    async def work(door: Door) -> list[dict[str, Any]]:
        class_id = await _class_named(door, arguments.class_name)
        listed = (await of_class(door, class_id))["people"]
        chosen = [one for one in listed if arguments.all or one["status"] in {"none", "expired"}]
        if not chosen:
            return []
        issued = await issue_accounts(
            door,
            [Handing(one["person_id"], one["person_id"]) for one in chosen],
            class_id=class_id,
            by=operator_of(door),
            request=new_request(),
        )
        return await _told(door, issued, slips, arguments.class_name)

    with _new_file(arguments.slips) as slips:
        told = at_the_office(arguments, work)
    show(told, as_json=arguments.json, empty="Доступ есть у всех: новые пароли — с ключом --all.")
    return GOOD


async def _class_named(door: Door, name: str) -> str:
    today = door.rights.today()
    async with door.reading() as (conn, schema):
        classes = await directory.classes(conn, schema, await door.rights.year(), today)
    for one in classes:
        if one["name"] == name.strip().lower():
            return str(one["class_id"])
    raise NotFound("class.unknown", f"Класса «{name}» в этом учебном году нет.")


async def _told(
    door: Door, issued: Issue, slips: BinaryIO | None, class_name: str = ""
) -> list[dict[str, Any]]:
    """Rows to show; the passwords are in the file if there is one, else in the rows."""
    if slips is not None:
        slips.write(await printed(None, door, issued, class_name))
    until = issued.good_until and issued.good_until.isoformat()
    return [
        {
            "login": one.login,
            "password": one.password if slips is None else "в файле",
            "good_until": until,
            "person_id": one.person_id,
        }
        for one in issued.people
    ]


@contextmanager
def _new_file(path: Path | None) -> Iterator[BinaryIO | None]:
    """A file that only its owner reads, opened before any password ends; gone when nothing was
    written. Raises NotFound where it cannot be, or is already.
    """
    if path is None:
        yield None
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise NotFound("file.refused", f"{path}: {fault.strerror}.") from fault
    try:
        with os.fdopen(number, "wb") as file:
            yield file
    finally:
        if path.stat().st_size == 0:
            path.unlink()


def revoke(arguments: argparse.Namespace) -> int:
    """Close sign-in of a login."""

    async def work(door: Door) -> dict[str, Any]:
        account = await door.store.account(login=arguments.login.lower())
        if account is None:
            raise NotFound("account.unknown", f"Логина «{arguments.login}» нет.")
        position = await revoke_account(
            door, account.person_id, arguments.reason, by=operator_of(door), request=new_request()
        )
        return {"login": account.login, "person_id": account.person_id, "position": position}

    show([at_the_office(arguments, work)], as_json=arguments.json)
    return GOOD


def list_all(arguments: argparse.Namespace) -> int:
    """List the accounts."""

    async def work(door: Door) -> list[dict[str, Any]]:
        return [
            {
                "login": one.login,
                "person_id": one.person_id,
                "must_change": one.must_change,
                "disabled": one.disabled_at is not None,
            }
            for one in await door.store.accounts()
        ]

    show(at_the_office(arguments, work), as_json=arguments.json, empty="Никто не может войти.")
    return GOOD
