"""An invented school year by a seed: levels of pupils, classes, lessons and kinds of work.

Figures of its world are in docs/forecast.md. The forecast knows none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random

from domain.forecast.gradebook import Line
from domain.forecast.parameters import profile_key
from domain.forecast.tally import Given

#: name, lessons a week in grades 5–6, 7–9, 10–11, level, chance of a mark at a lesson
SUBJECTS = (
    ("Русский язык", (5, 3, 2), 3.75, 0.42),
    ("Литература", (3, 2, 3), 4.05, 0.38),
    ("Алгебра", (5, 4, 4), 3.70, 0.42),
    ("Геометрия", (0, 2, 2), 3.68, 0.40),
    ("Английский язык", (3, 3, 3), 3.95, 0.45),
    ("История", (2, 2, 2), 3.95, 0.38),
    ("Обществознание", (1, 1, 2), 4.00, 0.45),
    ("География", (1, 2, 1), 3.95, 0.45),
    ("Биология", (1, 2, 1), 3.95, 0.45),
    ("Физика", (0, 2, 3), 3.72, 0.42),
    ("Химия", (0, 2, 1), 3.72, 0.42),
    ("Информатика", (1, 1, 1), 4.15, 0.50),
    ("Физкультура", (2, 2, 2), 4.60, 0.40),
    ("Технология", (2, 1, 1), 4.55, 0.45),
    ("Музыка", (2, 1, 0), 4.65, 0.45),
)
WEEKS = (8, 8, 10, 8)
_PER_GRADE = (7, 7, 6, 6, 6, 4, 4)  # classes of grades 5–11
_OFFSETS = (0.08, -0.05, -0.25)  # of answers, independent works, control works
_CUTS = (2.28, 3.25, 4.22)
_EASY = 4.4  # subjects in which pupils differ less


def lines(seed: int, classes: int = 40, size: int = 25) -> Iterator[Line]:
    """Every mark of the year with the mark of its term, term by term."""
    chance = Random(seed)
    levels = [grade for grade, many in enumerate(_PER_GRADE, 5) for _ in range(many)]
    found: list[list[Line]] = [[] for _ in WEEKS]
    for number in range(classes):
        grade = levels[number * len(levels) // classes]
        for term, line in _class_year(chance, number, grade, size):
            found[term].append(line)
    for of in found:
        yield from of


def _class_year(chance: Random, number: int, grade: int, size: int) -> Iterator[tuple[int, Line]]:
    gauss = chance.gauss
    band = 0 if grade < 7 else 1 if grade < 10 else 2
    pupils = min(max(round(gauss(size, 2.5)), 12), 32)
    whole = gauss(0, 0.12) - 0.05 * (min(grade, 9) - 7) + 0.12 * (grade > 9)
    ability = [gauss(0, 0.66) + whole for _ in range(pupils)]
    truancy = [chance.gammavariate(0.35, 0.04) * 2.718 ** (-0.8 * one) for one in ability]
    tastes = {}
    for subject in range(len(SUBJECTS)):
        shared = gauss(0, 0.17)
        tastes[subject] = [gauss(0, 0.22) + shared for _ in range(pupils)]
    ill = [False] * pupils
    for term, weeks in enumerate(WEEKS):
        days = weeks * 5
        away = []
        for day in range(days):
            catch = 0.010 * (2.2 if term == 2 and 10 <= day < 35 else 1.0)
            ill = [chance.random() > 0.2 if one else chance.random() < catch for one in ill]
            away.append(ill)
        for subject, (name, hours, level, often) in enumerate(SUBJECTS):
            if not hours[band]:
                continue
            easy = level > _EASY
            tastes[subject] = [0.97 * one + gauss(0, 0.07) for one in tastes[subject]]
            true = [
                level + a * (0.55 if easy else 1) + t * (0.6 if easy else 1)
                for a, t in zip(ability, tastes[subject], strict=True)
            ]
            given = _lessons(chance, hours[band] * weeks, away, truancy, true, often, easy=easy)
            for pupil, marks in given.items():
                mark = _term_mark(chance, marks)
                for day, one in marks:
                    yield (
                        term,
                        Line(
                            str(term + 1),
                            f"{grade}-{number}",
                            name,
                            profile_key(name, grade),
                            f"{number}.{pupil}",
                            (day + 1) / days,
                            one,
                            mark,
                        ),
                    )


def _lessons(
    chance: Random,
    many: int,
    away: list[list[bool]],
    truancy: list[float],
    true: list[float],
    often: float,
    *,
    easy: bool,
) -> dict[int, list[tuple[int, Given]]]:
    days = len(away)
    held = sorted(chance.randrange(days) for _ in range(many))
    kinds = [0 if (u := chance.random()) >= 0.35 else 1 if u >= 0.10 else 2 for _ in held]
    kinds[max(1, many - 1 - chance.randrange(3))] = 2  # the last control work
    given: dict[int, list[tuple[int, Given]]] = defaultdict(list)
    for day, kind in zip(held, kinds, strict=True):
        item = chance.gauss(0, 0.38) * (0.5 if easy else 1) + _OFFSETS[kind]
        usual = often * 0.6 if kind == 0 else 0.92
        for pupil, level in enumerate(true):
            if away[day][pupil] or chance.random() < truancy[pupil]:
                continue
            few = day > days * 0.7 and len(given[pupil]) < 3
            if chance.random() < usual or (few and chance.random() < 0.9):
                shown = level + item + chance.gauss(0, 0.72)
                mark = 2 + sum(shown > cut for cut in _CUTS)
                given[pupil].append((day, Given(100 * mark, 100 * (kind + 1), kind)))
    return {pupil: marks for pupil, marks in given.items() if marks}


def _term_mark(chance: Random, marks: list[tuple[int, Given]]) -> str:
    mean = sum(g.mark * g.weight for _, g in marks) / sum(g.weight for _, g in marks) / 100
    found = 2 + sum(mean + 0.05 + chance.gauss(0, 0.06) >= border for border in (2.5, 3.5, 4.5))
    saved = found == 2 and mean > 2.2 and chance.random() < 0.6
    return "н/а" if len(marks) < 3 else "3" if saved else str(found)
