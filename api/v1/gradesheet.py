"""A page of the journal as .xlsx, and back: what was changed in it is shown, then written."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.caller import Caller
from api.deps import ClassReader, Teacher
from api.gradesheet import desk
from api.gradesheet.comparing import Change
from api.reports import XLSX
from api.scans import MOST_BYTES, download
from api.v1.classes import Number
from api.v1.wire import PREFIX, Body, Id, Once
from domain.refusals import Invalid
from domain.values import ReasonCode

router = APIRouter(prefix=PREFIX, tags=["Журнал в Excel"])

MOST_BASE64 = MOST_BYTES * 4 // 3 + 4
PLACE = "/classes/{class_id}/sheet"


class Brought(Body):
    """A sheet that was exported here and changed; the reason is of all its corrections."""

    file: Annotated[
        str,
        Field(max_length=MOST_BASE64, description=".xlsx, base64", examples=["UEsDBBQ…"]),
    ]
    reason_code: ReasonCode = ReasonCode.TYPO
    reason: Annotated[str, Field(max_length=2_000)] = ""


class Written(Brought):
    """The same, once its changes were shown: `plan_hash` says which ones."""

    plan_hash: Annotated[str, Field(max_length=64)]


class CellOut(BaseModel):
    """One cell: where it is, what stands in the journal, what is asked for, and why not."""

    cell: Annotated[str, Field(examples=["D7"])]
    pupil_id: str
    pupil: Annotated[str, Field(examples=["Петров Пётр"])]
    lesson_id: str
    lesson: Annotated[str, Field(examples=["02.09.2026, урок 1"])]
    before: Annotated[str, Field(examples=["4"])]
    after: Annotated[str, Field(examples=["5"])]
    refused: Annotated[str, Field(examples=[""])]


class Shown(BaseModel):
    """What the sheet would change; a cell with `refused` is not written."""

    plan_hash: str
    changes: list[CellOut]
    needs_reason: bool


class Result(BaseModel):
    """What was written."""

    marks: int
    position: int
    refused: list[CellOut]


@router.get(PLACE, response_class=Response)
async def export_sheet(
    class_id: Id,
    caller: ClassReader,
    subject_id: Annotated[Id, Query()],
    term: Annotated[Number, Query()],
    subgroup_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """A page of the journal as .xlsx: change its marks and bring it back."""
    name, body = await desk.exported(caller, class_id, subject_id, subgroup_id, term)
    return download(body, name, XLSX)


@router.post(PLACE + "/preview")
async def preview_sheet(class_id: Id, new: Brought, caller: Teacher) -> Shown:
    """What a sheet would change, cell by cell; nothing is written."""
    found = await _compared(class_id, new, caller)
    return Shown(
        plan_hash=found.hash,
        changes=[_cell(one) for one in found.changes],
        needs_reason=found.corrects,
    )


@router.post(PLACE)
async def write_sheet(class_id: Id, new: Written, caller: Teacher, once: Once) -> Result:
    """Write what was shown; refused cells stay as they are. The same sheet again changes nothing.

    Corrections need a password shown within the last minutes.
    """
    found = await _compared(class_id, new, caller)
    why = desk.Why(new.reason_code, new.reason)
    done = await desk.committed(caller, found, new.plan_hash, why, once)
    return Result(
        marks=done.marks,
        position=done.position,
        refused=[_cell(one) for one in done.refused],
    )


async def _compared(class_id: str, new: Brought, caller: Caller) -> desk.Compared:
    await caller.door.rights.class_basis(caller, class_id)
    try:
        data = b64decode(new.file, validate=True)
    except ValueError:
        raise Invalid("sheet.base64", "Файл передаётся в base64.") from None
    if len(data) > MOST_BYTES:
        raise Invalid("sheet.too_large", "Файл слишком велик: не больше 3 МБ.")
    return await desk.compared(caller, class_id, data, desk.Why(new.reason_code, new.reason))


def _cell(one: Change) -> CellOut:
    shown: dict[str, Any] = one._asdict()
    del shown["deeds"]
    return CellOut(cell=shown.pop("address"), **shown)
