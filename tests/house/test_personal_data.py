"""No fact can hold a person's data: a fact is for ever, a person may ask to be forgotten."""

from __future__ import annotations

from datetime import date, datetime
from enum import EnumType
from typing import Any, Literal, get_origin, get_type_hints

import msgspec
import pytest

from domain.codec import Envelope
from domain.fact import Fact
from domain.values import PayloadRef
from tests.house.fact_samples import ALL, full, leaves, structs_within

#: Ids say nothing to anybody without the vault. Names that end in `_id` or `_ids` are ids too.
IDS = {
    "by": "the id of whoever acted",
    "acting_for": "the id of the substituted teacher",
    "to": "the id of whoever received the credentials",
    "to_class": "the id of a class",
    "from_class": "the id of a class",
    "annulled": "the ids of marks",
    "individual_for": "the ids of pupils; what they are to do is in the vault",
    "pupils": "the ids of a subgroup's members",
    "id": "the id of a text in the vault",
}

#: Every free text of a fact, and why no person is in it.
FREE_TEXTS = {
    "act_no": "the number of an act (values.order_number)",
    "abbr": "of a kind of work: «К»",
    "average": "a decimal with two places, or empty (values.average)",
    "basis": "the number of an act; in the envelope the number of an assignment",
    "hash": "of a text in the vault, with a salt that dies with it; of looks; of the tree",
    "homework": "of a plan of lessons of the whole class (values.class_text)",
    "homework_due": "a word of the regulation",
    "protocol_no": "the number of the minutes of a council (values.order_number)",
    "old_protocol_no": "the number of minutes as it was",
    "saw": "a mark of the scale",
    "missed_share": "a decimal of two places",
    "letter": "of a class: «а»",
    "name": "of a subject, a kind of work, a term, a subgroup",
    "not_attested_share": "a decimal of the regulation",
    "marks_alert_share": "a decimal of the regulation",
    "missed_alert_share": "a decimal of the regulation",
    "rates_of": "a word of the regulation",
    "old_text": "class-wide homework as it was",
    "old_room": "of a lesson as it was: «214»",
    "old_title": "a work's title as it was",
    "old_topic": "a lesson's topic as it was",
    "old_value": "a mark of the scale (values.mark_value)",
    "order_no": "the number of an order",
    "place": "positions, ids and keys of a row that a check has found",
    "preset": "a word of the regulation",
    "reason": "why a lesson of the whole class was cancelled",
    "room": "of a lesson: «214»",
    "salt": "128 random bits of the leaf",
    "session": "an opaque number of a sign-in",
    "sha256": "of an attached document as it is kept: it says nothing without the document",
    "starts": "of a bell: HH:MM",
    "ends": "of a bell: HH:MM",
    "should_be": "a mark of the scale (values.mark_value), or none",
    "suggested": "a mark of the scale that follows from the marks",
    "term_thresholds": "decimals of the regulation",
    "text": "class-wide homework (values.class_text)",
    "title": "of a work of the whole class (values.class_text)",
    "topic": "of a lesson or a training of the staff (values.class_text)",
    "verifier_key": "the public key of a seal",
    "value": "a mark of the scale (values.mark_value)",
    "version": "of the regulation",
    "was": "a mark of the scale",
    "weight": "a decimal with two places (values.weight)",
    "zone": "an IANA name",
    "week": "a name like 2026-W47 (weeks.days_of)",
}


class Note(msgspec.Struct):
    remark: str


class ParentCalled(Fact, frozen=True):
    """What must never become a fact."""

    TOPIC = "person.parent-called"
    notes: tuple[Note, ...] | None


EVERY_STRUCT: dict[str, type[msgspec.Struct]] = {"envelope": Envelope}
for one in ALL:
    EVERY_STRUCT.update(structs_within(one))


def free_texts(struct: type[msgspec.Struct]) -> set[str]:
    """The names of the fields that could hold any text at all."""
    return {
        name
        for name, hint in get_type_hints(struct).items()
        if name not in IDS and not name.endswith(("_id", "_ids")) and str in set(leaves(hint))
    }


def is_closed(kind: Any) -> bool:
    """A type whose values cannot be a person's data."""
    return (
        kind in (str, int, bool, date, datetime, type(None), Ellipsis)
        or isinstance(kind, EnumType)
        or get_origin(kind) is Literal
        or (isinstance(kind, type) and issubclass(kind, msgspec.Struct))
    )


@pytest.mark.parametrize("where", EVERY_STRUCT)
def test_every_free_text_is_one_that_no_person_is_in(where: str) -> None:
    unknown = free_texts(EVERY_STRUCT[where]) - set(FREE_TEXTS)
    assert not unknown, (
        f"{where}: {sorted(unknown)} could hold a person's data. A text about a person is a"
        " PayloadRef to the vault; a text of the whole class is named here with its reason."
    )


@pytest.mark.parametrize("where", EVERY_STRUCT)
def test_a_field_is_an_id_a_number_a_day_a_word_of_a_list_or_a_named_text(where: str) -> None:
    for name, hint in get_type_hints(EVERY_STRUCT[where]).items():
        strange = [kind for kind in leaves(hint) if not is_closed(kind)]
        assert not strange, f"{where}.{name}: {strange}"


@pytest.mark.parametrize("where", EVERY_STRUCT)
def test_a_comment_a_persons_name_and_a_reason_are_references(where: str) -> None:
    hints = get_type_hints(EVERY_STRUCT[where])
    about_a_person = {"comment", "payload"} | (
        {"name", "old"} if where.startswith("person.") else set()
    )
    if "reason_code" in hints:
        about_a_person |= {"reason"}
    for name in about_a_person & set(hints):
        assert PayloadRef in set(leaves(hints[name])), f"{where}.{name}"
        assert str not in set(leaves(hints[name])), f"{where}.{name}"


def test_no_reason_is_given_for_a_text_that_is_no_more() -> None:
    used = {name for struct in EVERY_STRUCT.values() for name in free_texts(struct)}
    assert set(FREE_TEXTS) == used
    names = {name for struct in EVERY_STRUCT.values() for name in get_type_hints(struct)}
    assert set(IDS) <= names


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.TOPIC)
def test_what_is_called_an_id_is_one(fact: type[Fact]) -> None:
    """The samples are the ids of the golden files: 36 characters, or a list of such."""
    for name in get_type_hints(fact):
        if name in IDS or name.endswith(("_id", "_ids")):
            value = getattr(full(fact), name)
            assert all(len(one) == 36 for one in ([value] if isinstance(value, str) else value))


def test_a_free_text_somewhere_inside_would_be_found() -> None:
    """The walk sees through lists, options and structures."""
    [(_, outer), (_, inner)] = structs_within(ParentCalled)
    assert (free_texts(outer), free_texts(inner)) == (set(), {"remark"})
