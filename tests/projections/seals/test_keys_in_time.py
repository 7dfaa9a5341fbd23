"""Keys sign from the fact that introduces them to the one that retires them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from domain.audit.facts import KeyReason
from projections.postgres.database import READER, conninfo
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note, SigningKey
from projections.verification import verify
from tests.conftest import SECRET
from tests.ground import request
from tests.projections.life import Life
from tests.projections.seals.forger import (
    KEY,
    OTHER_KEY,
    WITNESS_KEY,
    Forger,
    introduce,
    kinds,
    verified,
)


def found(at: Life, **how: Any) -> list[tuple[str, str]]:
    """Kinds and places of what is found."""
    return [(one.kind, one.place) for one in verified(at, **how).findings]


def retire(at: Life, key: SigningKey, reason: KeyReason) -> None:
    """The log takes a key out of use."""
    verifier = str(key.verifier)
    at.must(at.school.retire_seal_key(verifier, reason, by=at.office, request=request()))


def test_keys_change_by_facts_and_sign_from_the_one_to_the_other(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    before = len(forger.facts())
    introduce(at, OTHER_KEY, "planned")
    at.fold_all()
    forger.seal_at(before + 1, KEY, OTHER_KEY)
    retire(at, KEY, "planned")
    at.fold_all()
    forger.seal_at(before + 2, OTHER_KEY)
    at.must(at.topic(at.lessons[2]))
    at.fold_all()
    assert verified(at).agrees
    assert verified(at, keys=[KEY.verifier]).agrees  # the old key has vouched for the new one

    forger.seal_at(before + 3, KEY)  # retired
    assert found(at) == [("signature", str(before + 3))]


def test_a_key_that_nobody_vouches_for_is_not_that_of_who_holds_the_old_one(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    introduce(at, OTHER_KEY, "lost")
    at.fold_all()
    size = len(forger.facts())
    forger.seal(OTHER_KEY)

    assert verified(at).agrees  # the log says so itself
    assert [("signature", str(size))] == [
        (one.kind, one.place) for one in verified(at, keys=[KEY.verifier]).findings
    ]


def test_a_key_signs_nothing_from_before_it_was_introduced(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    size = len(forger.facts())
    introduce(at, OTHER_KEY, "planned")
    at.fold_all()
    forger.seal_at(size - 1, OTHER_KEY)

    assert found(at) == [("signature", str(size - 1))]


def test_what_a_stolen_key_has_signed_counts_with_a_witness_from_before(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    first = Checkpoint.of(Note.parse(notes[0])).size
    introduce(at, OTHER_KEY, "compromised")
    at.clock.go(hours=1)
    retire(at, KEY, "compromised")
    at.fold_all()

    assert found(at) == [("signature", str(first))]  # the second note has a witness
    late = int((at.clock.now + timedelta(hours=1)).timestamp())
    forger.cosign(notes[0], WITNESS_KEY, late)
    assert found(at) == [("signature", str(first))]  # but this one came too late
    forger.do("DELETE FROM {s}.cosignature WHERE size = %s", first)
    forger.cosign(notes[0], WITNESS_KEY, late - 2 * 3600)
    assert found(at) == []


def test_a_checkpoint_of_another_log_is_not_ours(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    with psycopg.connect(conninfo(at.url, READER, SECRET), autocommit=True) as conn:
        report = verify(conn, at.schema, str(UUID(int=1)), at.clock.now)
    assert {"signature", "strange_stream"} == kinds(report)
