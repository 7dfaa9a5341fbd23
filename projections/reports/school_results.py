"""Form 4: «Итоги успеваемости и качества знаний» of the whole school."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from domain.class_rates import Bucket, class_pass, class_quality, standing
from projections.reports import marks
from projections.reports.ground import Ground, staying
from projections.reports.paper import Cell, Column, Line, Part, Report

FORM = "school_results"
TITLE = "Итоги успеваемости и качества знаний"
#: levels of education: grades of it, words
STAGES = (
    (range(1, 5), "1–4 классы"),
    (range(5, 10), "5–9 классы"),
    (range(10, 12), "10–11 классы"),
)
COLUMNS = (
    Column("class", "Класс", pinned=True),
    Column("pupils", "Учеников", "count", width=9),
    Column("excellent", "На «5»", "count"),
    Column("good", "На «4» и «5»", "count", width=8),
    Column("threes", "С «3»", "count"),
    Column("failing", "С «2», н/а", "count"),
    Column("unmarked", "Без отметок", "count", width=8),
    Column("quality", "Качество, %", "percent", width=10),
    Column("pass", "Успеваемость, %", "percent", width=13),
)
UNGRADED = "безотметочное обучение"
_NOBODY: tuple[Cell, ...] = (None, None, None, None, None)


async def build(ground: Ground) -> Report:
    """A line for every class, then for every stage and the school."""
    given = await marks.of_period(ground)
    names = await marks.subjects(ground)
    stages: dict[str, list[Bucket]] = {title: [] for _, title in STAGES}
    heads: Counter[str] = Counter()
    lines: dict[str, list[Line]] = {title: [] for _, title in STAGES}
    for of in await ground.classes():
        term = ground.period_of(of.grade_level)
        if term is None:
            continue
        here = staying(
            (await ground.pupils(term.starts, ground.last_day(term), of.class_id)).get(
                of.class_id, []
            )
        )
        stage = next(title for grades, title in STAGES if of.grade_level in grades)
        heads[stage] += len(here)
        if of.grade_level in ground.rules.ungraded_levels:
            note = f"{of.name} ({UNGRADED})"
            lines[stage].append(Line((note, len(here), *_NOBODY, None, None)))
            continue
        own = names.get(of.class_id, {})
        buckets = [
            standing(
                {
                    subject: value
                    for subject in own
                    if (value := given.get((of.class_id, subject, pupil.pupil_id)))
                }
            ).bucket
            for pupil in here
        ]
        stages[stage] += buckets
        lines[stage].append(Line((of.name, len(here), *figures(buckets, ground.rules.rates_of))))
    found: list[Line] = []
    for title, own_lines in lines.items():
        if own_lines:
            cells = figures(stages[title], ground.rules.rates_of)
            found += [*own_lines, Line((title, heads[title], *cells), "total")]
    every = [bucket for buckets in stages.values() for bucket in buckets]
    cells = figures(every, ground.rules.rates_of)
    found.append(Line(("Школа", sum(heads.values()), *cells), "total"))
    return Report(
        FORM,
        TITLE,
        (("Период", ground.period().name),),
        (Part(COLUMNS, tuple(found)),),
        ground.position,
        ground.moment,
        (
            "Качество класса — доля учеников, у которых только «5» и «4» по всем предметам.",
            "Классы безотметочного обучения в показатели не входят.",
            ground.denominator,
        ),
        ("Директор",),
    )


def figures(buckets: Iterable[Bucket], rates_of: str) -> tuple[Cell, ...]:
    """Counts of the buckets, качество and успеваемость."""
    known = list(buckets)
    of = Counter(known)
    return (
        of[Bucket.EXCELLENT],
        of[Bucket.ONE_FOUR] + of[Bucket.GOOD],
        of[Bucket.ONE_THREE] + of[Bucket.THREES],
        of[Bucket.FAILING],
        of[Bucket.UNMARKED],
        class_quality(known, rates_of).value or None,
        class_pass(known, rates_of).value or None,
    )
