"""Figures of the whole program: its log checked, its years kept, its reports and forecasts."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from domain.office.archive_facts import ArchiveWritten
from projections import forecast
from projections.archive.checklist import years
from projections.figures.figure import Conn, Context, Figure
from projections.ledgers import untrained
from projections.postgres.bookmarks import following
from projections.report_runs import KEEP
from projections.sql import STILL, row, rows

NO_STAFF = "сотрудники ещё не записаны"
STAFF = "/staff/credentials"


def covered(found: dict[str, list[Figure]], clauses: int) -> Figure:
    """1.1: clauses that have something to count now, of all clauses of the text."""
    good = sum(any(one.total for one in of) for of in found.values())
    text = "пунктов положения сейчас измерено, в остальных пока нечего считать"
    return Figure("1.1", text, good + 1, clauses, "/regulation?show=idle")


async def checked(conn: Conn, schema: str, context: Context) -> Figure:
    """1.2: facts up to last midnight that a verification without findings has covered."""
    midnight = datetime.combine(context.today, time(), ZoneInfo(context.zone))
    found = await row(
        conn,
        schema,
        """
        SELECT coalesce((SELECT max(checked_position) FROM {s}.audit_check
                WHERE kind = 'verification' AND year IS NULL AND until IS NULL AND found = 0
                    AND completed_at <= %(now)s), 0),
            coalesce((SELECT max(position) FROM {s}.register_moment WHERE at < %(midnight)s), 0)
        """,
        now=context.now,
        midnight=midnight,
    )
    done, total = found or (0, 0)
    text = "записей, сделанных до сегодняшнего дня, сверены с печатями, расхождений нет"
    return Figure("1.2", text, min(done, total), total, "/audit", "журнал начат сегодня")


async def enabled(conn: Conn, schema: str, context: Context) -> Figure:
    """1.5: the staff of today with an account of one's own."""
    given, _, staff = await _accounts(conn, schema, context)
    text = "сотрудников, у которых есть свой вход в журнал"
    return Figure("1.5", text, given, staff, STAFF, NO_STAFF)


async def at_home(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.3: the staff of today that has signed in and chosen a password of one's own."""
    _, entered, staff = await _accounts(conn, schema, context)
    text = "сотрудников входили в журнал сами, со своим паролем"
    return Figure("2.2.3", text, entered, staff, STAFF, NO_STAFF)


async def one_source(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.2: parts of the program that have folded the last fact of the one log."""
    del context
    place = await following(conn, schema)
    parts = place.projections.values()
    good = sum(one.position >= place.head.position for one in parts)
    text = "частей программы (журнал, дневник, отчёты и другие) собраны по последнюю запись"
    return Figure("2.2.2", text, good, len(parts), "/health", "ни одна часть ещё не собрана")


async def in_diaries(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.6: marks of all years in the registers that stand in the diaries with the same value."""
    del context
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE d.value = r.value), count(*) FROM {s}.register_mark r"
        " LEFT JOIN {s}.diary_mark d USING (mark_id) WHERE r.valid_to = %s",
        STILL,
    )
    good, total = found or (0, 0)
    text = "отметок за все годы ученик видит такими же, какими они стоят в журнале"
    return Figure("2.2.6", text, good, total, "/health", "отметок ещё нет")


async def reports(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.7: reports asked for as a file in the days that runs are kept, which were made."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE state = 'ready'), count(*) FROM {s}.report_run"
        " WHERE asked_at > %s AND state IN ('ready', 'failed')",
        context.now - KEEP,
    )
    good, total = found or (0, 0)
    text = f"отчётов, которые за {KEEP.days} дней попросили файлом, составлено"
    why = f"за {KEEP.days} дней отчётов файлом не просили, на экране они открываются сразу"
    return Figure("2.2.7", text, good, total, "/report-runs" if total else "/reports", why)


async def came_true(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.10: forecasts made in the middle of the last term judged that came true."""
    found = await forecast.latest(conn, schema, context.regulation, context.today)
    judged = found.calibration
    if judged is None:
        why = "сбылся ли прогноз, видно, когда закончились хотя бы два периода с отметками"
        return Figure("2.2.10", "прогнозов сбылось", 0, 0, "/forecast/calibration", why)
    middle = min(judged.parts, key=lambda one: abs(one.progress - 0.5))
    text = f"прогнозов, сделанных в середине периода «{judged.term}», сбылись"
    good = round(middle.correct * middle.forecasts)
    return Figure("2.2.10", text, good, middle.forecasts, "/forecast/calibration")


async def archived(conn: Conn, schema: str, context: Context) -> Figure:
    """5.3: school years that are over, and archived by an order."""
    over, archives, _ = await _years(conn, schema, context)
    text = "закончившихся учебных лет в архиве"
    why = "ни один учебный год ещё не закончился"
    return Figure("5.3", text, len(over & archives), len(over), "/archive", why)


async def verifiable(conn: Conn, schema: str, context: Context) -> Figure:
    """5.3: archives with the hashes of their files in the log: anybody can verify them."""
    _, archives, written = await _years(conn, schema, context)
    text = "архивов можно сверить: отпечатки их файлов — записи журнала"
    return Figure(
        "5.3", text, len(archives & written), len(archives), "/archive", "архивов ещё нет"
    )


async def _accounts(conn: Conn, schema: str, context: Context) -> tuple[int, int, int]:
    """Of the staff of today: given an account, came in by it, all."""
    staff = await untrained(conn, schema, context.year, context.today)
    found = await row(
        conn,
        schema,
        "SELECT count(*), count(*) FILTER (WHERE NOT must_change) FROM {s}.account"
        " WHERE person_id = ANY (%s::uuid[]) AND disabled_at IS NULL",
        [one.person_id for one in staff],
    )
    given, entered = found or (0, 0)
    return given, entered, len(staff)


async def _years(conn: Conn, schema: str, context: Context) -> tuple[set[int], set[int], set[int]]:
    """Years that are over; those that are archived; those whose files stand in the log."""
    ended = await rows(
        conn,
        schema,
        "SELECT year FROM {s}.register_term WHERE valid_to = %s GROUP BY year"
        " HAVING max(ends) < %s",
        STILL,
        context.today,
    )
    cards = await years(conn, schema)
    return (
        {year for (year,) in ended},
        {one.year for one in cards if one.archived},
        {one.year for one in cards if any(isinstance(of.fact, ArchiveWritten) for of in one.told)},
    )
