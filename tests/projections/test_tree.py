"""The tree in its tiles: the same as over the facts themselves, however it was folded."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.codec import Body
from domain.people.facts import AccountIssued
from domain.values import Role
from projections import merkle, tree
from projections.folding import Folder
from projections.projection import Place, Placed
from projections.sql import bound
from projections.tree import Gap, Tree
from tests.projections.life import MORNING, Life, life

MANY = 600  # three levels of tiles


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


def some_facts(count: int, first: int = 1) -> list[Placed]:
    """Facts of different streams at positions without gaps."""
    body = Body(
        at=MORNING,
        by=str(uuid4()),
        role=Role.OPERATOR,
        session="cli",
        salt="x",
        fact=AccountIssued("x"),
    )
    return [
        Placed(position, str(uuid4()), 1, "person.account-issued", b"%d" % position, body)
        for position in range(first, first + count)
    ]


def hash_of(one: Placed) -> bytes:
    """The leaf hash of a placed fact."""
    return merkle.leaf_hash(
        merkle.leaf_bytes(UUID(one.stream).bytes, one.version, one.position, one.topic, one.stored)
    )


@pytest.mark.parametrize("batches", [(MANY,), (1, 15, 1, 239, 1, 1, 342), (7,) * 85 + (5,)])
def test_roots_and_proofs_of_every_size_do_not_depend_on_batches(
    at: Life, batches: tuple[int, ...]
) -> None:
    facts = some_facts(MANY)
    start = 0
    place = Place(at.schema, at.schema)
    for count in batches:
        with at.projector.transaction(), at.projector.cursor(binary=True) as cursor:
            Tree(place).fold(facts[start : start + count], cursor)  # each time anew from its rows
        start += count
    leaves = [hash_of(one) for one in facts]
    for size in (1, 2, 15, 16, 17, 255, 256, 257, 511, 599, MANY):
        root = merkle.root_of(leaves[:size])
        assert at.read(tree.root, size) == root
        for index in {0, size // 2, size - 1}:
            proof = at.read(tree.inclusion_proof, index, size)
            assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    with pytest.raises(KeyError):
        at.read(tree.root, MANY + 1)


def test_the_tree_of_a_school_covers_every_fact_as_stored(at: Life) -> None:
    at.fold_all()
    rows = at.projector.execute(
        bound(
            "SELECT originator_id, originator_version, notification_id, topic, state"
            " FROM {s}.facts ORDER BY notification_id",
            at.schema,
        )
    ).fetchall()
    leaves = [
        merkle.leaf_hash(merkle.leaf_bytes(stream.bytes, version, position, topic, bytes(state)))
        for stream, version, position, topic, state in rows
    ]
    size = at.read(tree.size)
    assert size == len(leaves) > 20
    assert at.read(tree.root, size) == merkle.root_of(leaves)


def test_a_gap_in_the_log_stops_the_tree_and_nothing_is_written(at: Life) -> None:
    folder = Folder(Place(at.schema, at.schema), {Tree.name: Tree})
    with psycopg.connect(at.url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(
            bound("ALTER TABLE {s}.facts DISABLE TRIGGER ALL", at.schema)
        )  # only a superuser can
        conn.execute(bound("DELETE FROM {s}.facts WHERE notification_id = 7", at.schema))
    with pytest.raises(Gap, match="position 8 follows 6"):
        folder.step(at.projector)
    assert at.read(tree.size) == 0
