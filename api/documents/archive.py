"""Papers of an archive: named summary sheets of classes (PDF/A) and the act about the archive."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import segno

from api.documents.class_journal import pages
from api.documents.named import date, key, short, years
from api.documents.typesetting import KEPT, Typesetter, pdf
from api.months import MONTHS_OF
from api.russian import comma
from domain.office.archive_facts import ArchiveAnnotated, GapKind, YearArchived
from domain.people.facts import Name
from domain.values import ABSENCES, COUNCIL_LABELS, Role
from projections.archive.people import named
from projections.archive.sheets import FOLDER, RESULTS, columns, folder_of, subjects_of
from projections.archive.write import Draw, Written
from projections.archive.year import ClassBook, Year

GAPS: Final[Mapping[GapKind, str]] = {
    "debts": "долгов («точек») без отметки",
    "requests": "запросов на исправление без ответа",
    "remarks": "замечаний проверки, которые не сняты",
    "year_marks": "годовых отметок, которые не выставлены",
    "council": "учеников без решения педсовета",
}
FOOT = (
    "Из архива людей и ведомостей. Те же отметки без имён, по записям журнала, — в архиве журнала,"
    " в папке sheets."
)
LINE = 72  # letters of DejaVu Sans Mono, 8 pt, in 129 mm
MEGABYTE = 1_000_000
TOGETHER = 8  # classes by one process: what Typst remembers of them goes with it


def summaries(school: str) -> Draw:
    """Draws «Сводная ведомость» of every class, then the pages of its journal: (name in the bag,
    PDF/A).
    """

    def draw(year: Year, names: Mapping[str, Name]) -> Iterator[tuple[str, bytes]]:
        books = iter(year.in_order())
        while together := [*islice(books, TOGETHER)]:
            with Typesetter() as typesetter:
                for book in together:
                    name = f"{FOLDER}/{folder_of(book)}-summary.pdf"
                    summary = _summary(school, year, book, names)
                    yield name, typesetter.pdf("summary", summary, KEPT)
                    yield from pages(school, year, book, names, typesetter.pdf)

    return draw


def _summary(school: str, year: Year, book: ClassBook, names: Mapping[str, Name]) -> dict[str, Any]:
    subjects = subjects_of(year, book)
    missed = _missed(year, book)
    heads = columns(year, book)
    filled = {key for _, _, key in book.results}
    periods = [one for one in heads if one[0] not in RESULTS or one[0] in filled]
    teacher = names.get(year.teachers.get(book.class_id, ""))
    pupils = []
    for pupil in sorted(book.pupils, key=lambda one: key(names, one)):
        told = book.council.get(pupil)
        rows = [
            {
                "period": head,
                "end": key in RESULTS,
                "marks": [book.results.get((pupil, subject, key), "") for subject, _ in subjects],
                "missed": "" if key in RESULTS else str(missed[pupil, key] or ""),
            }
            for key, head in periods
        ]
        words = [COUNCIL_LABELS[told.decision]] if told else []
        gone = book.pupils[pupil][-1][1]
        words += [_annotated(year, one) for one in year.annotations if one.pupil_id == pupil]
        if gone is not None and gone <= year.calendar.of(book.grade_level).terms[-1].ends:
            words.append(f"выбыл {gone:%d.%m.%Y}")
        pupils.append({"name": short(names.get(pupil)), "told": ", ".join(words), "rows": rows})
    return {
        "title": "Сводная ведомость учёта успеваемости и посещаемости",
        "school": school,
        "class": book.name,
        "years": years(year.year),
        "teacher": f"Классный руководитель: {teacher.full}." if teacher else "",
        "subjects": [name for _, name in subjects],
        "pupils": pupils,
        "foot": FOOT,
        "date": date(year.archived_at),
    }


def _annotated(year: Year, one: ArchiveAnnotated) -> str:
    of = f"{one.term} период" if one.term else "отметка урока" if one.mark_id else "год"
    subject = year.subjects.get(one.subject_id, one.subject_id)
    return f"по акту № {one.act_no}: {subject}, {of}, следует читать «{one.should_be}»"


def _missed(year: Year, book: ClassBook) -> Counter[tuple[str, str]]:
    """(pupil, term) → lessons that were missed."""
    terms = year.calendar.of(book.grade_level).terms
    found: Counter[tuple[str, str]] = Counter()
    for (lesson_id, pupil), code in book.absences.items():
        lesson = book.lessons.get(lesson_id)
        if lesson is None or code not in ABSENCES:
            continue
        for term in terms:
            if term.starts <= lesson.date <= term.ends:
                found[pupil, str(term.number)] += 1
    return found


def act(written: Written, school: str, zone: str, cosignatures: Iterable[str] = ()) -> bytes:
    """The act (PDF/A). cosignatures: lines of witnesses for the seal."""
    archived, span, names = written.archived, written.span, written.names
    opened = archived.fact
    gaps = opened.gaps if isinstance(opened, YearArchived) else ()
    order = opened.order_no if isinstance(opened, YearArchived) else ""
    told = [one.fact for one in written.later]
    operator = archived.body.role is Role.OPERATOR
    by = "оператор сервера" if operator else named(names.get(archived.body.by))
    note = written.cover + "".join(cosignatures)
    return pdf(
        "archive_act",
        {
            "title": "Акт об архивации электронного журнала",
            "clause": "п. 5.3 Положения об электронном журнале",
            "school": school,
            "years": years(span.year),
            "version": str(span.version),
            "basis": f"приказ № {order}",
            "who": f"{_moment(archived.body.at, zone)}, {by}",
            "records": f"№ {span.start + 1} … {span.last}, всего {span.facts}",
            "root": written.root,
            "gaps": [f"{GAPS[one.kind]} — {one.count}" for one in gaps],
            "annotations": [
                f"{named(names.get(one.pupil_id))}: вместо «{one.was}» следует читать"
                f" «{one.should_be}», акт № {one.act_no}"
                for one in told
                if isinstance(one, ArchiveAnnotated)
            ],
            "files": [
                _file("журнал без имён", written.journal, written.journal_sha256),
                _file("люди, ведомости", written.people, written.people_sha256),
            ],
            "note": cut(note),
            "qr": _qr(note),
            "keys": list(written.keys),
            "date": date(archived.body.at),
        },
        KEPT,
    )


def cut(note: str) -> list[str]:
    """Lines of a seal as they fit beside its code: a signature is longer than the paper is wide."""
    return [
        line[at : at + LINE] for line in note.splitlines() for at in range(0, len(line) or 1, LINE)
    ]


def _file(what: str, path: Path, sha256: str) -> dict[str, str]:
    size = comma(f"{path.stat().st_size / MEGABYTE:.1f}")
    return {"what": what, "name": path.name, "size": f"{size} МБ", "sha256": sha256}


def _qr(text: str) -> str:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", xmldecl=False)
    return drawn.getvalue().decode()


def _moment(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {MONTHS_OF[local.month - 1]} {local.year} г., {local:%H:%M}"
