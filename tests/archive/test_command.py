"""`letopis archive …` and `letopis replay --from`."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from api import archivist
from api.archives import folder_of, found
from api.archivist import Archivist, Work
from api.cli import main
from api.commands.office import operator_of
from api.house import House
from projections.archive.write import Written, _alone, base
from projections.postgres.settings import Settings
from tests.archive.archived import Archived
from tests.conftest import SECRET
from tests.ground import YEAR, request

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def letopis(
    school: Archived,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Say:
    """`letopis("archive", …)`: exit code and what was printed."""
    monkeypatch.setenv("DATABASE_URL", school.at.url)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    monkeypatch.setenv("LETOPIS_DATA_DIR", str(tmp_path))

    def say(*words: object) -> tuple[int, str]:
        code = main([str(word) for word in words])
        return code, "".join(capsys.readouterr())

    return say


def test_written_checked_and_replayed(letopis: Say, bags: Written, tmp_path: Path) -> None:
    code, out = letopis("archive", "write", "--year", YEAR, "--json")
    assert code == 0, out
    said = json.loads(out)
    assert said["journal"]["sha256"] == bags.journal_sha256
    act = Path(said["act"]["path"])
    assert act.parent == tmp_path / "archives" / "one"
    assert act.read_bytes().startswith(b"%PDF-1.7")
    printed = "".join(page.extract_text() for page in PdfReader(act).pages)
    # the signature is whole on the paper
    signature = bags.cover.splitlines()[-1]
    assert "".join(signature.split()) in "".join(printed.split())

    journal, people = said["journal"]["path"], said["people"]["path"]
    code, out = letopis("archive", "verify", journal, "--key", bags.keys[0])
    assert (code, "СОШЛОСЬ" in out) == (0, True)
    code, out = letopis("replay", "--from", journal, "--json")
    assert (code, json.loads(out)["differing"]) == (0, [])
    assert letopis("replay", "--from", people)[0] == 1
    pages = [path for path in Path(people).parent.iterdir() if path.is_dir()]
    assert pages == []


def test_a_year_is_closed_once(letopis: Say, school: Archived) -> None:
    before = school.at.must(
        school.at.school.archive_year(
            YEAR, "1", accept_gaps=True, by=school.director, request=request()
        )
    )
    assert before.facts == 0
    code, out = letopis("archive", "close", "--year", YEAR, "--order", "12-у", "--json")
    assert code == 0, out
    assert letopis("archive", "close", "--year", 2040, "--order", "12-у")[0] == 1


@pytest.mark.parametrize("words", [("verify",), ("restore", "--slug", "again")])
def test_what_is_no_archive_is_refused_in_words(
    letopis: Say, tmp_path: Path, words: tuple[str, ...]
) -> None:
    strange = tmp_path / "strange.zip"
    strange.write_bytes(b"PK\3\4 nothing")
    code, out = letopis("archive", *words, strange)
    assert code == 1
    assert "ZIP" in out


def test_files_are_written_in_the_background_and_go_on_after_a_restart(
    school: Archived, bags: Written, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=school.at.url)

    async def told(*, leaving: bool) -> Work | None:
        async with House(settings, school.at.url) as house:
            [door] = await house.doors()
            house.archivist._closing = leaving
            for _ in range(2):  # pressed twice, begun once
                house.archivist.start(door, YEAR, operator_of(door))
            await asyncio.gather(*house.archivist._tasks)
            return house.archivist.work(door.slug, YEAR, 1)

    stopped = asyncio.run(told(leaving=True))
    assert stopped is not None
    assert (stopped.running, stopped.error) == (False, "Сервер перезапускается.")
    left = Archivist(settings, school.at.url).work("one", YEAR, 1)
    assert left is not None
    assert "продолжится" in left.error
    assert found(settings, "one", YEAR) == []

    done = asyncio.run(told(leaving=False))
    assert done is not None
    assert (done.running, done.error) == (False, "")
    [files] = found(settings, "one", YEAR)
    assert files.journal.read_bytes() == bags.journal.read_bytes()
    assert files.people.stat().st_mode & 0o077 == 0
    assert Archivist(settings, school.at.url).work("one", YEAR, 1) is None


def _killed(*_: object) -> None:
    os._exit(9)


def test_a_killed_process_of_an_archive_is_told_and_takes_nobody_along(
    school: Archived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=school.at.url)
    monkeypatch.setattr(archivist, "_compose", _killed)

    async def told() -> Work | None:
        async with House(settings, school.at.url) as house:
            [door] = await house.doors()
            house.archivist.start(door, YEAR, operator_of(door))
            await asyncio.gather(*house.archivist._tasks)
            return house.archivist.work(door.slug, YEAR, 1)

    done = asyncio.run(told())
    assert done is not None
    assert (done.running, "Не получилось" in done.error) == (False, True)


def test_why_an_archive_was_refused_is_said_in_the_words_of_the_refusal(
    school: Archived, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=school.at.url)
    room = folder_of(settings, "one") / f".{base('one', YEAR, 1)}"

    async def told() -> Work | None:
        async with House(settings, school.at.url) as house:
            [door] = await house.doors()
            house.archivist.start(door, YEAR, operator_of(door))
            await asyncio.gather(*house.archivist._tasks)
            return house.archivist.work(door.slug, YEAR, 1)

    room.parent.mkdir(parents=True)
    with _alone(room):
        done = asyncio.run(told())
    assert done is not None
    assert (done.running, done.error) == (False, "Этот архив уже составляется.")
