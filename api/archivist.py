"""Archives that are written while people go on working: one process for each, how far it is."""

from __future__ import annotations

import asyncio
import logging
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING

import msgspec

from api.archives import compose, folder_of, noted
from api.documents.typesetting import UnprintableError
from domain.access import Actor
from domain.refusals import Refusal
from projections.archive.write import Written, base
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.settings import Settings

if TYPE_CHECKING:
    from api.house import Door

logger = logging.getLogger(__name__)


class Work(msgspec.Struct):
    """How far an archive is. `what` is in words; `error` says why it has ended without one."""

    running: bool = True
    what: str = "начало"
    done: int = 0
    total: int = 0
    error: str = ""

    @property
    def percent(self) -> int:
        """Of what is being done."""
        return 100 * self.done // self.total if self.total else 0


class _Closing(Exception):  # noqa: N818
    """The web process ends: the next one goes on."""


#: A year in memory is 400 MB, and half a minute of work: neither is for who answers people.
_SPAWN = get_context("spawn")


class Archivist:
    """Writes archives of a web process's schools. admin: as `compose` wants it."""

    def __init__(self, settings: Settings, admin: str) -> None:
        self.settings = settings
        self._admin = admin
        self._works: dict[tuple[str, int], Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._processes: set[SpawnProcess] = set()
        self._closing = False

    def work(self, slug: str, year: int, version: int) -> Work | None:
        """What is known of the last attempt; an interrupted one is told by what it has left."""
        known = self._works.get((slug, year))
        room = folder_of(self.settings, slug) / f".{base(slug, year, version)}"
        if known is None and room.exists():
            return Work(running=False, error="Работа прервалась. Она продолжится с того же места.")
        return known

    def start(self, door: Door, year: int, by: Actor) -> None:
        """Begin, or go on, unless it is being done."""
        known = self._works.get((door.slug, year))
        if known is not None and known.running:
            return
        work = self._works[door.slug, year] = Work()
        task = asyncio.create_task(self._write(door, year, by, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let go of what is being written; it goes on from there when it is asked for again."""
        self._closing = True
        for process in tuple(self._processes):  # their threads take them out meanwhile
            process.kill()
        await asyncio.gather(*self._tasks)

    async def _write(self, door: Door, year: int, by: Actor, work: Work) -> None:
        school = RegisteredSchool(door.slug, door.school_id, door.name, door.zone)
        try:
            done = await asyncio.to_thread(self._composed, school, year, work)
            await noted(door.school, done, by, await door.rights.year())
        except Refusal as refusal:
            work.error = refusal.message
        except _Closing:
            work.error = "Сервер перезапускается."
        except UnprintableError:
            work.error = "В чьём-то имени есть знак, которого не напечатать: исправьте имя."
        except Exception:
            logger.exception("archive of %s %d", door.slug, year)
            work.error = "Не получилось. Подробности — в журнале сервера."
        finally:
            work.running = False

    def _composed(self, school: RegisteredSchool, year: int, work: Work) -> Written:
        """Blocks until the process of an archive has written it. Raises what `compose` raises;
        _Closing; ChildProcessError when it ended without a word.
        """
        ours, theirs = _SPAWN.Pipe(duplex=False)
        arguments = (theirs, self.settings, self._admin, school, year)
        process = _SPAWN.Process(target=_compose, args=arguments, daemon=True)
        process.start()
        theirs.close()
        self._processes.add(process)
        try:
            return self._told(ours, work)
        except EOFError:
            if self._closing:
                raise _Closing from None
            raise ChildProcessError("the process of an archive has ended") from None
        finally:
            self._processes.discard(process)
            process.kill()
            process.join()

    def _told(self, pipe: Connection, work: Work) -> Written:
        """What the process tells, up to the end."""
        while True:
            said: Written | Exception | tuple[str, int, int] = pipe.recv()
            if self._closing:
                raise _Closing
            match said:
                case Written():
                    return said
                case Exception():
                    raise said
                case (what, done, total):
                    work.what, work.done, work.total = what, done, total


def _compose(
    pipe: Connection, settings: Settings, admin: str, school: RegisteredSchool, year: int
) -> None:
    """The process of an archive: it tells how far it is, then what it has written, or why not."""

    def progress(what: str, done: int, total: int) -> None:
        pipe.send((what, done, total))

    try:
        pipe.send(compose(settings, admin, school, year, None, progress))
    except (Refusal, UnprintableError) as refusal:
        pipe.send(refusal)
