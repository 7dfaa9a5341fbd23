"""A school moves to another server: nothing is lost, and it is never open at both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from api import house
from api.cli import main
from domain.people.facts import Name
from domain.refusals import Busy, Conflict, Invalid
from projections import backups, moving
from projections.moving import closing, papers, steps
from projections.postgres import migrations
from projections.postgres.settings import Settings
from projections.strongbox import seal
from tests.api.ground import OPERATOR, SLUG, Clock, Desk, running, school_behind
from tests.api.telephone import refusal
from tests.cast import SCHOOL
from tests.conftest import SECRET
from tests.ground import YEAR, request

At = Callable[[str], Desk]
NOW = datetime(2026, 9, 2, 12, tzinfo=UTC)
NEW = "https://new.school.example"
SCHEMA = f"school_{SLUG}"


class Killed(BaseException):
    """The machine went down."""


@pytest.fixture(autouse=True)
def registry_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not five seconds later."""
    monkeypatch.setattr(house, "REGISTRY_KEPT_S", -1.0)


@pytest.fixture
def papers_at(tmp_path: Path) -> Path:
    """The directory of the move."""
    return tmp_path / "move"


def standing(*urls: str) -> list[str]:
    """How the school stands in each database: open, closed, away or absent."""
    found = []
    for url in urls:
        one = next((s for s in migrations.schools(url) if s.slug == SLUG), None)
        if one is None:
            found.append("absent")
        else:
            found.append("away" if one.moved_to else "closed" if one.move else "open")
    return found


def test_a_school_moves_with_all_that_it_has(
    client: TestClient, desk: At, kukarino: str, database: str, papers_at: Path, clock: Clock
) -> None:
    vera = desk("vera")
    [before] = backups.heads(kukarino)

    paper = moving.export(kukarino, SECRET, SLUG, papers_at)

    assert paper.head == before
    closed = vera.get("/jobs")
    assert refusal(closed) == (503, "school.moving")
    assert closed.headers["Retry-After"] == "60"
    page = client.get("/health", follow_redirects=False)
    assert page.status_code == 503
    assert "Школа переезжает на другой сервер" in page.text
    with pytest.raises(Busy, match="переезжает"):  # who does not ask the registry
        a_person(client)

    brought = moving.bring(database, SECRET, papers_at, None, NOW)

    assert brought.head == before
    assert brought.rows > 100
    assert standing(kukarino, database) == ["closed", "closed"]

    moving.release(kukarino, SLUG, papers_at, NEW, NOW)

    page = client.get("/health?day=2026-09-02", follow_redirects=False)
    assert (page.status_code, page.headers["Location"]) == (308, f"{NEW}/health?day=2026-09-02")
    answer = vera.get("/jobs")
    assert refusal(answer) == (410, "school.moved")
    assert answer.json()["moved_to"] == NEW
    assert standing(kukarino, database) == ["away", "closed"]

    moving.opened(database, papers_at)

    assert standing(kukarino, database) == ["away", "open"]
    assert backups.heads(database) == [before]
    settings = Settings(papers_at, SECRET, database_url=database, pool_max=4)
    with running(settings, clock) as there:
        assert Desk(there, "vera").get("/jobs").status_code == 200  # by the password she had
        assert a_person(there) == before.position + 1
    with pytest.raises(Conflict, match="отдана"):
        moving.reopened(kukarino, SLUG)


def test_killed_anywhere_it_is_carried_out_again(
    kukarino: str, database: str, papers_at: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step dies at each of its places, then goes on; never is the school open at both."""
    [before] = backups.heads(kukarino)

    def killed_after(place: Any, name: str) -> Callable[[], None]:
        real = getattr(place, name)

        def dies(*words: Any, **named: Any) -> None:
            real(*words, **named)
            raise Killed

        return lambda: monkeypatch.setattr(place, name, dies)

    def killed_before(place: Any, name: str) -> Callable[[], None]:
        def dies(*_: Any, **__: Any) -> None:
            raise Killed

        return lambda: monkeypatch.setattr(place, name, dies)

    story: list[tuple[Callable[[], object], list[Callable[[], None]]]] = [
        (
            lambda: moving.export(kukarino, SECRET, SLUG, papers_at),
            [
                killed_after(closing, "shut"),  # its transaction is lost
                killed_before(steps, "catch_up"),
                killed_after(steps, "run"),
                killed_before(papers, "write"),
            ],
        ),
        (
            lambda: moving.bring(database, SECRET, papers_at, None, NOW),
            [
                killed_after(steps, "run"),  # the schema is there, nobody knows of the school
                killed_before(steps, "_verified"),
                killed_before(papers, "write"),
            ],
        ),
        (
            lambda: moving.release(kukarino, SLUG, papers_at, NEW, NOW),
            [killed_before(steps, "known"), killed_before(papers, "write")],
        ),
        (
            lambda: moving.opened(database, papers_at),
            [killed_after(closing, "unshut"), killed_before(steps, "reopened")],
        ),
    ]
    for step, deaths in story:
        for death in deaths:
            death()
            with pytest.raises(Killed):
                step()
            monkeypatch.undo()
            assert standing(kukarino, database).count("open") <= 1
        assert step() == step()  # and twice is once

    assert standing(kukarino, database) == ["away", "open"]
    assert backups.heads(database) == backups.heads(kukarino) == [before]


def test_a_move_that_is_called_off_leaves_the_school_as_it_was(
    client: TestClient, desk: At, kukarino: str, papers_at: Path
) -> None:
    vera = desk("vera")
    first = moving.export(kukarino, SECRET, SLUG, papers_at)

    moving.reopened(kukarino, SLUG)

    assert vera.get("/jobs").status_code == 200
    assert a_person(client) == first.head.position + 1
    with pytest.raises(Conflict, match="рано"):
        moving.release(kukarino, SLUG, papers_at, NEW, NOW)
    again = moving.export(kukarino, SECRET, SLUG, papers_at)  # another move writes it out anew
    assert again.head.position == first.head.position + 1
    assert again.move != first.move


def test_of_a_closed_school_only_projections_may_change(kukarino: str, papers_at: Path) -> None:
    moving.export(kukarino, SECRET, SLUG, papers_at)

    with psycopg.connect(kukarino, autocommit=True) as conn:
        for statement in (
            "DELETE FROM {s}.session",
            "UPDATE {s}.account SET login = login",
            "TRUNCATE {s}.job_run",
            "INSERT INTO {s}.uptime (since, until) VALUES (now(), now())",
        ):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction, match="moving"):
                conn.execute(statement.format(s=SCHEMA).encode())
        conn.execute(f"UPDATE {SCHEMA}.bookmark SET position = position".encode())


def test_what_does_not_belong_together_is_refused(
    kukarino: str, database: str, papers_at: Path
) -> None:
    paper = moving.export(kukarino, SECRET, SLUG, papers_at)
    with pytest.raises(Conflict, match="отдавать школу рано"):
        moving.release(kukarino, SLUG, papers_at, NEW, NOW)
    with pytest.raises(Invalid, match="другим секретом"):
        moving.bring(database, SECRET, papers_at, "a secret of somebody else, long enough", NOW)
    for slug, number, why in (("other", SCHOOL, "уже есть"), (SLUG, str(uuid4()), "занято другой")):
        with psycopg.connect(database, autocommit=True) as conn:
            conn.execute(
                "INSERT INTO public.school (slug, school_id, name, zone, move)"
                " VALUES (%s, %s, 'Другая', 'Europe/Moscow', gen_random_uuid())",
                (slug, number),
            )
            with pytest.raises(Conflict, match=why):
                moving.bring(database, SECRET, papers_at, None, NOW)
            conn.execute("DELETE FROM public.school")
    dump = papers_at / papers.DUMP
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1])
    with pytest.raises(Invalid, match="не тот, что был выгружен"):
        moving.bring(database, SECRET, papers_at, None, NOW)
    dump.write_bytes(whole)
    with pytest.raises(Conflict, match="журналов станет два"):
        moving.opened(database, papers_at)
    assert paper.school_id == SCHOOL


def test_a_school_brings_along_what_opens_its_files(
    kukarino: str, database: str, papers_at: Path
) -> None:
    """It came from a server with another secret already; what is sealed stays as its facts say."""
    older = "the secret of the server before, long enough"
    with psycopg.connect(kukarino) as conn:
        conn.execute("UPDATE public.school SET box = %s", (seal(SECRET, SCHOOL, older.encode()),))
    moving.export(kukarino, SECRET, SLUG, papers_at)
    with pytest.raises(Invalid, match="другим секретом"):
        moving.bring(database, SECRET, papers_at, None, NOW)

    moving.bring(database, SECRET, papers_at, older, NOW)

    [school] = migrations.schools(database)
    assert school.opener(SECRET) == older
    assert older not in str(school)


def test_the_commands_say_what_comes_next(
    kukarino: str,
    database: str,
    papers_at: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)

    def letopis(url: str, *words: str) -> str:
        monkeypatch.setenv("DATABASE_URL", url)
        code = main(["school", *words])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    away = str(papers_at)
    assert "Дальше на новом сервере: letopis school bring" in letopis(
        kukarino, "export", SLUG, away
    )
    assert "закрыта: переезжает" in letopis(kukarino, "list")
    assert "Журнал сошёлся с печатями" in letopis(database, "bring", away)
    assert f"ведут на {NEW}" in letopis(kukarino, "release", SLUG, away, "--to", NEW)
    assert f"отдана: {NEW}" in letopis(kukarino, "list")
    assert "открыта здесь" in letopis(database, "open", away)


def a_person(client: TestClient) -> int:
    """Somebody is registered: the position."""
    answer = school_behind(client).register_person(
        YEAR, str(uuid4()), "staff", Name("Новый", "Пётр"), by=OPERATOR, request=request()
    )
    return answer.result(10).position
