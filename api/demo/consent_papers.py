"""Papers of the consents that families brought to the first meeting (clause 4.2.г): what they say,
and their scans. Addresses and documents are as invented as the people.
"""

from __future__ import annotations

from datetime import date

import msgspec

from api.demo.chance import Chance
from api.demo.recipe import SCHOOL_NAME
from api.documents.consent import POINTS, blank_pdf
from domain.people.consent import ConsentPaper, Party
from domain.people.facts import ConsentPurpose, Name

_STREETS = ("Полевая", "Речная", "Школьная", "Садовая", "Заречная", "Луговая", "Кузнечная")
_SCHOOL_ADDRESS = "д. Кукарино, ул. Школьная, д. 1"
_LAW = "законный представитель: свидетельство о рождении"


class Signed(msgspec.Struct, frozen=True):
    """A sheet as it was signed: what a scan of it shows."""

    purpose: ConsentPurpose
    child: str
    class_name: str
    signer: str


def paper(
    chance: Chance, purpose: ConsentPurpose, child: Name, signer: Name, day: date
) -> ConsentPaper:
    """What the sheet says; the family lives in one house, whoever of it signs."""
    address = f"д. Кукарино, ул. {chance.pick(_STREETS)}, д. {chance.between(1, 60)}"
    born = f"свидетельство о рождении I-СБ № {chance.between(500_000, 999_999)}"
    passport = f"паспорт {chance.between(10, 99)} {chance.between(10, 22)}"
    issued = f"№ {chance.between(100_000, 999_999)}, выдан отделом внутренних дел района"
    points = POINTS[purpose]
    return ConsentPaper(
        child=Party(child.full, address, born),
        signer=Party(signer.full, address, f"{passport} {issued}"),
        ground=_LAW,
        operator=f"{SCHOOL_NAME}, {_SCHOOL_ADDRESS}",
        aim=points.aim,
        data=points.data,
        actions=points.actions,
        term=points.term,
        signed_on=day,
    )


def scanned(sheet: Signed) -> bytes:
    """The sheet as a PDF: the school's own blank with these names. The same bytes every time."""
    return blank_pdf(
        sheet.purpose,
        school=SCHOOL_NAME,
        child=sheet.child,
        class_name=sheet.class_name,
        signer=sheet.signer,
    )
