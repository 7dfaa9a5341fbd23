"""Who looked, day by day, against the hashes that the log keeps of it."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import tuple_row

from domain.audit.facts import AccessDaySealed
from domain.codec import Body
from projections.access_log import day_hash
from projections.verification.findings import Findings
from projections.verification.rows import Row


class Looks:
    """Notes the sealed days while the rows go by; the access log is read once they have."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._days: list[tuple[Row, AccessDaySealed]] = []

    def fact(self, row: Row, body: Body[Any]) -> None:
        """A day is sealed by a fact."""
        if isinstance(body.fact, AccessDaySealed):
            self._days.append((row, body.fact))

    def finish(self, conn: psycopg.Connection[Any], schema: str, school_id: str) -> None:
        """Compare every sealed day: the lines of the school's own day, by its clocks."""
        if not self._days:
            return
        with conn.cursor(row_factory=tuple_row) as cursor:
            [(zone,)] = cursor.execute(
                "SELECT zone FROM public.school WHERE school_id = %s", (school_id,)
            ).fetchall()
        for row, sealed in self._days:
            if day_hash(conn, schema, sealed.day, zone) != (sealed.lines, sealed.hash):
                self._findings.add("access_log", row[0], f"{sealed.day}")
