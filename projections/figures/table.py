"""The one table of live figures. A room adds its clause's measure here, in the clause's place."""

from __future__ import annotations

from projections.figures import classroom, first, flags
from projections.figures.figure import Conn, Context, Figure, Measure

#: clause → what measures it, the first one is what the clause is about
MEASURES: dict[str, tuple[Measure, ...]] = {
    "1.4": (first.freshness,),
    "1.6": (flags.reviewed,),
    "1.11": (first.consented,),
    "2.2.5": (first.kept,),
    "3.1.2": (first.entered,),
    "4.2.г-3": (classroom.signed, classroom.explained),
    "4.3-2": (flags.reliable,),
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
