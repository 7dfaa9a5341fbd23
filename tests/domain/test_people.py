"""People: registered, renamed, erased; guardians, consents, credentials."""

from __future__ import annotations

from datetime import date

import pytest

from domain.people import decisions as decide
from domain.people import facts as f
from domain.refusals import Conflict, Invalid, NotFound
from tests.cast import OLEG, OLGA, PETYA
from tests.domain.seventh_a import A_TEXT, ANOTHER_TEXT, SEPTEMBER_1, THURSDAY, WEDNESDAY
from tests.specs import Decision, given, past

REGISTERED = f.PersonRegistered("pupil", A_TEXT)
MOTHER = past(f.PersonRegistered("guardian", ANOTHER_TEXT), stream=OLGA)
LINKED = f.GuardianLinked(OLGA, SEPTEMBER_1)
CONSENT = f.ConsentGiven(OLGA, "diary", SEPTEMBER_1)
FAMILY = (REGISTERED, MOTHER, LINKED)


# -- the person ------------------------------------------------------------------------------


def register(kind: f.PersonKind = "pupil") -> Decision:
    return lambda w: decide.register(w.person(), kind, A_TEXT)


def test_a_person_is_registered_once() -> None:
    given().when(register()).then(REGISTERED).and_again_nothing_happens()


def test_the_id_of_another_kind_of_person_is_taken() -> None:
    given(REGISTERED).when(register("staff")).then_refused(Conflict, "person.id_taken")


def test_a_new_name_remembers_which_text_leaves_the_vault() -> None:
    given(REGISTERED).when(lambda w: decide.rename(w.person(), ANOTHER_TEXT)).then(
        f.PersonRenamed(A_TEXT, ANOTHER_TEXT)
    ).and_again_nothing_happens()


def erase(basis: str = "акт 3") -> Decision:
    return lambda w: decide.erase(w.person(), basis)


def test_a_person_is_erased_once() -> None:
    spec = given(REGISTERED).when(erase())
    spec.then(f.PersonErased(A_TEXT, "акт 3")).and_again_nothing_happens()
    assert spec.world.person().erased


def test_nobody_is_erased_without_an_act() -> None:
    given(REGISTERED).when(erase(" ")).then_refused(Invalid, "person.erase_basis")
    texts: Decision = lambda w: decide.erase_payloads(w.person(), (ANOTHER_TEXT.id,), "")  # noqa: E731
    given(REGISTERED).when(texts).then_refused(Invalid, "person.erase_basis")


def test_an_erased_person_has_no_name_to_change() -> None:
    gone = f.PersonErased(A_TEXT, "акт 3")
    given(REGISTERED, gone).when(lambda w: decide.rename(w.person(), ANOTHER_TEXT)).then_refused(
        Conflict, "person.erased"
    )


def erase_texts(*numbers: str) -> Decision:
    return lambda w: decide.erase_payloads(w.person(), numbers, "акт 3")


def test_texts_about_a_person_leave_the_vault_by_an_act() -> None:
    given(REGISTERED).when(erase_texts(ANOTHER_TEXT.id)).then(
        f.PayloadErased((ANOTHER_TEXT.id,), "акт 3")
    )
    given(REGISTERED).when(erase_texts()).then_nothing_happens()


def test_a_name_in_force_is_not_erased_as_a_mere_text() -> None:
    given(REGISTERED).when(erase_texts(A_TEXT.id)).then_refused(Invalid, "person.name_in_force")


# -- family ----------------------------------------------------------------------------------


def link(guardian: str = OLGA) -> Decision:
    return lambda w: decide.link_guardian(w.person(), w.person(guardian), SEPTEMBER_1)


def test_a_guardian_is_linked_once() -> None:
    given(REGISTERED, MOTHER).when(link()).then(LINKED).and_again_nothing_happens()


def test_a_teacher_may_be_a_guardian_too() -> None:
    teacher = past(f.PersonRegistered("staff", ANOTHER_TEXT), stream=OLEG)
    given(REGISTERED, teacher).when(link(OLEG)).then(f.GuardianLinked(OLEG, SEPTEMBER_1))


def test_a_guardian_must_be_known_to_the_school() -> None:
    given(REGISTERED).when(link(OLEG)).then_refused(NotFound, "person.unknown")


def test_nobody_is_the_guardian_of_oneself_or_of_a_grown_up() -> None:
    given(REGISTERED).when(link(PETYA)).then_refused(Invalid, "guardian.a_pupil")
    staff = f.PersonRegistered("staff", A_TEXT)
    given(staff, MOTHER).when(link()).then_refused(Invalid, "guardian.not_a_pupil")


def test_a_guardian_is_unlinked_once() -> None:
    given(*FAMILY).when(lambda w: decide.unlink_guardian(w.person(), OLGA, THURSDAY)).then(
        f.GuardianUnlinked(OLGA, THURSDAY)
    ).and_again_nothing_happens()


# -- consents (clause 1.11) ------------------------------------------------------------------


def consent(
    since: date = SEPTEMBER_1,
    until: date | None = None,
    *,
    guardian: str = OLGA,
    purpose: f.ConsentPurpose = "diary",
) -> Decision:
    return lambda w: decide.give_consent(w.person(), guardian, purpose, since, until)


def withdraw(purpose: f.ConsentPurpose = "diary") -> Decision:
    return lambda w: decide.withdraw_consent(w.person(), OLGA, purpose)


def test_a_guardian_consents_once_for_each_purpose() -> None:
    given(*FAMILY).when(consent()).then(CONSENT).and_again_nothing_happens()
    given(*FAMILY, CONSENT).when(consent(purpose="email")).then(
        f.ConsentGiven(OLGA, "email", SEPTEMBER_1)
    )


def test_only_a_guardian_of_the_pupil_consents() -> None:
    given(*FAMILY).when(consent(guardian=OLEG)).then_refused(Invalid, "consent.not_a_guardian")


def test_a_consent_does_not_end_before_it_begins() -> None:
    for until in (WEDNESDAY, THURSDAY):
        given(*FAMILY).when(consent(THURSDAY, until)).then_refused(Invalid, "consent.dates")


def test_a_consent_that_ran_out_can_be_given_again() -> None:
    for_a_day = f.ConsentGiven(OLGA, "diary", SEPTEMBER_1, WEDNESDAY)
    given(*FAMILY, for_a_day).when(consent(THURSDAY)).then(
        f.ConsentGiven(OLGA, "diary", THURSDAY)
    ).and_again_nothing_happens()


def test_a_consent_within_a_consent_is_the_same_one() -> None:
    given(*FAMILY, CONSENT).when(consent(WEDNESDAY, THURSDAY)).then_nothing_happens()


def test_a_consent_is_withdrawn_once_and_may_be_given_again() -> None:
    gone = f.ConsentWithdrawn(OLGA, "diary")
    given(*FAMILY, CONSENT).when(withdraw()).then(gone).and_again_nothing_happens()
    given(*FAMILY, CONSENT).when(withdraw("email")).then_nothing_happens()
    given(*FAMILY, CONSENT, gone).when(consent()).then(CONSENT)


# -- credentials (clause 3.1.2) --------------------------------------------------------------


def test_handing_out_credentials_is_a_fact_each_time() -> None:
    spec = given(*FAMILY).when(lambda w: decide.issue_account(w.person(), OLGA))
    spec.then(f.AccountIssued(OLGA))
    spec.then(f.AccountIssued(OLGA))


def receive(how: f.Receiving, to: str = PETYA) -> Decision:
    return lambda w: decide.receive_account(w.person(), to, how)


def test_credentials_arrive_once_each_way_and_again_after_the_next_issue() -> None:
    issued = f.AccountIssued(PETYA)
    spec = given(*FAMILY, issued).when(receive("signature", OLGA))
    spec.then(f.AccountReceived(OLGA, "signature")).and_again_nothing_happens()
    signed = f.AccountReceived(OLGA, "signature")
    given(*FAMILY, issued, signed).when(receive("password")).then(
        f.AccountReceived(PETYA, "password")
    ).and_again_nothing_happens()
    given(*FAMILY, issued, signed, issued).when(receive("signature")).then(
        f.AccountReceived(PETYA, "signature")
    )


def test_what_was_not_issued_or_is_revoked_does_not_arrive() -> None:
    given(*FAMILY).when(receive("password")).then_nothing_happens()
    gone = (f.AccountIssued(PETYA), f.AccountRevoked("left"))
    given(*FAMILY, *gone).when(receive("signature")).then_nothing_happens()


def test_credentials_are_revoked_once() -> None:
    given(*FAMILY, f.AccountIssued(OLGA)).when(
        lambda w: decide.revoke_account(w.person(), "left")
    ).then(f.AccountRevoked("left")).and_again_nothing_happens()
    given(*FAMILY).when(lambda w: decide.revoke_account(w.person(), "left")).then_nothing_happens()


UNKNOWN: tuple[Decision, ...] = (
    lambda w: decide.rename(w.person(), A_TEXT),
    erase(),
    erase_texts(ANOTHER_TEXT.id),
    link(),
    consent(),
    withdraw(),
    lambda w: decide.issue_account(w.person(), OLGA),
    lambda w: decide.receive_account(w.person(), OLGA, "signature"),
    lambda w: decide.revoke_account(w.person(), "left"),
)


@pytest.mark.parametrize("decision", UNKNOWN)
def test_nothing_is_decided_about_somebody_unknown(decision: Decision) -> None:
    given(MOTHER).when(decision).then_refused(NotFound, "person.unknown")


# -- names -----------------------------------------------------------------------------------


def test_yo_sorts_after_ye_and_before_zhe() -> None:
    names = [f.Name(family, "Анна") for family in ("Жукова", "Ёлкина", "Ежова", "Еяева", "Дёмина")]
    ordered = [name.family for name in sorted(names, key=lambda name: name.sort_key)]
    assert ordered == ["Дёмина", "Ежова", "Еяева", "Ёлкина", "Жукова"]


def test_a_name_is_said_in_full_and_in_short() -> None:
    name = f.Name("Ёлкина", "Анна", "Петровна")
    assert (name.full, name.short) == ("Ёлкина Анна Петровна", "Ёлкина А. П.")
    assert f.Name("Ким", "Ли").full == "Ким Ли"
    assert f.Name("Ким", "Ли").short == "Ким Л."
