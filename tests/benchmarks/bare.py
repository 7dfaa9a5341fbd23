"""The limit: a bare Starlette application on the same pool, doing nothing but the one statement."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import orjson
import uvicorn
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.passwords import Passwords
from projections.sql import STILL

TABLE = (
    "CREATE TABLE IF NOT EXISTS public.bare_mark (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY"
    " KEY, mark_id uuid NOT NULL UNIQUE, lesson_id uuid NOT NULL, pupil_id uuid NOT NULL,"
    " value text NOT NULL, work_type_id uuid NOT NULL, at timestamptz NOT NULL DEFAULT now());"
    " GRANT SELECT, INSERT ON public.bare_mark TO letopis_app"
)

_LESSONS = (
    " FROM {s}.register_lesson l WHERE l.class_id = %s AND l.subject_id = %s"
    f" AND l.date BETWEEN %s::date AND %s::date AND l.valid_to = {STILL}"
)
#: lessons, marks, attendance and pupils of a page of the journal
GRID = (
    f"SELECT l.lesson_id::text, l.date::text, l.number, l.room, l.status{_LESSONS} ORDER BY 2, 3",
    (
        "SELECT lesson_id::text, pupil_id::text, mark_id::text, value, weight, work_type_id::text"
        f" FROM {{s}}.register_mark WHERE lesson_id IN (SELECT l.lesson_id{_LESSONS})"
        f" AND valid_to = {STILL}"
    ),
    (
        "SELECT lesson_id::text, pupil_id::text, code FROM {s}.register_attendance"
        f" WHERE lesson_id IN (SELECT l.lesson_id{_LESSONS}) AND valid_to = {STILL}"
    ),
    (
        "SELECT p.person_id::text, p.full_name FROM {s}.directory_enrolment e"
        " JOIN {s}.directory_person p ON p.person_id = e.pupil_id WHERE e.class_id = %s"
        " AND (%s::text, %s::text, %s::text) IS NOT NULL ORDER BY p.sort_key"
    ),
)


def bare(conninfo: str, schema: str, connections: int) -> Starlette:
    """`GET /doc/{pupil}/{monday}` reads a document by key, `GET /grid/{class}/…` the rows of a
    page of the journal; `POST /mark/{lesson}` inserts a row, `POST /column/{lesson}` many;
    `POST /hash` verifies a password.
    """
    pool = AsyncConnectionPool(
        conninfo, min_size=1, max_size=connections, kwargs={"autocommit": True}, open=False
    )
    read = f"SELECT document FROM {schema}.diary_v1 WHERE pupil_id = %s AND monday = %s"
    insert = (
        "INSERT INTO public.bare_mark (mark_id, lesson_id, pupil_id, value, work_type_id)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING id"
    )

    column_insert = (
        "INSERT INTO public.bare_mark (mark_id, lesson_id, pupil_id, value, work_type_id)"
        " SELECT m, %s, p, v, w FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[])"
        " AS t (m, p, v, w) RETURNING id"
    )
    reads = [one.replace("{s}", schema) for one in GRID]

    passwords = Passwords()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.open()
        yield
        await pool.close()

    async def document(request: Request) -> Response:
        key = (request.path_params["pupil"], date.fromisoformat(request.path_params["monday"]))
        async with pool.connection() as conn:
            cursor = conn.cursor(binary=True)
            await cursor.execute(read, key, prepare=True)
            found = await cursor.fetchone()
        return Response(found[0] if found else b"", media_type="application/json")

    async def mark(request: Request) -> Response:
        [one] = orjson.loads(await request.body())["marks"]
        row = (
            one["mark_id"],
            request.path_params["lesson"],
            one["pupil_id"],
            one["value"],
            one["work_type_id"],
        )
        async with pool.connection() as conn:
            cursor = conn.cursor(binary=True)
            await cursor.execute(insert, row, prepare=True)
            found = await cursor.fetchone()
        return Response(
            orjson.dumps({"position": found[0] if found else 0}), media_type="application/json"
        )

    async def verified(request: Request) -> Response:
        told = orjson.loads(await request.body())
        right = await passwords.verify(told["hash"], told["password"])
        return Response(orjson.dumps({"right": right}), media_type="application/json")

    async def column(request: Request) -> Response:
        marks = orjson.loads(await request.body())["marks"]
        fields = ("mark_id", "pupil_id", "value", "work_type_id")
        row = (request.path_params["lesson"], *([one[f] for one in marks] for f in fields))
        async with pool.connection() as conn:
            cursor = conn.cursor(binary=True)
            await cursor.execute(column_insert, row, prepare=True)
            found = await cursor.fetchall()
        return Response(orjson.dumps({"position": found[-1][0]}), media_type="application/json")

    async def grid(request: Request) -> Response:
        at = request.path_params
        key = [at[name] for name in ("class", "subject", "since", "until")]
        found = []
        async with pool.connection() as conn:
            cursor = conn.cursor(binary=True)
            for statement in reads:
                await cursor.execute(statement, key, prepare=True)
                found.append(await cursor.fetchall())
        return Response(orjson.dumps(found), media_type="application/json")

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/doc/{pupil}/{monday}", document),
            Route("/grid/{class}/{subject}/{since}/{until}", grid),
            Route("/hash", verified, methods=["POST"]),
            Route("/mark/{lesson}", mark, methods=["POST"]),
            Route("/column/{lesson}", column, methods=["POST"]),
        ],
    )


def main(descriptor: str, conninfo: str, schema: str, connections: str) -> None:
    """Serve on an inherited socket."""
    config = uvicorn.Config(
        bare(conninfo, schema, int(connections)),
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        date_header=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(descriptor))])


if __name__ == "__main__":
    main(*sys.argv[1:])
