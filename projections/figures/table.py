"""The one table of live figures. A room adds its clause's measure here, in the clause's place."""

from __future__ import annotations

from projections.figures import (
    books,
    classroom,
    control,
    filling,
    first,
    flags,
    journal,
    running,
    terms,
)
from projections.figures.figure import Conn, Context, Figure, Measure

#: clause → what measures it, the first one is what the clause is about
MEASURES: dict[str, tuple[Measure, ...]] = {
    "1.3": (running.around_the_clock,),
    "1.4": (first.freshness,),
    "1.6": (flags.reviewed, filling.checked),
    "1.7": (filling.filled,),
    "1.10": (journal.term_marks,),
    "1.11": (first.consented,),
    "2.1": (filling.at_once,),
    "2.2.1": (books.served,),
    "2.2.4": (books.about_child,),
    "2.2.5": (first.kept, terms.answered),
    "3.1.1": (books.organised,),
    "3.1.2": (first.entered,),
    "3.1.3": (journal.in_russian,),
    "3.3.5": (journal.in_one_group,),
    "4.1.а": (running.daily,),
    "4.1.б": (books.about_program,),
    "4.1.г": (classroom.commented,),
    "4.1.д": (filling.in_order,),
    "4.2.а-1": (filling.everything,),
    "4.2.а-2": (filling.topics,),
    "4.2.а-3": (filling.attendance,),
    "4.2.а-4": (filling.homework,),
    "4.2.а-5": (classroom.defended,),
    "4.2.а-6": (control.answered,),
    "4.2.б-1": (control.of_the_deputy,),
    "4.2.б-2": (books.trained,),
    "4.2.г-2": (first.handed_out,),
    "4.2.г-3": (classroom.signed, classroom.explained),
    "4.2.г-4": (classroom.levelled,),
    "4.3-1": (books.taught,),
    "4.3-2": (flags.reliable, terms.founded),
    "5.1": (running.jobs_done,),
    "5.2": (control.inspected,),
    "6": (journal.by_no_pupil,),
}


async def figures(
    conn: Conn, schema: str, context: Context, clauses: frozenset[str] | None = None
) -> dict[str, list[Figure]]:
    """clause → its figures, of the clauses asked for (None: of all). A clause that has nothing to
    count yet is not among them.
    """
    found: dict[str, list[Figure]] = {}
    for clause, measures in MEASURES.items():
        if clauses is not None and clause not in clauses:
            continue
        for measure in measures:
            figure = await measure(conn, schema, context)
            if figure is not None:
                found.setdefault(clause, []).append(figure)
    return found
