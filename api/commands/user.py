"""`letopis user add|revoke|list`: accounts from the command line."""

from __future__ import annotations

import argparse
import sys
from typing import Any, get_args
from uuid import UUID, uuid4

from api.answers import written
from api.auth.accounts import issue_account, revoke_account
from api.commands.answers import GOOD, USAGE, show
from api.commands.ground import with_data, with_school
from api.commands.office import at_the_office, new_request, operator_of
from api.house import Door
from domain.office.facts import Appointment
from domain.people.facts import Name, RevocationReason
from domain.refusals import NotFound
from domain.values import Role

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
    adding.set_defaults(run=add)
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
    for one in (adding, revoking, listing):
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
        if arguments.name is not None:
            name = _name(arguments.name)
            await written(
                door.school.register_person(
                    year, person_id, "staff", name, by=by, request=new_request()
                )
            )
        if arguments.role is not None:
            appointment = Appointment(person_id, Role(arguments.role), door.rights.today())
            await written(door.school.appoint(year, appointment, by=by, request=new_request()))
        issued = await issue_account(
            door, person_id, arguments.login, None, by=by, request=new_request()
        )
        return {
            "login": issued["login"],
            "password": issued["password"],
            "good_until": issued["good_until"],
            "person_id": person_id,
        }

    show([at_the_office(arguments, work)], as_json=arguments.json)
    return GOOD


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


def _name(text: str) -> Name:
    family, _, rest = text.strip().partition(" ")
    given, _, patronymic = rest.strip().partition(" ")
    return Name(family, given, patronymic.strip())
