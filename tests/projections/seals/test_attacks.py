"""Every way to rewrite the log that a superuser has, and what finds it (provable logs, §3.5).

Two of them nothing inside can find, and that is tested as well: it keeps us honest.
"""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID, uuid4

import pytest

from domain.codec import decode
from domain.journal.facts import MarkGiven
from projections.replay import replay
from tests.ground import engine_on, request, school_on
from tests.projections.life import Life
from tests.projections.seals.forger import (
    KEY,
    OTHER_KEY,
    Fact,
    Forger,
    kinds,
    spelled,
    verified,
)


def of_topic(facts: list[Fact], topic: str) -> Fact:
    """The first fact of a topic."""
    return next(one for one in facts if one.topic == topic)


def better_marks(facts: list[Fact]) -> list[Fact]:
    """The log as a bad pupil would like it: every 2 was a 5 from the beginning."""
    for one in facts:
        one.state = one.state.replace(b'"value":"2"', b'"value":"5"')
        one.state = one.state.replace(b'"old_value":"2"', b'"old_value":"5"')
    return facts


def renumber(facts: list[Fact]) -> list[Fact]:
    """Positions without gaps, versions without holes: what a careful forger does."""
    versions: dict[UUID, int] = {}
    for position, one in enumerate(facts, 1):
        one.position = position
        one.version = versions[one.stream] = versions.get(one.stream, 0) + 1
    return facts


# A row ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "also"),
    [
        (
            "state = convert_to(replace(convert_from(state, 'UTF8'), '\"2\"', '\"5\"'), 'UTF8')",
            None,
        ),
        ("topic = 'journal.mark-annulled'", "unreadable"),
        ("originator_id = gen_random_uuid()", "version"),
        ("originator_version = 1000", "version"),
    ],
)
def test_an_update_of_a_row_is_found_and_the_row_is_named(
    at: Life, forger: Forger, notes: list[str], change: LiteralString, also: str | None
) -> None:
    position = of_topic(forger.facts(), "journal.mark-given").position
    forger.do("UPDATE {s}.facts SET " + change + " WHERE notification_id = %s", position)

    report = verified(at)

    assert report.first_wrong_row == spelled(forger.facts()[position - 1])
    assert {"leaf", "checkpoint"} <= kinds(report)
    assert also in kinds(report) or also is None
    assert not {"tile", "signature"} & kinds(report)  # the tree is as it was, and says so


def test_another_number_of_a_row_is_a_gap(at: Life, forger: Forger, notes: list[str]) -> None:
    position = of_topic(forger.facts(), "journal.mark-given").position
    forger.do("UPDATE {s}.facts SET notification_id = 1000 WHERE notification_id = %s", position)

    report = verified(at)

    assert (report.findings[0].kind, report.findings[0].place) == ("gap", str(position))
    assert {"gap", "head", "checkpoint"} <= kinds(report)


def test_a_deleted_row_is_named_by_its_gap(at: Life, forger: Forger, notes: list[str]) -> None:
    position = of_topic(forger.facts(), "journal.mark-given").position
    forger.do("DELETE FROM {s}.facts WHERE notification_id = %s", position)

    report = verified(at)

    assert (report.findings[0].kind, report.findings[0].place) == ("gap", str(position))
    assert "version" in kinds(report)


def test_a_row_deleted_with_care_shifts_everything_after_it(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    facts = forger.facts()
    gone = of_topic(facts, "journal.mark-corrected")
    forger.rewrite(renumber([one for one in facts if one is not gone]))

    report = verified(at)

    assert report.first_wrong_row == spelled(forger.facts()[gone.position - 1])
    assert {"leaf", "gap", "checkpoint"} <= kinds(report)  # the tree is longer than the log
    assert not {"version", "head"} & kinds(report)


def test_a_row_inserted_in_the_past_is_named(at: Life, forger: Forger, notes: list[str]) -> None:
    facts = forger.facts()
    mark = of_topic(facts, "journal.mark-given")
    fact = decode(mark.topic, mark.state).fact
    assert isinstance(fact, MarkGiven)
    given = mark.state.replace(fact.mark_id.encode(), str(uuid4()).encode())
    planted = Fact(0, mark.stream, 0, mark.topic, given)
    forger.rewrite(renumber([*facts[: mark.position], planted, *facts[mark.position :]]))

    report = verified(at)

    assert report.first_wrong_row == spelled(forger.facts()[mark.position])
    assert {"leaf", "checkpoint"} <= kinds(report)


def test_two_rows_that_change_places_are_named(at: Life, forger: Forger, notes: list[str]) -> None:
    facts = forger.facts()
    first, second = facts[-4], facts[-3]
    first.topic, second.topic = second.topic, first.topic
    first.stream, second.stream = second.stream, first.stream
    first.state, second.state = second.state, first.state
    forger.rewrite(renumber(facts))

    report = verified(at)

    assert report.first_wrong_row == spelled(forger.facts()[first.position - 1])
    assert "checkpoint" in kinds(report)


# The end of the log -----------------------------------------------------------------------


def test_a_cut_end_is_seen_by_everything_that_was_left(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    last = forger.facts()[-1].position
    forger.do("DELETE FROM {s}.facts WHERE notification_id > %s", last - 3)

    report = verified(at)

    assert {"head", "gap", "checkpoint", "minted"} <= kinds(report)
    assert f"{last} > {last - 3}" in [one.place for one in report.findings]


def test_a_cut_end_is_seen_by_a_checkpoint_alone(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    last = forger.facts()[-1].position
    forger.rewrite(forger.facts()[:-3])
    forger.derive_again()

    report = verified(at)

    assert [(one.kind, one.place) for one in report.findings] == [
        ("checkpoint", f"{last} > {last - 3}")
    ]


def test_an_old_backup_is_whole_in_itself_and_shorter_than_a_note_from_outside(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    last = forger.facts()[-1].position
    forger.cut(last - 3)

    assert verified(at).agrees  # nothing inside can know
    assert replay(at.projector, at.schema).agrees

    for how in ({"outside": [notes[1]]}, {"sealer_note": notes[1]}):
        [finding] = verified(at, **how).findings
        assert finding.kind in ("outside_note", "sealer_note")
        assert finding.place.endswith(f"{last} > {last - 3}")
    assert verified(at, outside=[notes[0]]).agrees  # older than the backup


def test_an_old_backup_that_goes_on_is_a_fork_which_only_the_outside_sees(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    last = forger.facts()[-1].position
    forger.cut(last - 3)
    at.restart()
    with engine_on(at.url, at.clock) as engine:
        school = school_on(engine, at.slug)
        for n in range(5):
            school.record_topic(
                at.class_id, at.lessons[n + 2], "Иначе", by=at.anna, request=request()
            ).result(10)
    at.fold_all()
    forger.seal()
    assert len(forger.facts()) > last

    assert verified(at).agrees
    assert verified(at, outside=notes[:1], sealer_note=notes[0]).agrees
    [finding] = verified(at, outside=notes).findings
    assert (finding.kind, finding.place) == ("outside_note", f"2 {last}")
    assert kinds(verified(at, sealer_note=notes[1])) == {"sealer_note"}


# Everything -------------------------------------------------------------------------------


def test_a_whole_rewrite_with_a_key_of_ones_own_is_signed_by_nobody(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    forger.rewrite(better_marks(forger.facts()))
    forger.derive_again()
    forger.seal_again(OTHER_KEY)

    assert kinds(verified(at)) == {"signature"}


def test_a_whole_rewrite_that_introduces_its_own_key_is_known_by_the_old_one(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    facts = better_marks(forger.facts())
    for one in facts:
        one.state = one.state.replace(str(KEY.verifier).encode(), str(OTHER_KEY.verifier).encode())
    forger.rewrite(facts)
    forger.derive_again()
    forger.seal_again(OTHER_KEY)

    assert verified(at).agrees  # the log says that this is its key
    assert kinds(verified(at, keys=[KEY.verifier])) == {"signature"}
    assert kinds(verified(at, outside=notes[:1])) == {"outside_note"}
    assert kinds(verified(at, sealer_note=notes[1])) == {"sealer_note"}


def test_a_whole_rewrite_with_the_real_key_passes_every_check_but_one_note_from_outside(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    forger.rewrite(better_marks(forger.facts()))
    forger.derive_again()
    forger.seal_again(KEY)

    assert verified(at).agrees  # nothing inside can know
    assert verified(at, keys=[KEY.verifier]).agrees
    assert replay(at.projector, at.schema).agrees

    for note in notes:
        [finding] = verified(at, outside=[note]).findings
        assert finding.kind == "outside_note"


# What is derived ----------------------------------------------------------------------------


def test_an_edited_projection_is_what_replay_finds(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    forger.do("UPDATE {s}.register_mark SET value = '5' WHERE value = '2'")

    assert verified(at).agrees  # the log is whole
    report = replay(at.projector, at.schema)
    assert [one.table for one in report.differences] == ["register_mark"]


def test_a_fact_that_the_tree_never_takes_in_is_told_by_its_age(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    size = len(forger.facts())
    at.must(at.topic(at.lessons[5]))

    assert verified(at).agrees  # the projector needs a moment
    at.clock.go(minutes=2)
    [finding] = verified(at).findings
    assert (finding.kind, finding.place) == ("tree_behind", f"{size} < {size + 1}")
    at.fold_all()
    assert verified(at).agrees


def test_a_row_written_past_the_door_is_covered_by_no_checkpoint_yet_but_has_no_place(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    facts = forger.facts()
    last = facts[-1]
    forger.do(
        "INSERT INTO {s}.facts SELECT originator_id, originator_version + 1000,"
        " notification_id + 1, topic, state FROM {s}.facts WHERE notification_id = %s",
        last.position,
    )

    report = verified(at)

    assert {"version", "head", "minted"} & kinds(report) >= {"version", "head"}
    assert report.first_wrong_row == spelled(forger.facts()[-1])
