"""Public gradebooks through the same import: thresholds, weights, dates, and nothing twice."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from api.imports.datasets import mark_of, spelled
from api.imports.desk import commit
from api.imports.public import PublicKind, prepare_public, read_public
from domain.journal import facts as jf
from domain.office import facts as of
from domain.refusals import NotFound
from tests.api.imports.a_place import OPERATOR, Place, a_place

STUDENTS = "code_module,code_presentation,id_student,module_presentation_length"
ASSESSMENTS = (
    "id_assessment,id_student,date_submitted,is_banked,score,code_module,code_presentation,"
    "assessment_type,date,weight"
)
GRADEBOOK = (
    "CourseSectionOrigID,Bb_UserPK,Gradebook_Item,Item_Position,Gradebook_Type,Grade_Category,"
    "Points_Earned,Points_Possible"
)


@pytest.fixture
def place(database: str) -> Iterator[Place]:
    with a_place(database) as empty:
        yield empty


@pytest.fixture
def small_oulad(tmp_path: Path) -> Path:
    """Two students of one presentation, five scores."""
    write(tmp_path / "oulad_students.csv", STUDENTS, "AAA,2013J,11,268", "AAA,2013J,28,268")
    write(
        tmp_path / "oulad_assessments.csv",
        ASSESSMENTS,
        "1,11,18,0,90,AAA,2013J,TMA,19,12.5",
        "1,28,18,1,89.5,AAA,2013J,TMA,19,12.5",
        "2,11,60,0,49,AAA,2013J,CMA,19,0.0",
        "3,11,90,0,,AAA,2013J,TMA,20,20.0",
        "4,28,230,0,50,AAA,2013J,Exam,,100.0",
    )
    return tmp_path


def write(path: Path, *lines: str, encoding: str = "utf-8") -> None:
    path.write_text("\n".join(lines), encoding=encoding)


def public_data(kind: str) -> Path:
    """The folder of a real data set: PUBLIC_DATA, else a `data` folder near the repository."""
    root = Path(__file__).parents[3]
    given = os.environ.get("PUBLIC_DATA")
    near = [Path(given)] if given else sorted(root.parent.glob("*/data"))
    for folder in near:
        if (folder / kind).is_dir():
            return folder / kind
    pytest.skip(f"no public data set {kind!r} here: set PUBLIC_DATA to the folder that has it")


def bring(place: Place, kind: PublicKind, folder: Path) -> int:
    """Import a folder; answers the number of facts."""
    data = read_public(kind, folder, place.desk.school_id, "Europe/Moscow")
    prepared = prepare_public(place.desk, data, by=OPERATOR)
    shown = [one.text for plan in prepared.plans for one in plan.findings]
    assert prepared.errors == 0, shown
    return commit(prepared, place.engine, by=OPERATOR).facts


@pytest.mark.parametrize(
    ("percent", "mark"),
    [("100", "5"), ("90", "5"), ("89.99", "4"), ("75", "4"), ("74", "3"), ("50", "3"), ("49", "2")],
)
def test_a_threshold_is_the_lowest_percent_of_its_mark(percent: str, mark: str) -> None:
    assert mark_of(Decimal(percent), 90, 75, 50) == mark


def test_different_numbers_have_different_names() -> None:
    assert len({spelled(str(number)) for number in range(20_000)}) == 20_000


def test_scores_become_marks_with_their_days_and_weights(place: Place, small_oulad: Path) -> None:
    bring(place, "oulad", small_oulad)
    lessons = {one.lesson_id: one for one in place.facts(jf.LessonAdded)}
    topics = {one.lesson_id: one.topic for one in place.facts(jf.TopicRecorded)}
    works = {
        kind.work_type_id: kind.name
        for year in place.facts(of.YearOpened)
        for kind in year.work_types
    }
    assert [
        (
            lessons[one.lesson_id].date,
            lessons[one.lesson_id].number,
            one.value,
            one.weight,
            works[one.work_type_id],
            one.comment is not None,
        )
        for one in place.facts(jf.MarkGiven)
    ] == [
        (date(2013, 9, 20), 1, "5", "1.25", "Работа с проверкой преподавателя", False),
        (date(2013, 9, 20), 1, "4", "1.25", "Работа с проверкой преподавателя", True),
        (date(2013, 9, 20), 2, "незач", "1.00", "Компьютерный тест", False),
        (date(2013, 9, 23), 1, "н/а", "2.00", "Работа с проверкой преподавателя", False),
        (date(2014, 5, 27), 1, "3", "10.00", "Экзамен", False),
    ]
    assert "Экзамен 4" in topics.values()


def test_a_data_set_read_twice_adds_nothing(place: Place, small_oulad: Path) -> None:
    assert bring(place, "oulad", small_oulad) > 0
    assert bring(place, "oulad", small_oulad) == 0


def test_items_of_a_gradebook_follow_each_other_over_the_term(place: Place, tmp_path: Path) -> None:
    write(
        tmp_path / "gradebook-2015-16.csv",
        GRADEBOOK,
        "BioA-S116-01,7,Cells é,10,N,Hw,9.5,10",
        "BioA-S116-01,7,Test,12,N,Qz,24,30",
        "BioA-S116-01,8,Test,12,N,Qz,17,30",
        "BioA-S116-01,8,Total,13,T,,500,625",
        "BioA-S116-01,8,Nothing,14,N,Hw,,10",
        "BioA-S216-01,7,Late work,3,N,,6,10",
        encoding="latin-1",
    )
    bring(place, "k12", tmp_path)
    lessons = {one.lesson_id: one.date for one in place.facts(jf.LessonAdded)}
    marks = [(lessons[one.lesson_id], one.value) for one in place.facts(jf.MarkGiven)]
    assert [value for _, value in marks] == ["5", "4", "2", "3"]
    assert sorted({day for day, _ in marks}) == [
        date(2015, 9, 1),
        date(2015, 10, 29),
        date(2016, 1, 11),
    ]


def test_a_folder_without_the_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"oulad_students\.csv"):
        read_public("oulad", tmp_path, "school", "Europe/Moscow")


def test_a_whole_presentation_of_oulad_is_in_the_journal(place: Place, tmp_path: Path) -> None:
    source = public_data("oulad")
    for name in ("oulad_students.csv", "oulad_assessments.csv"):
        with (source / name).open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            kept = [
                row
                for row in reader
                if (row["code_module"], row["code_presentation"]) == ("AAA", "2013J")
            ]
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, reader.fieldnames or [])
            writer.writeheader()
            writer.writerows(kept)
    bring(place, "oulad", tmp_path)

    expected: Counter[str] = Counter()
    for row in kept:
        score = row["score"]
        steps = sum(Decimal(score) >= threshold for threshold in (50, 75, 90)) if score else 0
        expected["2345"[steps] if score else "н/а"] += 1
    assert len(kept) == 1_633
    assert Counter(one.value for one in place.facts(jf.MarkGiven)) == expected
    assert len(place.facts(jf.PupilEnrolled)) == 383


@pytest.mark.slow
def test_every_score_of_k12_is_in_the_journal(place: Place) -> None:
    folder = public_data("k12")
    bring(place, "k12", folder)
    assert len(place.facts(jf.MarkGiven)) == 21_836
    assert len(place.facts(jf.PupilEnrolled)) == 603
    assert bring(place, "k12", folder) == 0
