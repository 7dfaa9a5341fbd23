"""A school laid anew out of its archive; later versions of an archive; people who were erased."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from domain.refusals import Busy, Conflict, Invalid, NotFound
from projections.archive import verify
from projections.archive.reading import signed
from projections.archive.replay import replay_bag
from projections.archive.restore import restore
from projections.archive.write import Written
from projections.postgres.database import READER, conninfo
from projections.sql import bound
from projections.verification import verify as verify_log
from tests.archive.archived import AFTER, Archived, archived
from tests.conftest import SECRET
from tests.ground import YEAR, number


def test_a_restored_log_is_the_same_to_the_last_byte(
    school: Archived, bags: Written, database: str
) -> None:
    done = restore(database, SECRET, "again", [bags.people, bags.journal])
    assert done.root == bags.root
    # the file of a lesson stays in the vault: the archive has its name and its digest
    assert (done.nameless, done.checkpoints > 0, done.texts > 0) == (1, True, True)
    same = "SELECT * FROM {} WHERE notification_id <= %s ORDER BY notification_id"
    with psycopg.connect(school.at.url) as old, psycopg.connect(database) as new:
        last = (bags.span.last,)
        was = old.execute(same.format(f"{school.at.schema}.facts"), last).fetchall()
        assert new.execute(same.format("school_again.facts"), last).fetchall() == was
        name = "SELECT full_name FROM {}.directory_person ORDER BY person_id"
        was = old.execute(name.format(school.at.schema)).fetchall()
        assert new.execute(name.format("school_again")).fetchall() == was
    with psycopg.connect(conninfo(database, READER, SECRET), autocommit=True) as conn:
        report = verify_log(conn, "school_again", school.whose.school_id, AFTER)
    assert report.agrees, report.findings
    assert report.checkpoints == done.checkpoints


def test_without_the_people_everything_but_names_is_restored(bags: Written, database: str) -> None:
    done = restore(database, SECRET, "again", [bags.journal])
    assert (done.root, done.texts) == (bags.root, 0)
    with pytest.raises(Conflict, match="уже есть"):
        restore(database, SECRET, "other", [bags.journal])


def test_people_alone_are_no_school(bags: Written, database: str) -> None:
    with pytest.raises(Invalid, match="архивы журнала"):
        restore(database, SECRET, "again", [bags.people])


@pytest.fixture
def open_school(database: str) -> Iterator[Archived]:
    with archived(database) as one:
        yield one


def test_versions_of_an_archive(open_school: Archived, tmp_path: Path) -> None:
    """Not archived, not sealed, archived, annotated, a person erased: one school, one after
    another, because each needs the one before.
    """
    school = open_school
    with pytest.raises(Conflict, match="ещё не в архиве"):
        school.write(tmp_path)
    school.seal()
    school.archive()
    with pytest.raises(Busy, match="под печатью"):
        school.write(tmp_path)
    school.seal()
    first = school.write(tmp_path)
    journal, people = first.journal.read_bytes(), first.people.read_bytes()

    school.annotate()
    school.seal()
    second = school.write(tmp_path)
    report = verify.check(str(second.journal), signed=signed)
    assert (report.version, report.annotations, report.root) == (2, 1, first.root)
    assert replay_bag(second.journal).differing == []
    with zipfile.ZipFile(second.journal) as zipped:
        names = zipped.namelist()
        sheet = next(one for one in names if one.endswith("annotations.csv"))
        assert ";4;5;3" in zipped.read(sheet).decode()
    assert first.journal.read_bytes() == journal, "the first snapshot stays"
    with pytest.raises(NotFound, match="Версии 3"):
        school.write(tmp_path, 3)

    at = school.at
    at.fold_all()
    with psycopg.connect(school.conninfo) as conn:
        trail = bound(
            "SELECT old_value, value, tier, lesson_id IS NOT NULL FROM {s}.trail_v1"
            " WHERE mark_id = %s ORDER BY position DESC LIMIT 1",
            at.schema,
        )
        told = conn.execute(trail, (number("mark 0"),)).fetchone()
    assert told == ("4", "5 (акт № 3)", "T4", True), "in the history of the mark, beside it"
    at.must(at.erase(at.pupils[0]))
    at.fold_all()
    again = school.write(tmp_path, 1)
    assert again.journal.read_bytes() == journal, "the journal knows nobody by name"
    assert "Петров-00".encode() in people
    assert "Петров-00".encode() not in again.people.read_bytes()
    assert verify.check(str(again.people), signed=signed).kind == "people"


def test_the_next_year_goes_on_from_the_frontier_of_the_last(
    open_school: Archived, tmp_path: Path, blank: str
) -> None:
    """Alone it is checked and replayed; together they restore the log, and alone it does not."""
    school = open_school
    school.archive()
    school.seal()
    first = school.write(tmp_path)
    school.next_year()
    second = school.write(tmp_path, year=YEAR + 1)

    assert second.span.start == first.span.last
    report = verify.check(str(second.journal), outside=[first.cover.encode()], signed=signed)
    assert report.first == first.span.last + 1
    assert "сходится" in report.notes[0]
    assert report.seals == 2, "last year's seal, and the one over this archive"
    replayed = replay_bag(second.journal)
    assert (replayed.differing, replayed.sheets) == ([], 6)

    with pytest.raises(Invalid, match="не хватает записей № 1"):
        restore(blank, SECRET, "again", [second.journal])
    bags = [second.people, second.journal, first.journal, first.people]
    done = restore(blank, SECRET, "again", bags)
    assert (done.root, done.facts, done.nameless) == (second.root, second.span.last, 1)
