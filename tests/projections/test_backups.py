"""A copy of the whole database comes back as it was, or as it was at a moment, or not at all."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from api.cli import main
from domain.people.facts import Name
from projections import backups
from projections.asking import answer
from projections.folding import catch_up
from projections.postgres.account import ServerError
from projections.postgres.database import APP, PROJECTOR, conninfo, schema_of
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.migrations import migrate
from scheduler.jobs.backups import back_up
from scheduler.work import Copies, workshop
from tests.conftest import SECRET, in_memory
from tests.ground import YEAR, engine_on, ground_of, lay, number, register, request, school_on

SLUG = "one"
QUICK = {"fsync": "off", "shared_buffers": "16MB"}
CAUGHT_UP = (
    "SELECT flush_lsn >= pg_current_wal_lsn() FROM pg_stat_replication, pg_sleep(0.02)"
    " WHERE application_name = 'pg_receivewal'"
)


@dataclass(frozen=True)
class Story:
    """A school with a copy: people registered before it, after it, and after that moment."""

    server: EmbeddedServer
    copies: Path
    copy: backups.Copy
    positions: tuple[int, int, int]
    moment: datetime


def passable(prefix: str) -> Path:
    """A temporary directory that the account PostgreSQL runs as can walk through."""
    directory = Path(tempfile.mkdtemp(prefix=f"letopis-{prefix}-", dir=in_memory()))
    directory.chmod(0o711)
    return directory


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """Its log was written down all the while."""
    data, copies = passable("living"), passable("copies")
    with EmbeddedServer(data, secret=SECRET, tuning=QUICK) as server:
        url = server.url()
        migrate(url, SECRET)
        register(url, SLUG)
        with engine_on(url) as engine:
            school = school_on(engine, SLUG)
            lay(school)

            def somebody(name: str) -> int:
                position = school.register_person(
                    YEAR,
                    number(name),
                    "staff",
                    Name("Новый", name),
                    by=ground_of(SLUG).operator,
                    request=request(),
                ).result(10)
                _fold(url)
                return position.position

            first = somebody("до копии")
            follower = backups.follow(url, copies)
            copy = backups.take(url, copies, datetime.now(UTC))
            second = somebody("после копии")
            with psycopg.connect(url, autocommit=True) as conn:
                row = conn.execute("SELECT clock_timestamp()").fetchone()
                third = somebody("после момента")
                waited = (conn.execute(CAUGHT_UP).fetchone() for _ in range(1_000))
                assert any(one == (True,) for one in waited)
        follower.send_signal(signal.SIGINT)
        assert follower.wait(30) == 0
        assert row is not None
        yield Story(server, copies, copy, (first, second, third), row[0])
    for directory in (backups.home_of(data), data, copies):
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(autouse=True)
def drills_need_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """They go where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", in_memory())


@pytest.fixture
def new_dir() -> Iterator[Path]:
    """Where nothing is yet."""
    directory = passable("restored")
    yield directory
    for one in {backups.home_of(directory), directory}:
        shutil.rmtree(one, ignore_errors=True)


@pytest.fixture
def letopis(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command, of an installation with the secret of the tests."""
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    return lambda *words: main([str(word) for word in words])


def _fold(url: str) -> None:
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, schema_of(SLUG))


def test_a_drill_brings_back_all_that_was_written_down(
    story: Story, letopis: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert letopis("restore", story.copies, "--drill", "--json") == 0

    answer = msgspec.json.decode(capsys.readouterr().out)
    [living] = backups.heads(story.server.url())
    assert answer["findings"] == []
    assert answer["heads"] == [
        {"school": SLUG, "position": story.positions[2], "root": living.root}
    ]


def test_the_database_comes_back_as_it_was_at_a_moment(
    story: Story, letopis: Callable[..., int], new_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = letopis("restore", story.copies, "--data", new_dir, "--at", story.moment.isoformat())

    assert code == 0, capsys.readouterr()
    assert f"записей {story.positions[1]}," in capsys.readouterr().out
    with EmbeddedServer(new_dir, secret=SECRET, tuning=QUICK) as server:  # and it is a usual one
        [head] = backups.heads(server.url())
        assert head.position == story.positions[1]
        with engine_on(server.url()) as engine:
            goes_on = school_on(engine, SLUG).register_person(
                *(YEAR, number("потом"), "staff", Name("Потом", "Пётр")),
                by=ground_of(SLUG).operator,
                request=request(),
            )
            assert goes_on.result(10).position == story.positions[1] + 1


def test_what_came_back_is_held_against_the_paper_of_the_copy(
    story: Story, letopis: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The copy without its tail, with a paper that promises another root."""
    shutil.copytree(story.copies / story.copy.name, tmp_path / story.copy.name)
    paper = tmp_path / story.copy.name / "letopis.json"
    paper.write_text(paper.read_text("utf-8").replace(story.copy.heads[0].root, "00" * 32), "utf-8")

    assert letopis("restore", tmp_path, "--drill") == 1
    assert f"{SLUG}: журнал не тот, что был при копировании" in capsys.readouterr().out


def test_a_copy_with_one_changed_byte_is_not_brought_back(
    story: Story, letopis: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(story.copies / story.copy.name, tmp_path / story.copy.name)
    file = tmp_path / story.copy.name / backups.COPY / "global" / "pg_control"
    file.write_bytes(file.read_bytes()[:-1] + b"\x01")

    assert letopis("restore", tmp_path, "--drill") == 1
    assert "pg_control" in capsys.readouterr().err


def test_a_moment_that_was_not_written_down_is_told(
    story: Story, letopis: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert letopis("restore", story.copies, "--drill", "--at", "2026-01-01T00:00+03:00") == 1
    assert f"Есть: {story.copy.name}." in capsys.readouterr().err


def test_nothing_is_restored_over_a_database_or_without_its_secret(
    story: Story,
    letopis: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    assert letopis("restore", story.copies, "--data", story.server.data_dir) == 1
    assert "уже есть база" in capsys.readouterr().err
    assert letopis("restore", story.copies) == 1
    assert "--data NEW" in capsys.readouterr().err
    monkeypatch.delenv("LETOPIS_SECRET")
    assert letopis("restore", story.copies, "--data", tmp_path) == 1
    assert "секрет прежней установки" in capsys.readouterr().err


def test_old_copies_go_with_the_log_that_only_they_needed(story: Story, tmp_path: Path) -> None:
    shutil.copytree(story.copies, tmp_path / "all")
    older, wal = tmp_path / "all", tmp_path / "all" / backups.WAL
    label = older / story.copy.name / backups.COPY / "backup_label"
    first = label.read_text("utf-8").partition("file ")[2][:24]
    before = f"{first[:8]}{int(first[8:], 16) - 1:016X}"
    (wal / before).write_bytes(b"")
    shutil.copytree(older / story.copy.name, older / "2020-01-01T000000.000000Z")

    assert len(backups.tidy(older, keep=1)) == 1
    assert [one.name for one in backups.copies(older)] == [story.copy.name]
    assert not (wal / before).exists()
    assert any(one.name.startswith(first) for one in wal.iterdir())


def test_an_unfinished_copy_is_none(story: Story, tmp_path: Path) -> None:
    """Its directory was begun, and the machine went down."""
    draft = tmp_path / f"{story.copy.name}.unfinished"
    shutil.copytree(story.copies / story.copy.name, draft)

    assert backups.copies(tmp_path) == []
    with (
        pytest.raises(ServerError, match="нет подходящей копии"),
        backups.restored(tmp_path, tmp_path / "new", SECRET),
    ):
        pass


def test_every_night_a_copy_is_taken_tried_and_noted_and_the_old_one_goes(
    story: Story, new_dir: Path
) -> None:
    """By the job: the first copy is that of the story, the second its own."""
    url, copies = story.server.url(), new_dir / "copies"
    shutil.copytree(story.copies, copies)
    morning = story.copy.taken + timedelta(hours=1)

    def run(now: datetime) -> dict[str, int]:
        with workshop(url, SECRET, copies=Copies(url, SECRET, copies, keep=1)) as shop:
            return shop.run("back_up", back_up, now)

    assert run(morning) == {SLUG: 1}  # the copy is fresh: it is only tried
    tried = backups.held(copies, story.copy.name)
    assert tried is not None
    assert tried.of(SLUG) == (story.positions[2], 0)
    assert run(morning + timedelta(hours=1)) == {SLUG: 1}
    assert backups.held(copies, story.copy.name) == tried  # not once more

    tomorrow = morning + timedelta(days=1)
    assert run(tomorrow) == {SLUG: 3}  # taken, tried, the other one removed
    [copy] = backups.copies(copies)
    assert copy.taken == tomorrow
    noted = _noted(url)
    assert (noted.copy, noted.kept, noted.drilled) == (copy.name, 1, tomorrow)
    assert (noted.position, noted.back_position, noted.found) == (*(story.positions[2],) * 2, 0)
    assert noted.root == backups.heads(url)[0].root
    assert noted.good(tomorrow)
    assert not noted.good(tomorrow + timedelta(days=3))

    paper = copies / copy.name / "letopis.json"
    paper.write_text(paper.read_text("utf-8").replace(copy.heads[0].root, "00" * 32), "utf-8")
    (copies / copy.name / "drill.json").unlink()
    with pytest.raises(ServerError, match="не такой, какой снята: расхождений 1"):
        run(tomorrow)
    assert not _noted(url).good(tomorrow)


def test_two_do_not_take_copies_into_one_directory_at_once(story: Story, tmp_path: Path) -> None:
    url = story.server.url()
    with (
        workshop(url, SECRET, copies=Copies(url, SECRET, tmp_path, keep=1)) as shop,
        backups.alone_in(tmp_path),
        pytest.raises(ServerError, match="другой процесс"),
    ):
        shop.run("back_up", back_up, story.copy.taken)
    assert backups.copies(tmp_path) == []


def test_a_copy_that_needs_more_room_than_there_is_is_not_tried(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.backups.drill.ROOM", 1e9)
    with pytest.raises(ServerError, match="не хватает места"):
        backups.hold(story.copies, SECRET, story.copy.name, story.copy.taken)


def _noted(url: str) -> backups.Noted:
    found = answer(conninfo(url, APP, SECRET), schema_of(SLUG), backups.newest)
    assert found is not None
    return found
