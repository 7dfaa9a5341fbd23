"""A sheet brought back: shown beside the journal, decided cell by cell, then carried out.

Nothing of its own is written: each change is the command of the class grid, by the same rights,
with the same windows and reasons, and refused with the same words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, cast
from uuid import UUID

import msgspec

from api.caller import Caller
from api.gradesheet.comparing import Change, Deed, compare
from api.gradesheet.reading import Sheet, read_sheet
from api.gradesheet.writing import FORM, Marker, sheet_xlsx
from api.house import fresh_id, fresh_salt
from api.imports.rehearsal import Rehearsal
from api.landing import landed
from domain.engine import Engine
from domain.refusals import Conflict, Invalid, NotFound, Refusal
from domain.school import MarkInput, School
from domain.values import ReasonCode
from domain.writing import Answer, Request
from projections import directory, register

UNKNOWN = NotFound("register.unknown", "Такой страницы в журнале нет.")
AT_ONCE = 200  # commands of a sheet in the queue: others write as well
_NO_REQUEST = Request(b"", b"")  # a rehearsal records nothing


class Why(NamedTuple):
    """The reason that all corrections of a sheet have."""

    code: ReasonCode
    words: str = ""


class Done(NamedTuple):
    """What became of a sheet: marks written, the last position, and what was refused after all."""

    marks: int
    position: int
    refused: list[Change]


class Compared(NamedTuple):
    """A sheet beside the journal. `hash` says which changes were shown."""

    marker: Marker
    changes: list[Change]
    hash: str

    @property
    def good(self) -> list[Change]:
        """What would be written."""
        return [one for one in self.changes if not one.refused]

    @property
    def corrects(self) -> bool:
        """Some marks would be changed or annulled: that needs a reason."""
        return any(deed.kind != "give" for one in self.good for deed in one.deeds)


async def exported(
    caller: Caller, class_id: str, subject_id: str, subgroup_id: str | None, term: int
) -> tuple[str, bytes]:
    """A page of the journal as (name, .xlsx). Raises NotFound."""
    async with caller.reading() as (conn, schema):
        page = await register.page(conn, schema, class_id, subject_id, subgroup_id, term)
        if page is None or page["subject"]["name"] is None:
            raise UNKNOWN
        card = await directory.class_card(conn, schema, class_id, caller.door.rights.today())
        kinds = await directory.work_types(conn, schema, card["year"]) if card else []
    position = page["as_of"]["position"]
    marker = Marker(FORM, class_id, subject_id, subgroup_id, term, position)
    name = f"{page['class']['name']} {page['subject']['name']} {page['term']['name']}.xlsx"
    body = await asyncio.to_thread(sheet_xlsx, page, kinds, marker, school=caller.door.name)
    return name, body


async def compared(caller: Caller, class_id: str, data: bytes, why: Why) -> Compared:
    """What a sheet would change, each change decided by the rules of the journal; nothing is
    written. Raises Invalid for what is no sheet of this class, NotFound.
    """
    sheet = await asyncio.to_thread(read_sheet, data)
    marker = sheet.marker
    if marker.class_id != class_id:
        raise Invalid("sheet.other_class", "Эта таблица — о другом классе: откройте его журнал.")
    changes = await _beside(caller, sheet)
    decided = await asyncio.to_thread(_decided, caller, marker, changes, why)
    shown = [(one.address, one.before, one.after, one.refused) for one in decided]
    return Compared(marker, decided, sha256(msgspec.json.encode(shown)).hexdigest()[:32])


async def _beside(caller: Caller, sheet: Sheet) -> list[Change]:
    marker = sheet.marker
    key = marker.class_id, marker.subject_id, marker.subgroup_id, marker.term
    # what has just been written is shown, or the same sheet would write it once more
    await caller.door.progress.reach((await caller.door.progress.now(0.0)).head.position)
    async with caller.reading() as (conn, schema):
        now = await register.page(conn, schema, *key)
        if now is None:
            raise UNKNOWN
        if not 0 < marker.position <= now["as_of"]["position"]:
            raise Invalid("sheet.position", "Таблица выгружена не из этого журнала.")
        then = await register.page(conn, schema, *key, marker.position)
        card = await directory.class_card(conn, schema, marker.class_id, caller.door.rights.today())
        kinds = await directory.work_types(conn, schema, card["year"]) if card else []
    return compare(sheet, then or now, now, kinds)


def _decided(caller: Caller, marker: Marker, changes: list[Change], why: Why) -> list[Change]:
    """The changes, those that the journal refuses with its words. Blocks: it reads the log."""
    door = caller.door
    rehearsal = Rehearsal(door.house.log(door.slug), door.house.clock(), fresh_id)
    school = School(
        cast("Engine", rehearsal),  # School asks nothing of its engine but `submit`
        door.slug,
        door.school_id,
        ids=rehearsal.new_id,
        salts=fresh_salt,
    )
    decided = []
    for change in changes:
        try:
            for deed in change.deeds:
                mark_id = deed.mark_id or rehearsal.new_id()
                _carried(school, caller, marker, change, deed, mark_id, why, _NO_REQUEST).result()
        except Refusal as refusal:
            decided.append(change._replace(refused=refusal.message, deeds=()))
        else:
            decided.append(change)
    return decided


async def committed(
    caller: Caller, found: Compared, plan_hash: str, why: Why, once: Request
) -> Done:
    """Carry out what was shown, each change by a command of its own. What is refused meanwhile is
    told; the same sheet goes on from there.

    Raises Conflict when it is not what was shown, Invalid with nothing to write, and as `Caller.
    fresh` when something is corrected.
    """
    if plan_hash != found.hash:
        raise Conflict(
            "sheet.changed_meanwhile",
            "Журнал или файл изменился, пока вы смотрели: посмотрите изменения ещё раз.",
            hash=found.hash,
        )
    if not found.good:
        raise Invalid("sheet.nothing", "Записывать нечего.")
    if found.corrects:
        caller.fresh()
    written, position, refused = 0, 0, []
    left = _requests(found, once)
    while group := list(islice(left, AT_ONCE)):
        sent = []
        for change, deed, request in group:
            mark_id = deed.mark_id or str(UUID(bytes=request.key, version=4))
            school, of = caller.door.school, found.marker
            answer = _carried(school, caller, of, change, deed, mark_id, why, request)
            sent.append((change, answer))
        for change, answer in sent:
            try:
                receipt = await landed(answer)
            except Refusal as refusal:
                refused.append(change._replace(refused=refusal.message))
            else:
                written, position = written + 1, max(position, receipt.position)
    return Done(written, position, refused)


def _requests(found: Compared, once: Request) -> Iterator[tuple[Change, Deed, Request]]:
    """Every command with a request of its own: the same command of a repeat is the same request,
    wherever in the sheet it stands.
    """
    for change in found.good:
        for number, deed in enumerate(change.deeds):
            said = f"{change.pupil_id}|{change.lesson_id}|{number}|{deed}".encode()
            yield change, deed, Request(sha256(once.key + said).digest()[:16], once.fingerprint)


def _carried(
    school: School,
    caller: Caller,
    marker: Marker,
    change: Change,
    deed: Deed,
    mark_id: str,
    why: Why,
    request: Request,
) -> Answer:
    if deed.kind == "give":
        mark = MarkInput(mark_id, change.pupil_id, deed.value, deed.work_type_id)
        return school.give_marks(
            marker.class_id, change.lesson_id, [mark], by=caller.actor, request=request
        )
    if deed.kind == "correct":
        return school.correct_mark(
            marker.class_id,
            mark_id,
            saw=deed.saw,
            value=deed.value,
            reason_code=why.code,
            reason=why.words,
            by=caller.actor,
            request=request,
        )
    return school.annul_mark(
        marker.class_id,
        mark_id,
        saw=deed.saw,
        reason_code=why.code,
        reason=why.words,
        by=caller.actor,
        request=request,
    )
