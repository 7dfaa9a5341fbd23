"""The paper of a consent: every point of 152-ФЗ, article 9(4), and its place in the vault."""

from __future__ import annotations

import msgspec
import pytest

from domain.commands import payload_hash
from domain.people import decisions as decide
from domain.people import facts as f
from domain.people.consent import ConsentPaper, Party, Scan, check_paper
from domain.refusals import Invalid
from tests.cast import CLASS_7A, KIRA, OLGA, PETYA
from tests.domain.seventh_a import (
    A_TEXT,
    ANOTHER_TEXT,
    SEPTEMBER_1,
    THURSDAY,
    WEDNESDAY,
)
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR, given, past

CHILD = Party("Петров Пётр Олегович", "д. Кукарино, ул. Школьная, 1", "II-ОМ № 123456")
MOTHER = Party("Петрова Ольга Олеговна", "д. Кукарино, ул. Школьная, 1", "1234 567890, ОВД")
PAPER = ConsentPaper(
    child=CHILD,
    signer=MOTHER,
    ground="мать",
    operator="МКОУ Кукаринская ОШ",
    aim="ведение электронного дневника",
    data="имя, класс, отметки, посещаемость",
    actions="запись, хранение, показ законному представителю",
    term="до окончания обучения; отзыв — письменно классному руководителю",
    signed_on=WEDNESDAY,
)
BLANKS = [
    *(f.name for f in msgspec.structs.fields(ConsentPaper) if f.type is str and f.required),
]
GIVE = (CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1)


def test_a_whole_paper_is_taken() -> None:
    check_paper(PAPER, WEDNESDAY)


@pytest.mark.parametrize("field", BLANKS)
def test_a_paper_with_a_blank_point_is_refused(field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_paper(msgspec.structs.replace(PAPER, **{field: "  "}), WEDNESDAY)
    assert refused.value.code == "consent.paper_incomplete"


@pytest.mark.parametrize("who", ["child", "signer"])
@pytest.mark.parametrize("field", ["name", "address", "document"])
def test_child_and_signer_are_named_with_address_and_document(who: str, field: str) -> None:
    party = msgspec.structs.replace(getattr(PAPER, who), **{field: ""})
    with pytest.raises(Invalid) as refused:
        check_paper(msgspec.structs.replace(PAPER, **{who: party}), WEDNESDAY)
    assert refused.value.code == "consent.paper_incomplete"


def test_a_point_is_not_a_novel() -> None:
    with pytest.raises(Invalid) as refused:
        check_paper(msgspec.structs.replace(PAPER, aim="а" * 1_001), WEDNESDAY)
    assert refused.value.code == "consent.paper_long"


def test_nobody_signs_tomorrow() -> None:
    with pytest.raises(Invalid) as refused:
        check_paper(msgspec.structs.replace(PAPER, signed_on=THURSDAY), WEDNESDAY)
    assert refused.value.code == "consent.signed_tomorrow"


def test_a_paper_is_of_a_guardian() -> None:
    mother = past(f.PersonRegistered("guardian", ANOTHER_TEXT), stream=OLGA)
    given(f.PersonRegistered("pupil", A_TEXT), mother).when(
        lambda w: decide.document_consent(w.person(), OLGA, "diary", A_TEXT, None, None)
    ).then_refused(Invalid, "consent.not_a_guardian")


def test_paper_and_scan_come_with_the_consent_and_live_in_the_vault() -> None:
    school = SmallSchool()
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)

    consent, paper = school.facts(
        "give_consent", *GIVE, None, PAPER, Scan("запечатано", "application/pdf"), by=KIRA
    )

    assert consent == f.ConsentGiven(OLGA, "diary", SEPTEMBER_1)
    assert isinstance(paper, f.ConsentDocumented)
    assert paper.scan is not None
    text, scan = school.log.vault[paper.paper.id], school.log.vault[paper.scan.id]
    assert (text.subject, text.kind, scan.subject, scan.kind) == (PETYA, "consent", PETYA, "scan")
    assert paper.paper.hash == payload_hash(text.salt, text.body)
    assert msgspec.json.decode(text.body, type=ConsentPaper) == PAPER
    assert "Петров" not in msgspec.json.encode(paper).decode()


def test_a_consent_without_a_paper_gets_it_later() -> None:
    school = SmallSchool()
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    school.does("give_consent", *GIVE, by=KIRA)

    [paper] = school.facts("give_consent", *GIVE, None, PAPER, by=KIRA)

    assert isinstance(paper, f.ConsentDocumented)
    assert paper.scan is None


def test_a_scan_alone_is_no_paper() -> None:
    school = SmallSchool()
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)

    with pytest.raises(Invalid) as refused:
        school.asks("give_consent", *GIVE, None, None, Scan("x", "image/png"), by=KIRA)
    assert refused.value.code == "consent.scan_alone"
