"""`letopis doctor`: what is configured, connected, lagging, missing."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from api.commands.answers import GOOD, REFUSED, show
from api.commands.doctor_machine import Finding, disks, programs, server
from api.commands.ground import database, settings_of, with_data
from api.commands.seal_findings import seal_findings
from api.findings import CHECKS, FINDINGS
from domain.refusals import Busy
from projections import backups
from projections.audit import Check, last_done
from projections.jobs import Job, jobs
from projections.postgres import migrations
from projections.postgres.account import ServerError
from projections.postgres.database import APP, conninfo
from projections.postgres.pool import Database
from projections.postgres.settings import Settings, SettingsError
from projections.postgres.upkeep import pending
from projections.trouble import Trouble, troubles
from projections.waiting import lag

LAG_FACTS = 1_000
TIMEOUT_S = 5.0


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("doctor", help="что настроено, подключено, отстаёт, отсутствует")
    with_data(parser)
    parser.add_argument("--json", action="store_true", help="для программ")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; 1 when something wants a person."""
    findings = list(_look(arguments))
    rows = [
        {"what": one.what, "good": one.good, "found": one.found, "advice": one.advice}
        for one in findings
    ]
    if arguments.json:
        show(rows, as_json=True)
    else:
        for one in findings:
            print(f"{'✓' if one.good else '✗'} {one.what}: {one.found}")
            if not one.good and one.advice:
                print(f"    → {one.advice}")
    return GOOD if all(one.good for one in findings) else REFUSED


def _look(arguments: argparse.Namespace) -> list[Finding]:
    findings = programs()
    try:
        settings = settings_of(arguments)
    except SettingsError as fault:
        return [*findings, Finding("настройки", False, str(fault), "см. docs/settings.md")]
    findings += [*_configured(settings), *disks(settings)]
    try:
        with database(settings) as admin:
            findings += _connected(settings, admin)
    except (ServerError, OSError) as fault:
        findings.append(Finding("база данных", False, str(fault)))
    return findings


def _configured(settings: Settings) -> list[Finding]:
    outside = settings.database_url is not None
    place = "внешняя (DATABASE_URL)" if outside else f"встроенная, {settings.data_dir}"
    loopback = settings.host in {"127.0.0.1", "::1", "localhost"}
    https = (settings.public_origin or "").startswith("https://")
    return [
        Finding("база данных", True, place),
        Finding("веб-сервер", True, f"{settings.host}:{settings.port}"),
        Finding(
            "адрес для людей",
            loopback or https,
            settings.public_origin or ("этот компьютер" if loopback else "не задан"),
            "вход по сети работает только по https: поставьте обратный прокси с TLS "
            "и назовите его адрес в LETOPIS_PUBLIC_ORIGIN",
        ),
    ]


def _connected(settings: Settings, admin: str) -> list[Finding]:
    done = pending(admin)
    findings = [
        *server(admin),
        Finding(
            "таблицы",
            not done,
            f"не сделано: {', '.join(done)}" if done else "такие, как нужно",
            "letopis migrate",
        ),
    ]
    if done:
        return findings
    schools = migrations.schools(admin)
    findings.append(
        Finding(
            "школы",
            bool(schools),
            ", ".join(f"{one.slug} («{one.name}»)" for one in schools) or "нет ни одной",
            "letopis school add SLUG --name …",
        )
    )
    findings += [
        Finding(
            f"переезд школы {one.slug}",
            one.moved_to is not None,
            f"отдана: {one.moved_to}" if one.moved_to else "закрыта: переезжает",
            "закончите или отмените: docs/moving.md",
        )
        for one in schools
        if one.move is not None
    ]
    here = [one for one in schools if one.move is None]
    return findings + asyncio.run(_lagging(settings, admin, here))


async def _lagging(
    settings: Settings, admin: str, schools: list[migrations.RegisteredSchool]
) -> list[Finding]:
    shared = Database(conninfo(admin, APP, settings.secret), max_size=1, timeout_s=TIMEOUT_S)
    await shared.open()
    findings = []
    try:
        for school in schools:
            async with shared.connection() as conn:
                behind = await lag(conn, school.schema)
                checked = await last_done(conn, school.schema)
                seals = await seal_findings(conn, school, settings.seals, datetime.now(UTC))
                scheduled = await jobs(conn, school.schema, datetime.now(UTC))
                copied = await backups.newest(conn, school.schema)
                stopped = await troubles(conn, school.schema)
            findings.append(_copied(settings, school.slug, copied, datetime.now(UTC)))
            findings += [Finding(*one) for one in seals]
            visible = (settings.seals / school.school_id).exists()  # then `seals` tells of them
            findings += [
                _stopped(school.slug, one) for one in stopped if one.about != "seal" or not visible
            ]
            findings += [_checked(school.slug, one) for one in checked]
            findings.append(_scheduled(school.slug, scheduled, datetime.now(UTC)))
            findings.append(
                Finding(
                    f"проекции школы {school.slug}",
                    behind["facts"] <= LAG_FACTS,
                    f"записей {behind['head']}, отставание {behind['facts']}",
                    "запущен ли letopis project?",
                )
            )
    except Busy as fault:
        findings.append(Finding("роль letopis_app", False, fault.message, "тот ли LETOPIS_SECRET?"))
    finally:
        await shared.close()
    return findings


def _stopped(slug: str, one: Trouble) -> Finding:
    """What stands still."""
    what = {"fold": "проекции стоят", "seal": "печать не ставится"}[one.about]
    advice = (
        "docs/operations.md: поставьте программу, которая знает эту запись; запись не пропускают"
        if one.about == "fold"
        else "docs/operations.md"
    )
    found = f"{one.words} (с {one.since:%d.%m.%Y %H:%M} UTC)"
    return Finding(f"{what}, школа {slug}", False, found, advice)


def _scheduled(slug: str, scheduled: Sequence[Job], now: datetime) -> Finding:
    """Whether the scheduler does what it is to do, in time."""
    what, advice = f"расписание школы {slug}", "запущен ли letopis schedule? letopis jobs"
    if not scheduled:
        return Finding(what, False, "планировщик ещё не работал", advice)
    late = [one.title for one in scheduled if one.late_s(now)]
    failed = [one.title for one in scheduled if one.failed]
    found = f"заданий {len(scheduled)}" + ("" if late or failed else ", всё вовремя")
    found += f"; опаздывает: {', '.join(late)}" if late else ""
    found += f"; не получилось: {', '.join(failed)}" if failed else ""
    return Finding(what, not late and not failed, found, advice)


def _copied(settings: Settings, slug: str, copy: backups.Noted | None, now: datetime) -> Finding:
    """Whether there is a fresh copy that comes back. On a trial, and where somebody else looks
    after the database, there need not be one.
    """
    what, advice = f"копии школы {slug}", "letopis jobs; docs/backup.md"
    if settings.backup_dir is None and copy is None:
        served = settings.database_url is None and settings.public_origin is not None
        found = "программа их не делает: LETOPIS_BACKUP_DIR не задан"
        return Finding(what, not served, found, "задайте LETOPIS_BACKUP_DIR: docs/backup.md")
    if copy is None:
        return Finding(what, False, "ещё ни одной", advice)
    found = (
        f"{copy.taken:%d.%m.%Y %H:%M} UTC, записей {copy.position}, корень {copy.root[:16]}…; "
        f"хранится {copy.kept}; "
    )
    found += f"не сошлось: {copy.found}" if copy.found else "восстановлена учением и сошлась"
    return Finding(what, copy.good(now), found, advice)


def _checked(slug: str, one: Check) -> Finding:
    """What the last check of a kind has found."""
    when = f"{one.completed_at:%d.%m.%Y %H:%M} UTC" if one.completed_at else ""
    found = f"найдено {one.found}, {when}" if one.found else f"всё сошлось, {when}"
    first = "".join(f"; {FINDINGS[f.kind]} — {f.place}" for f in one.findings[:1])
    return Finding(
        f"{CHECKS[one.kind]}, школа {slug}",
        not one.found,
        found + first,
        "letopis verify, letopis replay",
    )
