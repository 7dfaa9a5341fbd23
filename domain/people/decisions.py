"""Decisions about people: registered, renamed, erased, linked, consents, accounts."""

from __future__ import annotations

from datetime import date

from domain.fact import Fact
from domain.people import facts as f
from domain.people.state import Person
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import PayloadRef


def register(person: Person, kind: f.PersonKind, name: PayloadRef) -> list[Fact]:
    """A person of the school, once."""
    if person.version == 0:
        return [f.PersonRegistered(kind, name)]
    if person.kind == kind:
        return []
    raise Conflict("person.id_taken", "Под этим номером уже есть другой человек.")


def rename(person: Person, name: PayloadRef) -> list[Fact]:
    """A new name; the old one leaves the vault."""
    old = known(person).name
    if old is None:
        raise Conflict("person.erased", "Данные этого человека удалены.")
    return [] if old == name else [f.PersonRenamed(old, name)]


def erase(person: Person, basis: str) -> list[Fact]:
    """The name leaves the vault; marks and attendance stay, they are the school's duty to keep."""
    old = known(person).name
    if not basis.strip():
        raise Invalid("person.erase_basis", "Укажите основание удаления (номер акта).")
    return [] if old is None else [f.PersonErased(old, basis)]


def erase_payloads(person: Person, payload_ids: tuple[str, ...], basis: str) -> list[Fact]:
    """Texts about the person leave the vault."""
    known(person)
    if not basis.strip():
        raise Invalid("person.erase_basis", "Укажите основание удаления (номер акта).")
    return [f.PayloadErased(payload_ids, basis)] if payload_ids else []


def link_guardian(pupil: Person, guardian_id: str, since: date) -> list[Fact]:
    """A guardian of a pupil."""
    if known(pupil).kind != "pupil":
        raise Invalid("guardian.not_a_pupil", "Законный представитель бывает только у ученика.")
    return [] if guardian_id in pupil.guardians else [f.GuardianLinked(guardian_id, since)]


def unlink_guardian(pupil: Person, guardian_id: str, on: date) -> list[Fact]:
    """`on` is the first day without the link."""
    return [f.GuardianUnlinked(guardian_id, on)] if guardian_id in pupil.guardians else []


def give_consent(
    pupil: Person,
    guardian_id: str,
    purpose: f.ConsentPurpose,
    since: date,
    until: date | None,
) -> list[Fact]:
    """Written consent of a guardian (clause 1.11), one per purpose."""
    if guardian_id not in known(pupil).guardians:
        raise Invalid("consent.not_a_guardian", "Согласие даёт законный представитель ученика.")
    if any((c.guardian_id, c.purpose) == (guardian_id, purpose) for c in pupil.consents):
        return []
    return [f.ConsentGiven(guardian_id, purpose, since, until)]


def withdraw_consent(pupil: Person, guardian_id: str, purpose: f.ConsentPurpose) -> list[Fact]:
    """The diary closes at once; the journal goes on."""
    given = any((c.guardian_id, c.purpose) == (guardian_id, purpose) for c in known(pupil).consents)
    return [f.ConsentWithdrawn(guardian_id, purpose)] if given else []


def issue_account(person: Person, to: str) -> list[Fact]:
    """Credentials were handed out (clause 3.1.2)."""
    known(person)
    return [f.AccountIssued(to)]


def revoke_account(person: Person, reason: str) -> list[Fact]:
    """Sign-in is closed."""
    return [f.AccountRevoked(reason)] if known(person).account else []


def known(person: Person) -> Person:
    """The person, or NotFound."""
    if person.version == 0:
        raise NotFound("person.unknown", "Такого человека в школе нет.")
    return person
