"""Decisions about people: registered, renamed, erased, linked, consents, accounts."""

from __future__ import annotations

from datetime import date

from domain.fact import Fact
from domain.people import facts as f
from domain.people.consent import Media
from domain.people.state import Person
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import PayloadRef

FIRST_BORN = date(1990, 1, 1)


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


def require_particulars(kind: str, name: f.Name, today: date) -> None:
    """A day of birth and an address are kept of pupils alone, and nobody is born tomorrow."""
    if kind != "pupil" and (name.born or name.address):
        raise Invalid(
            "person.particulars", "День рождения и адрес журнал хранит только об учениках."
        )
    if name.born is not None and not FIRST_BORN <= name.born < today:
        raise Invalid("person.born", "Проверьте день рождения: такого у ученика быть не может.")


def require_short(name: f.Name) -> None:
    """What stands on papers and in tables fits there."""
    longest = max(map(len, (name.family, name.given, name.patronymic)))
    if longest > f.LONGEST_PART:
        raise Invalid(
            "person.too_long", f"Фамилия, имя и отчество — не длиннее {f.LONGEST_PART} знаков."
        )
    if len(name.address) > f.LONGEST_ADDRESS:
        raise Invalid("person.too_long", f"Адрес — не длиннее {f.LONGEST_ADDRESS} знаков.")


def erase(person: Person, basis: str) -> list[Fact]:
    """The name leaves the vault; marks and attendance stay, they are the school's duty to keep."""
    old = known(person).name
    if not basis.strip():
        raise Invalid("person.erase_basis", "Укажите основание удаления (номер акта).")
    return [] if old is None else [f.PersonErased(old, basis)]


def erase_payloads(person: Person, payload_ids: tuple[str, ...], basis: str) -> list[Fact]:
    """Texts about the person leave the vault."""
    name = known(person).name
    if not basis.strip():
        raise Invalid("person.erase_basis", "Укажите основание удаления (номер акта).")
    if name is not None and name.id in payload_ids:
        raise Invalid("person.name_in_force", "Имя удаляют вместе с человеком, не отдельно.")
    return [f.PayloadErased(payload_ids, basis)] if payload_ids else []


def link_guardian(pupil: Person, guardian: Person, since: date) -> list[Fact]:
    """A guardian of a pupil; a teacher of the school may be one too."""
    if known(pupil).kind != "pupil":
        raise Invalid("guardian.not_a_pupil", "Законный представитель бывает только у ученика.")
    if known(guardian).kind == "pupil":
        raise Invalid("guardian.a_pupil", "Ученик не бывает законным представителем.")
    if guardian.person_id in pupil.guardians:
        return []
    return [f.GuardianLinked(guardian.person_id, since)]


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
    """Written consent of a guardian (clause 1.11), one per purpose; renewed when it runs out."""
    _may_consent(known(pupil), guardian_id)
    if until is not None and until <= since:
        raise Invalid("consent.dates", "Конец согласия раньше начала.")
    for one in pupil.consents:
        same = (one.guardian_id, one.purpose) == (guardian_id, purpose)
        longer = one.until is None or (until is not None and until <= one.until)
        if same and one.since <= since and longer:
            return []
    return [f.ConsentGiven(guardian_id, purpose, since, until)]


def document_consent(
    pupil: Person,
    guardian_id: str,
    purpose: f.ConsentPurpose,
    paper: PayloadRef,
    scan: PayloadRef | None,
    media: Media | None,
) -> list[Fact]:
    """The paper of a consent that is given now, or was given without one."""
    _may_consent(known(pupil), guardian_id)
    return [f.ConsentDocumented(guardian_id, purpose, paper, scan, media)]


def _may_consent(pupil: Person, guardian_id: str) -> None:
    """A guardian; from eighteen on the pupil, too. Raises Invalid."""
    oneself = pupil.standing.of_age and guardian_id == pupil.person_id
    if not (oneself or guardian_id in pupil.guardians):
        raise Invalid("consent.not_a_guardian", "Согласие даёт законный представитель ученика.")


def withdraw_consent(pupil: Person, guardian_id: str, purpose: f.ConsentPurpose) -> list[Fact]:
    """The diary closes at once; the journal goes on."""
    given = any((c.guardian_id, c.purpose) == (guardian_id, purpose) for c in known(pupil).consents)
    return [f.ConsentWithdrawn(guardian_id, purpose)] if given else []


def issue_account(person: Person, to: str) -> list[Fact]:
    """Credentials were handed out (clause 3.1.2)."""
    known(person)
    return [f.AccountIssued(to)]


def receive_account(person: Person, to: str, how: f.Receiving) -> list[Fact]:
    """The credentials in force have arrived: each way is recorded once for an issue."""
    if not known(person).account or how in person.received:
        return []
    return [f.AccountReceived(to, how)]


def revoke_account(person: Person, reason: f.RevocationReason) -> list[Fact]:
    """Sign-in is closed."""
    return [f.AccountRevoked(reason)] if known(person).account else []


def known(person: Person) -> Person:
    """The person, or NotFound."""
    if person.version == 0:
        raise NotFound("person.unknown", "Такого человека в школе нет.")
    return person
