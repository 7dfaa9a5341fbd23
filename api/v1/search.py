"""«Поиск ученика»: by the beginnings of names, which stand in no address."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import Staff
from api.searching import LONGEST, search
from api.v1.wire import PREFIX, Body, Id

router = APIRouter(prefix=PREFIX, tags=["Люди"])


class Sought(Body):
    """Beginnings of the words of a name, in any order; at least one of two letters."""

    q: Annotated[str, Field(max_length=LONGEST, examples=["петр п"])]


class Pupil(BaseModel):
    """left: the first day without a class; diary: whether the caller reads the diary now."""

    pupil_id: Id
    name: Annotated[str, Field(examples=["Петров Пётр"])]
    class_id: Id
    class_name: Annotated[str, Field(examples=["7а"])]
    left: date | None
    diary: bool


class Found(BaseModel):
    """In Russian order, twenty at most; more: how many there are besides."""

    pupils: list[Pupil]
    more: int


@router.post("/pupils/search")
async def search_pupils(new: Sought, caller: Staff) -> Found:
    """Pupils of this year of whom the caller may know: of the whole school for the administration,
    else of one's own classes. What is too short finds nobody. With a session: a token reads by GET,
    and a name is not to stand in an address.
    """
    found = await search(caller, new.q)
    pupils = [
        Pupil(
            pupil_id=one.pupil_id,
            name=one.name,
            class_id=one.class_id,
            class_name=one.class_name,
            left=one.left,
            diary=diary,
        )
        for one, diary in found.shown
    ]
    return Found(pupils=pupils, more=found.more)
