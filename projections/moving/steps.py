"""The steps of a move. Each may be killed anywhere and carried out again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from domain.refusals import Conflict, Invalid
from projections.backups import derived, heads
from projections.backups.heads import Head
from projections.folding import catch_up
from projections.moving import papers
from projections.moving.closing import closed, known, reopened, shut, unshut
from projections.moving.papers import BROUGHT, DUMP, EXPORTED, RELEASED, Brought, Paper, Released
from projections.postgres import migrations
from projections.postgres.database import OWNER, PROJECTOR, conninfo, open_pool, schema_of
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.programs import run, way_to
from projections.replay import replay
from projections.strongbox import seal


def export(admin: str, secret: str, slug: str, into: Path) -> Paper:
    """Close the school and write it out into a directory; a repeat finds what is there.

    Raises NotFound, Conflict, Invalid, ServerError.
    """
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = papers.read(into / EXPORTED, Paper)
    if there is not None and there.slug != slug:
        raise Conflict("move.other", f"В {into} выгружена другая школа: {there.slug}.")
    school = closed(admin, slug, str(uuid4()))
    with psycopg.connect(conninfo(admin, PROJECTOR, secret), autocommit=True) as conn:
        catch_up(conn, school.schema)
    head = head_of(admin, slug)
    if there is not None and (there.move, there.head) == (school.move, head):
        return papers.exported(into)
    if school.moved_to is not None:
        raise _moved(school)
    for stale in (EXPORTED, BROUGHT, RELEASED):
        (into / stale).unlink(missing_ok=True)
    draft = into / f"{DUMP}.new"
    run(
        *("pg_dump", "--format=custom", f"--schema={school.schema}", f"--role={OWNER}"),
        *("--no-password", f"--file={draft}"),
        environment=way_to(admin),
    )
    draft.chmod(0o600)
    draft.replace(into / DUMP)
    paper = Paper(
        str(school.move),
        slug,
        school.school_id,
        school.name,
        school.zone,
        head,
        papers.digest(into / DUMP),
        papers.fingerprint(school.opener(secret), school.school_id),
    )
    papers.write(into / EXPORTED, paper)
    return paper


def bring(admin: str, secret: str, into: Path, opener: str | None, now: datetime) -> Brought:
    """Lay the school here, closed, and verify it: the same head and root, every seal, every row of
    the projections as the facts say. A repeat verifies again.

    opener: the secret of the installation it comes from, if that is not this one's.
    Raises Conflict, Invalid, UnknownLog, ServerError.
    """
    paper = papers.exported(into)
    if papers.fingerprint(opener or secret, paper.school_id) != paper.opener:
        raise Invalid(
            "move.opener",
            "Файлы школы запечатаны другим секретом: назовите секрет прежнего сервера "
            "в --opener-file.",
        )
    migrations.migrate(admin, secret)
    school = _there(admin, paper)
    if school is None:
        with psycopg.connect(admin, autocommit=True) as conn:  # what a move that was killed left
            schema = sql.Identifier(schema_of(paper.slug))
            conn.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        run(
            *("pg_restore", "--single-transaction", "--exit-on-error", "--no-password"),
            *("--dbname", str(conninfo_to_dict(admin)["dbname"]), str(into / DUMP)),
            environment=way_to(admin),
        )
        school = _register(admin, secret, paper, opener)
    brought = _verified(admin, secret, school, paper, now)
    papers.write(into / BROUGHT, brought)
    return brought


def release(admin: str, slug: str, into: Path, to: str, now: datetime) -> Released:
    """Give the school away for good: it goes on at an address. Only against the receipt that all
    of it has arrived. Raises NotFound, Conflict, Invalid.
    """
    paper, brought = papers.exported(into), papers.read(into / BROUGHT, Brought)
    if brought is None or (brought.move, brought.head) != (paper.move, paper.head):
        message = f"В {into} нет {BROUGHT} с нового сервера: отдавать школу рано."
        raise Conflict("move.not_brought", message)
    with psycopg.connect(admin) as conn:
        school = known(conn, slug)
        if school.move != paper.move:
            raise Conflict("move.another", "Выгружено при другом переезде: выгрузите заново.")
        conn.execute("UPDATE public.school SET moved_to = %s WHERE slug = %s", (to, slug))
    released = Released(paper.move, to, now)
    papers.write(into / RELEASED, released)
    return released


def opened(admin: str, into: Path, *, lost: bool = False) -> Paper:
    """Open the school where it was brought to. lost: the server it comes from is no more, and
    nobody can give it away. Raises NotFound, Conflict, Invalid.
    """
    paper, released = papers.exported(into), papers.read(into / RELEASED, Released)
    if not lost and (released is None or released.move != paper.move):
        raise Conflict(
            "move.not_released",
            f"В {into} нет {RELEASED} с прежнего сервера: пока он не отдал школу, открывать её "
            "здесь нельзя, иначе журналов станет два.",
        )
    with psycopg.connect(admin) as conn:
        school = known(conn, paper.slug)
    if school.school_id != paper.school_id:
        raise Conflict("move.other", f"Под именем {paper.slug} здесь другая школа.")
    if school.move is None:
        return paper
    if school.move != paper.move or papers.read(into / BROUGHT, Brought) is None:
        raise Conflict("move.not_brought", "Школа принята не вся: letopis school bring.")
    reopened(admin, paper.slug)
    return paper


def head_of(admin: str, slug: str) -> Head:
    """The end of a school's log and the root of its tree."""
    return next(one for one in heads(admin) if one.school == slug)


def _there(admin: str, paper: Paper) -> RegisteredSchool | None:
    """The school as this move has laid it already. Raises Conflict when it is here by itself."""
    for one in migrations.schools(admin):
        if one.school_id == paper.school_id and one.move == paper.move and not one.moved_to:
            return one
        if paper.school_id == one.school_id:
            if one.moved_to is not None:
                raise _moved(one)
            raise Conflict("move.known", f"Эта школа здесь уже есть: {one.slug}.")
        if paper.slug == one.slug:
            raise Conflict("move.slug", f"Имя {one.slug} здесь занято другой школой.")
    return None


def _register(admin: str, secret: str, paper: Paper, opener: str | None) -> RegisteredSchool:
    """Bring the tables up to date, close them, and only then let the school be known."""
    box = seal(secret, paper.school_id, opener.encode()) if opener not in (None, secret) else None
    school = RegisteredSchool(
        paper.slug, paper.school_id, paper.name, paper.zone, paper.move, None, box
    )
    with psycopg.connect(admin) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (migrations.LOCK,))
        unshut(conn, school.schema)
        migrations.migrate_school(conn, school)
        shut(conn, school.schema)
        conn.execute(
            "INSERT INTO public.school (slug, school_id, name, zone, move, box)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (school.slug, school.school_id, school.name, school.zone, school.move, box),
        )
    return school


def _verified(
    admin: str, secret: str, school: RegisteredSchool, paper: Paper, now: datetime
) -> Brought:
    """Nothing is missing and nothing is other. Raises Conflict."""
    head = head_of(admin, school.slug)
    if head != paper.head:
        message = f"Журнал пришёл не тот: записей {head.position} вместо {paper.head.position}."
        raise Conflict("move.head", message)
    report = derived(admin, secret, school)
    if not report.agrees:
        raise Conflict("move.log", f"Журнал не сошёлся с печатями: находок {report.found}.")
    pool = open_pool(conninfo(admin, PROJECTOR, secret), max_size=1)
    try:
        with pool.connection() as conn:
            catch_up(conn, school.schema)
            folded = replay(conn, school.schema)
    finally:
        pool.close()
    if folded.differing:
        message = f"Показы не сошлись с записями: строк {folded.differing}."
        raise Conflict("move.rows", message)
    return Brought(paper.move, head, now, folded.rows)


def _moved(school: RegisteredSchool) -> Conflict:
    return Conflict("school.moved", f"Школа уже отдана: она работает по адресу {school.moved_to}.")
