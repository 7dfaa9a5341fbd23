"""Twenty ways in which the audit of other journals leaks, each seen in a real program; here none.

Leaks 12–20, about what is taken away, are in test_twenty_leaks_of_removal.py.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.catalogue import FACTS
from domain.journal.facts import MarkCorrected, MarkGiven
from tests import cast as c
from tests.acceptance import test_twenty_leaks_of_removal
from tests.acceptance.leaks import TYPO, history, mark, refused, substitute, write
from tests.house.fact_samples import structs_within
from tests.write_door import by_machine, doors, ledger, over_http
from tests.write_door.ground import SCHEMA, Place


def test_each_leak_has_one_test_with_its_number() -> None:
    names = [*globals(), *vars(test_twenty_leaks_of_removal)]
    numbers = [int(found[1]) for name in names if (found := re.match(r"test_leak_(\d\d)_a?", name))]

    assert sorted(numbers) == list(range(1, 21))


def test_leak_01_a_bulk_change_is_as_audited_as_a_single_one(place: Place) -> None:
    room = place.room()
    column = [mark(room), mark(room, "4", pupil=1)]
    single = mark(room, "3")

    bulk = write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": column})
    alone = write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [single]})

    assert [(one.fact.mark_id, one.fact.value) for one in bulk] == [  # type: ignore[attr-defined]
        (one["mark_id"], one["value"]) for one in column
    ]
    assert {one.envelope.by for one in bulk} == {c.ANNA}
    assert {one.envelope.role for one in bulk} == {alone[0].envelope.role}
    for one in column:
        [given] = history(place, one["mark_id"])
        [given_alone] = history(place, single["mark_id"])
        assert given.keys() == given_alone.keys()
        assert given["by"] == given_alone["by"]


def test_leak_02_no_path_to_the_record_is_forgotten(place: Place) -> None:
    every = doors.writes() | doors.commands() | doors.imports() | doors.jobs()
    proven = over_http.EXERCISES.keys() | by_machine.EXERCISES.keys() | by_machine.ELSEWHERE.keys()
    assert every <= proven

    # and the proof of each of them would notice a change without a fact
    room = place.room()
    place.mark(room)
    hot = place.hot()
    assert hot is not None
    journal = hot.journal(room.class_id)
    [changed] = journal.marks.values()
    changed.value = "2"
    with pytest.raises(AssertionError):
        ledger.assert_folded(place.ledger(), hot, place.cold(), [])
    hot.forget([room.class_id])


def test_leak_03_a_change_and_its_trail_are_one_transaction(place: Place) -> None:
    room = place.room()
    one = mark(room) | {"comment": "хорошо рассуждает"}
    [given] = write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})
    assert isinstance(given.fact, MarkGiven)
    assert given.fact.comment is not None
    with psycopg.connect(place.url) as conn:
        written = conn.execute(
            f"SELECT xmin::text FROM {SCHEMA}.facts WHERE originator_id = %(stream)s"
            f" AND originator_version = %(version)s"
            f" UNION ALL SELECT xmin::text FROM {SCHEMA}.payload WHERE id = %(text)s"
            f" UNION ALL SELECT xmin::text FROM {SCHEMA}.minted WHERE id = %(mark)s"
            f" UNION ALL SELECT r.xmin::text FROM {SCHEMA}.request r, {SCHEMA}.facts f"
            f" WHERE r.last = f.notification_id AND originator_id = %(stream)s"
            f" AND originator_version = %(version)s".encode(),
            {
                "stream": given.originator_id,
                "version": given.originator_version,
                "text": given.fact.comment.id,
                "mark": one["mark_id"],
            },
        ).fetchall()
    assert len(written) == 4
    assert len(set(written)) == 1

    # an append that fails in its last step leaves nothing of its first
    other = place.room()
    place.settle()
    before = place.ledger()
    again = one | {"pupil_id": other.pupils[0]}
    answer = place.desk("anna").post(f"/lessons/{other.lesson}/marks", {"marks": [again]})
    assert (answer.status_code, answer.json()["code"]) == (409, "log.conflict")
    assert place.ledger().changed(before) <= {"session", "access_log"}


def test_leak_04_the_author_is_the_session_whatever_the_client_says(place: Place) -> None:
    room = place.room()
    path, column = f"/lessons/{room.lesson}/marks", {"marks": [mark(room)]}
    for member in ("by", "user_id", "role", "session", "at", "recorded_at"):
        assert refused(place, "anna", path, column | {member: c.DINA}) == "request.malformed"
        inside = {"marks": [mark(room) | {member: c.DINA}]}
        assert refused(place, "anna", path, inside) == "request.malformed"

    place.settle()
    before = place.ledger()
    forged = {"x-user": c.DINA, "x-person-id": c.DINA}
    place.desk("anna").post(f"{path}?by={c.DINA}&user_id={c.DINA}", column, headers=forged)
    [given] = place.ledger().since(before)
    assert given.envelope.by == c.ANNA
    assert given.envelope.session == place.session_of("anna")
    assert given.envelope.at == place.clock().astimezone(UTC)


def test_leak_05_substitutes_and_programs_sign_with_an_own_name(place: Place) -> None:
    room = place.room()
    substitute(place, room)
    one = mark(room)

    [given] = write(place, "tanya", f"/lessons/{room.lesson}/marks", {"marks": [one]})

    assert (given.envelope.by, given.envelope.acting_for) == (c.TANYA, c.ANNA)
    [told] = history(place, one["mark_id"])
    assert told["by"]["person_id"] == c.TANYA
    assert told["acting_for"]["person_id"] == c.ANNA

    wanted = {"name": "опрос", "scopes": ["write:journal"], "until": "2026-10-01T00:00:00+03:00"}
    token = place.desk("anna").post("/tokens", wanted).json()
    before = place.ledger()
    answer = place.client.post(
        f"/api/v1/lessons/{room.lesson}/marks",
        json={"marks": [mark(room, "4", pupil=1)]},
        headers={"authorization": f"Bearer {token['token']}", "idempotency-key": str(uuid4())},
    )
    assert answer.status_code == 200, answer.text
    [given] = place.ledger().since(before)
    assert (given.envelope.by, given.envelope.session) == (c.ANNA, token["token_id"])


def test_leak_06_untouched_marks_keep_their_author_when_a_column_is_saved(place: Place) -> None:
    room = place.room()
    hers, new = mark(room), mark(room, "4", pupil=1)
    path = f"/lessons/{room.lesson}/marks"
    write(place, "anna", path, {"marks": [hers]})
    substitute(place, room)

    saved = write(place, "tanya", path, {"marks": [hers, new]})

    assert [one.fact.mark_id for one in saved] == [new["mark_id"]]  # type: ignore[attr-defined]
    assert [one["by"]["person_id"] for one in history(place, hers["mark_id"])] == [c.ANNA]


def test_leak_07_every_field_of_the_audit_is_filled(place: Place) -> None:
    room = place.room()
    place.mark(room)
    place.settle()
    every = place.ledger()
    for one in every.since(ledger.Ledger([], every.head, 0, {}, {})):
        who = one.envelope
        assert all((who.by, who.role, who.session, who.basis, who.salt, who.at)), one
        assert who.cites or not one.fact.TOPIC.startswith("journal.") or who.basis, one
    with psycopg.connect(place.url) as conn:
        columns = conn.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            (f"{SCHEMA}.trail_v1",),
        ).fetchall()
        unfilled = conn.execute(
            f"SELECT count(*) FROM {SCHEMA}.trail_v1 WHERE kind = '' OR at < '2026-09-01'".encode()
        ).fetchone()
    assert {"at", "kind", "by", "acting_for", "old_value", "value"} <= {one for (one,) in columns}
    assert unfilled == (0,)


def test_leak_08_every_change_has_its_moment_from_the_servers_clock(place: Place) -> None:
    room = place.room()
    one = mark(room)
    write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})
    given_at = place.clock()
    place.clock.forward(timedelta(seconds=5))

    [corrected] = write(place, "anna", f"/marks/{one['mark_id']}/corrections", TYPO)

    assert corrected.envelope.at == place.clock()
    told = [one["recorded_at"] for one in history(place, one["mark_id"])]
    assert told == [given_at.isoformat(), place.clock().isoformat()]


def test_leak_09_both_the_old_and_the_new_value_are_kept(place: Place) -> None:
    for kind in FACTS.values():
        if kind.__name__.endswith("Corrected"):
            inside = [kind, *(struct for _, struct in structs_within(kind))]
            names = {name for struct in inside for name in struct.__struct_fields__}
            before = {name for name in names if name == "old" or name.startswith("old_")}
            assert before, f"{kind.__name__}: what was there before?"
    room = place.room()
    lesson = f"/lessons/{room.lesson}"
    homework: dict[str, Any] = {"homework_id": str(uuid4()), "due_date": "2026-09-03"}
    absence = {"pupil_id": room.pupils[0], "code": "ILL"}
    for path, first, then in (
        ("topic", {"topic": "Дроби"}, {"topic": "Обыкновенные дроби"}),
        ("attendance", {"entries": []}, {"entries": [absence]}),
        ("homework", homework | {"text": "§ 1"}, homework | {"text": "§ 2"}),
    ):
        write(place, "anna", f"{lesson}/{path}", first)
        [corrected] = write(place, "anna", f"{lesson}/{path}", then)
        said = str(corrected.fact)
        assert "old_" in said
        assert type(corrected.fact).__name__.endswith("Corrected")
    one = mark(room)
    write(place, "anna", f"{lesson}/marks", {"marks": [one]})
    [corrected] = write(place, "anna", f"/marks/{one['mark_id']}/corrections", TYPO)
    assert isinstance(corrected.fact, MarkCorrected)
    assert (corrected.fact.old_value, corrected.fact.value) == ("5", "4")
    told = history(place, one["mark_id"])[-1]
    assert (told["old_value"], told["value"]) == ("5", "4")


def test_leak_10_the_first_value_is_in_the_record(place: Place) -> None:
    room = place.room()
    one = mark(room)
    path = f"/marks/{one['mark_id']}/corrections"
    write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})
    write(place, "anna", path, TYPO)
    write(place, "anna", path, TYPO | {"saw": "4", "value": "3"})

    first, *_ = history(place, one["mark_id"])

    assert (first["kind"], first["value"], first["old_value"]) == ("mark-given", "5", None)
    assert first["by"]["person_id"] == c.ANNA


def test_leak_11_the_trail_is_derived_from_the_facts_and_not_written_by_hand(place: Place) -> None:
    room = place.room()
    one = mark(room)
    write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})
    [corrected] = write(place, "anna", f"/marks/{one['mark_id']}/corrections", TYPO)
    fact = corrected.fact
    assert isinstance(fact, MarkCorrected)

    told = history(place, one["mark_id"])[-1]

    assert told["by"]["person_id"] == corrected.envelope.by
    assert told["session"] == corrected.envelope.session
    assert told["recorded_at"] == corrected.envelope.at.isoformat()
    assert (told["old_value"], told["value"]) == (fact.old_value, fact.value)
    assert (told["reason_code"], told["reason"]) == (fact.reason_code, TYPO["reason"])
    with psycopg.connect(place.url, autocommit=True) as conn:  # a trail by hand is found out
        conn.execute(
            f"UPDATE {SCHEMA}.trail_v1 SET old_value = '3' WHERE mark_id = %s".encode(),
            (one["mark_id"],),
        )
        with pytest.raises(AssertionError):
            ledger.assert_shown(place.url, SCHEMA)
        conn.execute(
            f"UPDATE {SCHEMA}.trail_v1 SET old_value = CASE kind WHEN 'mark-corrected' THEN '5' END"
            " WHERE mark_id = %s".encode(),
            (one["mark_id"],),
        )
    ledger.assert_shown(place.url, SCHEMA)
