"""What is stored is for ever: the bytes of every topic, and the spelling of what is in them."""

from __future__ import annotations

import json
import re
import struct
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import JSONTranscoder, StoredEvent

from domain.audit import facts as audit
from domain.calendar import TimetableEntry
from domain.catalogue import FACTS
from domain.codec import (
    MAX_STORED_BYTES,
    Envelope,
    FactMapper,
    Recorded,
    UnknownFact,
    decode,
    encode,
)
from domain.fact import Fact
from domain.journal import facts as journal
from domain.office import facts as office
from domain.people import facts as people
from domain.refusals import Invalid
from domain.values import AttendanceCode, Origin, weight
from domain.world import FOLDS, empty
from tests.house.fact_samples import (
    ALL,
    AT,
    FULL_ENVELOPE,
    SMALL_ENVELOPE,
    full,
    number,
    small,
)
from tests.house.golden_facts import (
    DEFAULTS,
    EARLIER,
    FOLDER,
    LEAVES,
    WORDS,
    Golden,
    defaults,
    leaf_of,
    read,
    words,
)

EVERY_FACT = pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.TOPIC)
UUID_SPELLING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AS_GOLDEN = [("full", FULL_ENVELOPE, full), ("small", SMALL_ENVELOPE, small)]


@EVERY_FACT
@pytest.mark.parametrize(("size", "envelope", "make"), AS_GOLDEN, ids=["full", "small"])
def test_the_stored_bytes_of_a_fact_are_its_golden_bytes(
    fact: type[Fact], size: str, envelope: Envelope, make: Any
) -> None:
    assert encode(envelope, make(fact)).decode() == getattr(read(fact.TOPIC), size)


@EVERY_FACT
@pytest.mark.parametrize(("size", "envelope", "make"), AS_GOLDEN, ids=["full", "small"])
def test_golden_bytes_are_read_back_as_what_was_written(
    fact: type[Fact], size: str, envelope: Envelope, make: Any
) -> None:
    body = decode(fact.TOPIC, getattr(read(fact.TOPIC), size).encode())
    assert body.fact == make(fact)
    assert type(body.fact) is fact
    for name in Envelope.__struct_fields__:
        assert getattr(body, name) == getattr(envelope, name)


@pytest.mark.parametrize("file", sorted(EARLIER.iterdir()), ids=lambda file: file.stem)
def test_earlier_bytes_of_a_fact_are_read_as_what_they_meant(file: Path) -> None:
    """Written before the fact had all its fields: what is not there is as usual."""
    golden = msgspec.json.decode(file.read_bytes(), type=Golden)
    kind = FACTS[golden.topic]
    stored = json.loads(golden.full)["fact"]
    unknown_then = {
        field.name: field.default
        for field in msgspec.structs.fields(kind)
        if field.name not in stored
    }
    as_meant = msgspec.structs.replace(full(kind), **unknown_then)
    assert decode(golden.topic, golden.full.encode()).fact == as_meant
    assert decode(golden.topic, golden.small.encode()).fact == small(kind)


def test_the_leaf_of_a_fact_is_its_golden_leaf() -> None:
    """The layout written down once more, apart from the program's: 0x00 for a leaf's hash, then
    0x01, stream, version, position, length of the topic, topic, stored bytes.
    """
    golden = msgspec.json.decode(LEAVES.read_bytes())
    assert set(golden) == set(FACTS)
    for topic, expected in golden.items():
        head = struct.pack(">B16sQQH", 1, UUID(number(1)).bytes, 3, 258, len(topic))
        by_hand = sha256(b"\x00" + head + topic.encode() + read(topic).full.encode())
        assert by_hand.hexdigest() == leaf_of(read(topic)) == expected


def test_what_is_left_out_means_what_it_always_meant() -> None:
    """A changed default would change the meaning of every stored fact that has left it out."""
    assert msgspec.json.decode(DEFAULTS.read_bytes()) == defaults()


def test_no_word_that_was_ever_stored_is_forgotten() -> None:
    """A vocabulary may grow (add the new word to the file), never shrink."""
    assert msgspec.json.decode(WORDS.read_bytes()) == words()


def test_every_topic_has_its_golden_file_and_every_file_its_topic() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(FACTS)
    assert {read(topic).topic for topic in FACTS} == set(FACTS)


def test_no_two_facts_share_a_topic() -> None:
    rooms = (office, journal, people, audit)
    assert len(FACTS) == sum(len(room.FACTS) for room in rooms)


@EVERY_FACT
def test_a_topic_is_a_stream_and_a_past_fact_without_a_version(fact: type[Fact]) -> None:
    assert re.fullmatch(r"(journal|office|person|audit)\.[a-z]+(-[a-z]+)*", fact.TOPIC)
    rooms = {"journal": journal, "office": office, "person": people, "audit": audit}
    room = rooms[fact.TOPIC.split(".")[0]]
    assert getattr(room, fact.__name__) is fact


@EVERY_FACT
def test_a_full_sample_really_has_every_field_and_a_small_one_only_the_needed(
    fact: type[Fact],
) -> None:
    stored, least = (json.loads(getattr(read(fact.TOPIC), s))["fact"] for s in ("full", "small"))
    fields = msgspec.structs.fields(fact)
    assert set(stored) == {f.name for f in fields}
    assert set(least) == {f.name for f in fields if f.required}


def test_an_unknown_topic_stops_the_program() -> None:
    with pytest.raises(UnknownFact, match=r"journal\.mark-erased"):
        decode("journal.mark-erased", b"{}")


def test_bytes_of_another_shape_are_not_read() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode("journal.mark-given", read("journal.term-closed").full.encode())


@pytest.mark.parametrize("hole", ["at", "by", "role", "session", "salt", "fact"])
def test_nothing_of_the_envelope_may_be_missing(hole: str) -> None:
    stored = json.loads(read("journal.term-closed").small)
    del stored[hole]
    with pytest.raises(msgspec.ValidationError):
        decode("journal.term-closed", json.dumps(stored).encode())


# -- spelling --------------------------------------------------------------------------------


def strings(value: Any, key: str = "") -> list[tuple[str, str]]:
    """Every string inside, with the name it goes by."""
    if isinstance(value, dict):
        return [pair for name, inner in value.items() for pair in strings(inner, name)]
    if isinstance(value, list):
        return [pair for inner in value for pair in strings(inner, key)]
    return [(key, value)] if isinstance(value, str) else []


@EVERY_FACT
def test_ids_have_one_spelling(fact: type[Fact]) -> None:
    for key, text in strings(json.loads(read(fact.TOPIC).full)):
        looks_like_one = re.fullmatch(r"[0-9a-fA-F]{8}-?[0-9a-fA-F-]+", text) and len(text) > 30
        if key.endswith(("_id", "_ids")) or key in ("by", "acting_for", "to_class", "id"):
            assert UUID_SPELLING.fullmatch(text), (key, text)
        if looks_like_one and key not in ("hash", "sha256"):
            assert str(UUID(text)) == text, (key, text)


@EVERY_FACT
def test_stored_bytes_are_plain_text_that_an_auditor_reads_in_psql(fact: type[Fact]) -> None:
    stored = read(fact.TOPIC).full
    assert "\\u" not in stored
    assert stored == json.dumps(json.loads(stored), ensure_ascii=False, separators=(",", ":"))


def stored(fact: Fact, **envelope: Any) -> dict[str, Any]:
    one = msgspec.structs.replace(SMALL_ENVELOPE, **envelope)
    return dict(json.loads(encode(one, fact)))


def test_moments_are_utc_and_dates_are_days() -> None:
    fact = journal.TermClosed(1, date(2026, 9, 1), date(2026, 10, 25))
    assert stored(fact, at=AT)["at"] == "2026-09-02T09:00:00.123456Z"
    assert stored(fact, at=datetime(2026, 9, 2, 9, tzinfo=UTC))["at"] == "2026-09-02T09:00:00Z"
    assert stored(fact)["fact"] == {"term": 1, "starts": "2026-09-01", "ends": "2026-10-25"}


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    moscow = timezone(timedelta(hours=3))
    noon = datetime(2026, 9, 2, 12, tzinfo=moscow)
    fact = journal.TermClosed(1, date(2026, 9, 1), date(2026, 10, 25))
    body = decode(fact.TOPIC, encode(msgspec.structs.replace(SMALL_ENVELOPE, at=noon), fact))
    assert body.at == datetime(2026, 9, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"), [("1", "1.00"), (Decimal("1.125"), "1.13"), ("0.005", "0.01")]
)
def test_decimals_are_strings_with_two_places(typed: str | Decimal, kept: str) -> None:
    assert weight(typed) == kept


def test_marks_are_strings_of_the_scale() -> None:
    given = journal.MarkGiven(number(1), number(2), number(3), "н/а", number(4), "1.00")
    assert '"value":"н/а"' in encode(SMALL_ENVELOPE, given).decode()


def test_what_is_as_usual_is_left_out() -> None:
    fact = journal.AttendanceTaken(number(1))
    assert list(stored(fact)) == ["at", "by", "role", "session", "salt", "fact"]
    assert stored(fact)["fact"] == {"lesson_id": number(1)}
    full_names = list(stored(fact, basis="b", origin=Origin.JOB, cites=1, acting_for=number(2)))
    assert full_names == [
        *("at", "by", "role", "session", "salt"),
        *("basis", "origin", "cites", "acting_for", "fact"),
    ]


# -- size ------------------------------------------------------------------------------------


def topic_of(letters: int) -> journal.TopicRecorded:
    return journal.TopicRecorded(number(1), "a" * letters)


def test_a_fact_has_sixty_thousand_bytes_at_most() -> None:
    spare = MAX_STORED_BYTES - len(encode(SMALL_ENVELOPE, topic_of(0)))
    assert MAX_STORED_BYTES == 60_000
    assert len(encode(SMALL_ENVELOPE, topic_of(spare))) == 60_000
    with pytest.raises(Invalid) as caught:
        encode(SMALL_ENVELOPE, topic_of(spare + 1))
    assert caught.value.code == "fact.too_large"


def test_the_size_is_counted_in_bytes_not_in_letters() -> None:
    with pytest.raises(Invalid):
        encode(SMALL_ENVELOPE, journal.TopicRecorded(number(1), "я" * 30_000))


@pytest.mark.parametrize("text", ["нуль\x00", "пол-знака\ud800"])
def test_what_postgresql_cannot_hold_is_refused_before_it_gets_there(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        encode(SMALL_ENVELOPE, journal.LessonCancelled(number(1), text))
    assert caught.value.code == "text.unprintable"


def test_a_class_on_its_fullest_day_stays_far_under_the_cap() -> None:
    """Forty pupils absent with minutes, forty corrections; a week of seven days and ten hours."""
    pupils = [number(n) for n in range(40)]
    late = AttendanceCode.LATE
    changes = tuple(journal.AttendanceChange(p, late, late, 45, 44) for p in pupils)
    assert len(encode(FULL_ENVELOPE, journal.AttendanceCorrected(number(1), changes))) < 10_000
    week = tuple(
        TimetableEntry(day, hour, number(1), number(2), number(3), "214")
        for day in range(1, 8)
        for hour in range(10)
        for _ in "ab"
    )
    assert len(encode(FULL_ENVELOPE, office.TimetableAdopted(number(1), AT.date(), week))) < 40_000


# -- the mapper and the folds ----------------------------------------------------------------


def test_the_mapper_writes_and_reads_rows() -> None:
    mapper = FactMapper(JSONTranscoder())
    one = Recorded(UUID(number(1)), 3, FULL_ENVELOPE, full(journal.MarkGiven))
    row = mapper.to_stored_event(one)
    assert row == StoredEvent(
        UUID(number(1)), 3, "journal.mark-given", read("journal.mark-given").full.encode()
    )
    back = mapper.to_domain_event(row)
    assert (back.originator_id, back.originator_version) == (UUID(number(1)), 3)
    assert back.fact == one.fact
    text_id = StoredEvent(number(1), 3, row.topic, row.state)
    assert mapper.to_domain_event(text_id).originator_id == UUID(number(1))


@EVERY_FACT
def test_every_fact_has_exactly_one_fold(fact: type[Fact]) -> None:
    """The state of its stream knows it; the states of other streams say that it is not theirs."""
    for kind, (prefix, evolve) in FOLDS.items():
        known = evolve.__globals__["_apply"].registry
        assert (fact in known) == fact.TOPIC.startswith(prefix)
        if fact not in known:
            with pytest.raises(TypeError, match=fact.__name__):
                evolve(empty(kind, number(1)), full(fact), FULL_ENVELOPE)


def test_no_fold_is_for_something_that_is_no_fact() -> None:
    for prefix, evolve in FOLDS.values():
        known = set(evolve.__globals__["_apply"].registry) - {object, Fact}
        assert known == {fact for fact in ALL if fact.TOPIC.startswith(prefix)}
