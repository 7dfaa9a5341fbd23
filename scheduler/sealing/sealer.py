"""Sealing every school of a database: what is due is signed, kept on disk, then in the table."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from domain.refusals import Busy
from projections import audit, tree, trouble
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.pool import Connection, Database
from projections.postgres.settings import Settings
from projections.seals import book
from projections.seals.alarms import Alarms
from projections.seals.book import Sight, Why
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note, VerifierKey
from projections.seals.signer import BRING_BACK, LAST, Refused, Signer, rewritten, rolled_back
from projections.trouble import Trouble
from scheduler.sealing.due import due

logger = logging.getLogger(__name__)

#: How much later another sealer's clock may have been read than this one's.
A_MOMENT = timedelta(seconds=10)
LOUD_EVERY = timedelta(minutes=1)
_SEAL: Literal["seal"] = "seal"

#: Announces the first key of a school in its log: school, key, now.
Announce = Callable[[RegisteredSchool, VerifierKey, datetime], object]


class Behind(Exception):  # noqa: N818 - it comes by itself
    """The projector has still before it what was signed, or the keys that sign."""


@dataclass
class _School:
    """What the sealer remembers of a school."""

    checked: datetime | None = None
    announced: bool = False
    told: datetime | None = None
    wanted: int = 0  # the size that somebody asked to have sealed
    well: bool = False  # whose trouble, if there was any, is known to be over


@dataclass
class Sealer:
    """Looks at every school and seals what is due. Database: as letopis_sealer."""

    database: Database
    settings: Settings
    announce: Announce
    _schools: dict[str, _School] = field(default_factory=dict)

    async def look(self, now: datetime, asked: Collection[str] = ()) -> list[str]:
        """One look at every school; answers the slugs that were sealed. Raises Busy.

        A school that cannot be sealed is an alarm and no hindrance to the others.
        """
        sealed = []
        for school in await self.database.schools():
            if school.move is not None:
                continue  # it is closed while it moves
            known = self._schools.setdefault(school.slug, _School())
            signer = Signer(self.settings.seals, school.school_id)
            try:
                if await self._school(school, known, signer, now, school.slug in asked):
                    sealed.append(school.slug)
            except Busy:
                raise
            except Refused as refused:
                await self._alarm(school, known, signer, refused, now)
            except Exception as fault:  # the others must be sealed, whatever this is
                logger.exception("Печать школы %s", school.slug)
                unexpected = Refused("fault", f"Сбой: {fault!r}")
                await self._alarm(school, known, signer, unexpected, now)
        return sealed

    async def _school(
        self,
        school: RegisteredSchool,
        known: _School,
        signer: Signer,
        now: datetime,
        asked: bool,  # noqa: FBT001
    ) -> bool:
        async with self.database.connection() as conn:
            seen = await book.sight(conn, school.schema)
            if asked:
                known.wanted = seen.head
            why = due(
                seen,
                now,
                zone=school.zone,
                close=self.settings.day_close,
                every=timedelta(seconds=self.settings.seal_every_s),
                asked=seen.sealed is not None and known.wanted > seen.sealed.size,
            )
            if why is None and (seen.size == 0 or not self._time_to_check(known, now)):
                return False
            keys = await audit.keys(conn, school.schema)
            done = False
            # The first time may have to store what a crash left, in a transaction of its own:
            # dying over the next note must not lose it again.
            for _ in (1, 2):
                async with book.alone(conn, school.slug) as mine:
                    if not mine:
                        return False
                    try:
                        done = bool(keys) and await seal(conn, school.schema, signer, now, why)
                    except Behind:
                        return False
                if done or why is None:
                    break
        if not keys and (signer.room / LAST).exists():
            raise Refused(
                "keys_unknown", "Печати есть, а ключей печати в базе нет: letopis verify."
            )
        if not keys and not known.announced:
            key = signer.unannounced(())
            await asyncio.to_thread(self.announce, school, key, now)
            known.announced = True
            logger.info("Печать школы %s: введён ключ %s", school.slug, key)
        known.checked = now
        Alarms(signer.room).clear(_SEAL)
        if not known.well:
            async with self.database.connection() as conn:
                await trouble.aover(conn, school.schema, _SEAL)
            known.well = True
        return done

    def _time_to_check(self, known: _School, now: datetime) -> bool:
        """A log that does not grow is looked at too: it may have shrunk."""
        every = timedelta(seconds=self.settings.seal_every_s)
        return known.checked is None or abs(now - known.checked) >= every

    async def _alarm(
        self,
        school: RegisteredSchool,
        known: _School,
        signer: Signer,
        refused: Refused,
        now: datetime,
    ) -> None:
        """Say it once a minute; leave it beside the keys and where every process looks."""
        if known.told is not None and abs(now - known.told) < LOUD_EVERY:
            return
        known.told, known.well = now, False
        logger.critical("Печать школы %s НЕ ПОСТАВЛЕНА: %s", school.slug, refused.message)
        try:
            Alarms(signer.room).ring(_SEAL, refused.message, now)
        except OSError as fault:
            logger.critical("Печать школы %s: не пишется каталог: %s", school.slug, fault)
        async with self.database.connection() as conn:
            told = Trouble(_SEAL, refused.code, None, refused.message, now)
            await trouble.atell(conn, school.schema, told)


async def seal(
    conn: Connection, schema: str, signer: Signer, now: datetime, why: Why | None
) -> bool:
    """Check that the log continues what was signed, and sign what has grown; True when it did.

    In a transaction of `book.alone`. A note that a crash kept from the table is stored, and then
    nothing is signed. why: None only checks. Raises Refused, Behind, OSError.
    """
    with signer.locked():
        seen = await book.sight(conn, schema)
        at = _moment(now, seen)
        in_use = book.in_use(await audit.keys(conn, schema), seen.size)
        if not in_use:
            raise Behind  # the keys are announced further on
        signer.signing(in_use)
        last = signer.last()
        signed = 0
        if last is not None:
            signed = Checkpoint.of(last).size
            if await _stored(conn, schema, seen, last, at):
                return False
        elif seen.sealed is not None:
            raise Refused(
                "note_missing",
                f"Нет файла {signer.room}/{LAST}, а в базе есть печати.{BRING_BACK}",
            )
        if seen.sealed is not None and seen.sealed.size != signed:
            await _require_in_log(conn, schema, seen, seen.sealed.size, seen.sealed.root)
        if why is None or seen.size <= max(signed, seen.sealed.size if seen.sealed else 0):
            return False
        root = await tree.root(conn, schema, seen.size)
        proof = await tree.consistency_proof(conn, schema, signed, seen.size) if signed else []
        note = signer.sign(seen.size, root, proof, in_use)
        await book.put(conn, schema, note, why, at)
        return True


def _moment(now: datetime, seen: Sight) -> datetime:
    """When it is sealed: another sealer, started by mistake, may have looked at the clock later and
    signed earlier. What is more than a moment is a clock that was set, and is told as it is.
    """
    before = seen.sealed.at if seen.sealed is not None else now
    return before if timedelta(0) < before - now < A_MOMENT else now


async def _stored(conn: Connection, schema: str, seen: Sight, last: Note, at: datetime) -> bool:
    """The last note had to be stored; False when it was there already. Raises Refused, Behind."""
    head = Checkpoint.of(last)
    await _require_in_log(conn, schema, seen, head.size, head.root)
    known = await book.of_size(conn, schema, head.size)
    if known is None:
        await book.put(conn, schema, last, "grown", at)
    elif known.root != head.root:
        raise rewritten(head.size)
    return known is None


async def _require_in_log(
    conn: Connection, schema: str, seen: Sight, size: int, root: bytes
) -> None:
    """The tree gives the root that was signed. Raises Refused, Behind."""
    if seen.head < size:
        raise rolled_back(size, seen.head)
    if seen.size < size:
        raise Behind
    try:
        found = await tree.root(conn, schema, size)
    except KeyError:
        raise rewritten(size) from None
    if found != root:
        raise rewritten(size)
