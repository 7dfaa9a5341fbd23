"""What becomes of a seal: witnesses sign it, a folder and a letter carry it out of the house.

Nothing here keeps a log from being sealed: what fails is told, and tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.refusals import Busy
from projections import audit, tree
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.pool import Connection, Database
from projections.postgres.settings import Settings
from projections.seals import book
from projections.seals.alarms import Alarms
from projections.seals.book import Sealed
from projections.seals.files import write_whole
from projections.seals.note import Malformed, VerifierKey
from scheduler.sealing import mail, publication, witnesses
from scheduler.sealing.due import last_close

logger = logging.getLogger(__name__)

AGAIN = timedelta(minutes=1)
WITNESS_TIMEOUT_S = 10.0
#: So long after the close of the day its letter is tried; then the next day's says it all.
LETTER_WITHIN = timedelta(hours=12)
WITNESSES = "witnesses.txt"
MAILED = "mailed.txt"
NOTES = 1000  # published at once
_SERVER_FAULT = 500  # HTTP: from here on it is the witness's own trouble


class Trouble(Exception):  # noqa: N818
    """An alarm: somebody outside knows another log. The message is a sentence for the operator."""


class Witness:
    """A line of witnesses.txt: `<verifier key> <url>`. Raises Malformed."""

    def __init__(self, line: str) -> None:
        words = line.split()
        if len(words) != 2:  # noqa: PLR2004 - key and address
            raise Malformed(f"{WITNESSES}: нужны ключ и адрес через пробел: {line[:60]!r}")
        self.key = VerifierKey.parse(words[0])
        self.url = words[1]


def known_witnesses(seals: Path) -> list[Witness]:
    """Who is asked to cosign. Raises Malformed, OSError."""
    try:
        lines = (seals / WITNESSES).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [Witness(line) for line in lines if line.strip() and not line.startswith("#")]


@dataclass
class Courier:
    """Runs errands with the newest seal of each school. Database: as letopis_sealer."""

    database: Database
    settings: Settings
    _not_before: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _done: dict[tuple[str, str], object] = field(default_factory=dict)
    _met: set[tuple[str, str]] = field(default_factory=set)  # school, witness: has answered us

    async def look(self, now: datetime) -> None:
        """One look at every school. Raises Busy."""
        for school in await self.database.schools():
            if school.move is not None:
                continue  # it is closed while it moves
            async with self.database.connection() as conn:
                seen = await book.sight(conn, school.schema)
            if seen.sealed is None:
                continue
            newest, grown = seen.sealed, seen.size > seen.sealed.size
            named = await asyncio.to_thread(_changed, self.settings.seals / WITNESSES)
            await self._errand(
                school, "witnesses", (newest.size, named), now, self._witnesses(school, now)
            )
            lines = await self._lines(school, [newest])
            await self._errand(
                school, "publication", (newest.size, len(lines[0])), now, self._publish(school)
            )
            close = last_close(now, school.zone, self.settings.day_close)
            if now - close < LETTER_WITHIN and (newest.at >= close or not grown):
                day = close.astimezone(ZoneInfo(school.zone)).date()
                await self._errand(school, "mail", day, now, self._mail(school, newest, day))

    async def _errand(
        self,
        school: RegisteredSchool,
        name: str,
        token: object,
        now: datetime,
        run: Callable[[], Awaitable[bool]],
    ) -> None:
        """Run an errand once for a token; after a failure, again in a minute."""
        key = (school.slug, name)
        if self._done.get(key) == token or now < self._not_before.get(key, now):
            return
        alarms = Alarms(self.settings.seals / school.school_id)
        try:
            whole = await run()
            if whole:
                self._done[key] = token
            await asyncio.to_thread(alarms.clear, name)
        except Busy:
            raise
        except (OSError, ValueError, LookupError, Trouble) as fault:
            self._not_before[key] = now + AGAIN
            trouble = isinstance(fault, Trouble)
            level = logging.CRITICAL if trouble else logging.WARNING
            logger.log(level, "Печать школы %s, %s: %s", school.slug, name, fault)
            await asyncio.to_thread(alarms.ring, name, str(fault) or repr(fault), now)

    async def _lines(self, school: RegisteredSchool, notes: Sequence[Sealed]) -> list[list[str]]:
        async with self.database.connection() as conn:
            found = await book.cosignatures(conn, school.schema, [one.size for one in notes])
        return [found[one.size] for one in notes]

    # -- witnesses -------------------------------------------------------------------------------

    def _witnesses(self, school: RegisteredSchool, now: datetime) -> Callable[[], Awaitable[bool]]:
        async def run() -> bool:
            failures: list[tuple[Witness, OSError | Trouble]] = []
            for witness in await asyncio.to_thread(known_witnesses, self.settings.seals):
                try:
                    await self._cosign(school, witness, now)
                except (OSError, Trouble) as fault:
                    failures.append((witness, fault))
            for witness, failure in failures:  # after everybody has been asked
                if isinstance(failure, Trouble):
                    raise failure
                raise OSError(f"свидетель {witness.key.name} не отвечает: {failure}") from failure
            return True

        return run

    async def _cosign(self, school: RegisteredSchool, witness: Witness, now: datetime) -> None:
        name = witness.key.name
        async with self.database.connection() as conn:
            newest = await book.newest(conn, school.schema)
            before = await book.cosigned_by(conn, school.schema, str(witness.key))
            # Asked once even so: a school brought back whole believes its own old table.
            if newest is None or (before == newest.size and (school.slug, name) in self._met):
                return
            proof = await _proof(conn, school.schema, before, newest.size)
        try:
            try:
                line = await self._ask(witness, before, proof, newest)
            except witnesses.WitnessBehind as behind:
                if behind.size > newest.size:
                    raise Trouble(
                        f"свидетель {name} видел {behind.size} записей, а в журнале печать стоит "
                        f"под {newest.size}: записи пропали."
                    ) from behind
                async with self.database.connection() as conn:
                    proof = await _proof(conn, school.schema, behind.size, newest.size)
                line = await self._ask(witness, behind.size, proof, newest)
        except witnesses.WitnessRefused as refused:
            if refused.status >= _SERVER_FAULT:
                raise OSError(str(refused)) from refused
            raise Trouble(
                f"свидетель {name} отказался подписать ({refused.status}): {refused.text}"
            ) from refused
        except witnesses.WitnessBehind as behind:
            raise OSError(f"его место меняется: {behind}") from behind
        async with self.database.connection() as conn:
            await book.put_cosignature(
                conn, school.schema, newest.size, str(witness.key), line, now
            )
        self._met.add((school.slug, name))

    async def _ask(
        self, witness: Witness, size: int, proof: Sequence[bytes], newest: Sealed
    ) -> str:
        return await asyncio.to_thread(
            witnesses.cosign,
            witness.url,
            witness.key,
            size,
            proof,
            newest.note,
            WITNESS_TIMEOUT_S,
        )

    # -- publication and mail --------------------------------------------------------------------

    def _publish(self, school: RegisteredSchool) -> Callable[[], Awaitable[bool]]:
        async def run() -> bool:
            folder = self.settings.publish_dir
            if folder is None:
                return True
            done = await asyncio.to_thread(publication.published_size, folder, school.school_id)
            async with self.database.connection() as conn:
                notes = await book.onwards(conn, school.schema, done, NOTES)
                keys = await audit.keys(conn, school.schema)
            if not notes:
                raise Trouble(f"в {folder} выложена печать под {done} записями, а в журнале её нет")
            lines = await self._lines(school, notes)
            texts = [
                (one.size, one.note + "".join(more)) for one, more in zip(notes, lines, strict=True)
            ]
            await asyncio.to_thread(publication.publish, folder, school.school_id, texts, keys)
            return len(notes) < NOTES

        return run

    def _mail(
        self, school: RegisteredSchool, newest: Sealed, day: date
    ) -> Callable[[], Awaitable[bool]]:
        async def run() -> bool:
            url, to = self.settings.smtp_url, self.settings.seal_mail_to
            path = self.settings.seals / school.school_id / MAILED
            if url is None or not to or not _to_be_mailed(path, day, newest.size):
                return True
            [more] = await self._lines(school, [newest])
            message = mail.letter(
                school=school.name,
                day=day,
                size=newest.size,
                note=newest.note + "".join(more),
                sender=mail.sender_of(url),
                to=to,
            )
            await asyncio.to_thread(mail.send, url, message)
            await asyncio.to_thread(write_whole, path, f"{day.isoformat()} {newest.size}\n")
            return True

        return run


def _changed(path: Path) -> int | None:
    """When a file was written, in nanoseconds; None while it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


async def _proof(conn: Connection, schema: str, first: int, second: int) -> list[bytes]:
    return await tree.consistency_proof(conn, schema, first, second) if first else []


def _to_be_mailed(path: Path, day: date, size: int) -> bool:
    """A letter a day, and none when nothing has come since the last one."""
    try:
        last_day, last_size = path.read_text("utf-8").split()
    except FileNotFoundError:
        return True
    return date.fromisoformat(last_day) < day and int(last_size) < size
