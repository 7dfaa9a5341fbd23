"""A report that was made in the background, to be looked at. See over_http.py."""

from __future__ import annotations

import psycopg

from tests import cast as c
from tests.write_door.ground import SCHEMA, Place

RUN = c.an_id("готовый отчёт")


def kept(p: Place) -> None:
    """Vera has asked for it, and it is ready."""
    with psycopg.connect(p.url) as conn:
        conn.execute(
            f"INSERT INTO {SCHEMA}.report_run (run_id, form, format, title, asked, asked_by,"
            " asked_at, state, position, body) VALUES (%s, 'letter', 'pdf', 'Письмо', %s, %s, %s,"
            " 'ready', 1000000, '%%PDF')".encode(),
            (RUN, b'{"year":2026}', c.VERA, p.clock()),
        )
