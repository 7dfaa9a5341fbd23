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

TABLE = (
    "CREATE TABLE IF NOT EXISTS public.bare_mark (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY"
    " KEY, mark_id uuid NOT NULL UNIQUE, lesson_id uuid NOT NULL, pupil_id uuid NOT NULL,"
    " value text NOT NULL, work_type_id uuid NOT NULL, at timestamptz NOT NULL DEFAULT now());"
    " GRANT SELECT, INSERT ON public.bare_mark TO letopis_app"
)


def bare(conninfo: str, schema: str, connections: int) -> Starlette:
    """`GET /doc/{pupil}/{monday}` reads a document by key; `POST /mark/{lesson}` inserts a row."""
    pool = AsyncConnectionPool(
        conninfo, min_size=1, max_size=connections, kwargs={"autocommit": True}, open=False
    )
    read = f"SELECT document FROM {schema}.diary_v1 WHERE pupil_id = %s AND monday = %s"
    insert = (
        "INSERT INTO public.bare_mark (mark_id, lesson_id, pupil_id, value, work_type_id)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING id"
    )

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

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/doc/{pupil}/{monday}", document),
            Route("/mark/{lesson}", mark, methods=["POST"]),
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
