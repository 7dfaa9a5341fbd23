"""The form of a consent: what is filled in beforehand, and what it brings."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Final, get_args

import orjson
from starlette.datastructures import FormData, UploadFile

from api.consents import Brought
from api.documents.consent import POINTS
from api.house import fresh_id
from api.scans import MOST_BYTES
from domain.people.consent import ConsentPaper, Party
from domain.people.facts import ConsentPurpose
from domain.refusals import Invalid
from projections.consents.reading import Family

#: parts of the paper that only the paper knows: with none of them filled in, there is no paper
BY_HAND = (
    "child_address",
    "child_document",
    "signer_address",
    "signer_document",
    "ground",
    "operator_address",
)
KNOWN = (
    "purpose",
    "since",
    "until",
    "child_name",
    "signer_name",
    "operator",
    "processor",
    "aim",
    "data",
    "actions",
    "term",
    "signed_on",
)
BLANK: Final = dict.fromkeys((*KNOWN, *BY_HAND), "")


def fields_of(family: Family, purpose: ConsentPurpose, school: str, today: date) -> dict[str, str]:
    """The form as it is opened for a family."""
    points = POINTS[purpose]
    return BLANK | {
        "key": fresh_id(),
        "purpose": purpose,
        "since": today.isoformat(),
        "child_name": family.pupil,
        "signer_name": family.guardian or "",
        "operator": school,
        "aim": points.aim,
        "data": points.data,
        "actions": points.actions,
        "term": points.term,
        "signed_on": today.isoformat(),
    }


async def brought(sent: FormData, guardian_id: str) -> tuple[Brought, bytes]:
    """(the consent, JSON that tells two of them apart). Raises Invalid."""
    fields = {name: value for name, value in sent.items() if isinstance(value, str)}
    purpose: ConsentPurpose | None = next(
        (one for one in get_args(ConsentPurpose) if one == fields.get("purpose")), None
    )
    since = _day(fields.get("since"), "С какого дня")
    if purpose is None or since is None or "key" not in fields:
        raise Invalid("consent.form", "Укажите цель и с какого дня действует согласие.")
    chosen = sent.get("scan")
    scan = await chosen.read(MOST_BYTES + 1) if isinstance(chosen, UploadFile) else b""
    new = Brought(
        guardian_id,
        purpose,
        since,
        _day(fields.get("until"), "По какой день"),
        _paper(fields) if scan or any(fields.get(name, "").strip() for name in BY_HAND) else None,
        scan or None,
    )
    return new, orjson.dumps({**fields, "scan": sha256(scan).hexdigest()})


def _paper(fields: dict[str, str]) -> ConsentPaper:
    said = {name: fields.get(name, "").strip() for name in BLANK}
    signed_on = _day(said["signed_on"], "Дата подписи")
    if signed_on is None:
        raise Invalid("consent.form", "Укажите, когда подписана бумага.")
    return ConsentPaper(
        child=Party(said["child_name"], said["child_address"], said["child_document"]),
        signer=Party(said["signer_name"], said["signer_address"], said["signer_document"]),
        ground=said["ground"],
        operator=", ".join(filter(None, (said["operator"], said["operator_address"]))),
        aim=said["aim"],
        data=said["data"],
        actions=said["actions"],
        term=said["term"],
        signed_on=signed_on,
        processor=said["processor"],
    )


def _day(text: str | None, words: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("consent.form", f"{words}: нужна дата.") from None
