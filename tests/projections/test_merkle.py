"""The Merkle tree: public known answers, and every size up to forty leaves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections import merkle

#: The leaves and roots of Certificate Transparency's reference tree (RFC 6962 = RFC 9162).
LEAVES = (
    b"",
    b"\x00",
    b"\x10",
    b" !",
    b"01",
    b"@ABC",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SIZES = 40
Fact = tuple[bytes, int, int, str, bytes]
HASHES = [merkle.leaf_hash(bytes([n])) for n in range(SIZES)]
ALIEN = merkle.leaf_hash(b"alien")


def node(level: int, index: int) -> bytes:
    """A complete node over HASHES."""
    return merkle.root_of(HASHES[index << level : (index + 1) << level])


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_tree(size: int) -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert merkle.root_of(leaves).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root_of([]).hex() == merkle.root(node, 0).hex() == empty


def test_the_reference_inclusion_proof_of_leaf_five_of_eight() -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    proof = merkle.inclusion_proof(
        lambda level, index: merkle.root_of(leaves[index << level : (index + 1) << level]), 5, 8
    )
    assert [step.hex() for step in proof] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert merkle.verify_inclusion(leaves[5], 5, 8, proof, bytes.fromhex(ROOTS[7]))


def spoiled(proof: list[bytes]) -> Iterator[list[bytes]]:
    """A proof with a step dropped, added, moved, of another length, or with one byte changed."""
    yield [*proof, ALIEN]
    yield [ALIEN, *proof]
    for at, step in enumerate(proof):
        before, after, bit = proof[:at], proof[at + 1 :], 37 * (at + len(proof)) % 256
        yield before + after
        yield [*before, step, step, *after]
        yield [*before, ALIEN, *after]
        yield [*before, step[:-1], *after]
        yield [*before, b"", *after]
        yield [*before, flipped(step, bit), *after]
        if after and after[0] != step:
            yield [*before, after[0], step, *after[1:]]


def flipped(raw: bytes, bit: int) -> bytes:
    """With one bit changed."""
    return (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")


def sides(index: int, size: int) -> str:
    """On which side of the path each step stands, from the leaf up, by the definition (2.1.3.1)."""
    if size == 1:
        return ""
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return sides(index, split) + "r"
    return sides(index - split, size - split) + "l"


def growth(first: int, second: int, *, whole: bool = True) -> str:
    """What each step of a consistency proof is for, by the definition (2.1.4.1)."""
    if first == second:
        return "" if whole else "s"
    split = 1 << (second - 1).bit_length() - 1
    if first <= split:
        return growth(first, split, whole=whole) + "r"
    return growth(first - split, second - split, whole=False) + "l"


def test_every_leaf_of_every_size_is_proven_and_nothing_else_is() -> None:
    check = merkle.verify_inclusion
    for size in range(1, SIZES + 1):
        root = merkle.root(node, size)
        assert root == merkle.root_of(HASHES[:size])
        for index in range(size):
            leaf, proof = HASHES[index], merkle.inclusion_proof(node, index, size)
            assert len(proof) == len(sides(index, size))
            assert check(leaf, index, size, proof, root)
            assert not check(ALIEN, index, size, proof, root)
            assert not check(leaf, index, size, proof, ALIEN)
            assert not check(flipped(leaf, index), index, size, proof, root)
            assert not check(leaf, index, size, proof, flipped(root, index))
            assert not check(leaf[1:], index, size, proof, root)
            assert not check(leaf, index, size, proof, root[1:])
            assert not any(check(leaf, index, size, other, root) for other in spoiled(proof))
            for other in (*range(-2, index), *range(index + 1, size + 3), index - size, 1 << 64):
                assert not check(leaf, other, size, proof, root)


def test_every_size_begins_every_later_size_and_no_other_tree_does() -> None:
    check = merkle.verify_consistency
    for second in range(1, SIZES + 1):
        new = merkle.root(node, second)
        for first in range(1, second + 1):
            old, proof = merkle.root(node, first), merkle.consistency_proof(node, first, second)
            assert len(proof) == len(growth(first, second))
            assert check(first, second, old, new, proof)
            assert not check(first, second, ALIEN, new, proof)
            assert not check(first, second, old, ALIEN, proof)
            assert check(first, second, ALIEN, ALIEN, proof) == (first == second)
            assert not check(first, second, flipped(old, first), new, proof)
            assert not check(first, second, old, flipped(new, first), proof)
            assert not check(first, second, old[1:], new, proof)
            assert not check(first, second, old, new[1:], proof)
            assert not any(check(first, second, old, new, other) for other in spoiled(proof))
            assert not check(0, second, old, new, proof)
            assert not check(-1, second, old, new, proof)
            assert not check(second + 1, second, old, new, proof)
            assert check(first, second, new, old, proof) == (first == second)
            assert check(first, second, old, new, []) == (first == second)


def test_what_a_path_says_of_the_size_is_its_shape_and_no_more() -> None:
    """The size is vouched for by whoever signed it beside the root, not by the path: RFC 9162."""
    places = [(index, size) for size in range(1, 18) for index in range(size)]
    for index, size in places:
        proof, root = merkle.inclusion_proof(node, index, size), merkle.root(node, size)
        for place in places:
            held = merkle.verify_inclusion(HASHES[index], *place, proof, root)
            assert held == (sides(*place) == sides(index, size)), (index, size, place)


def test_what_growth_says_of_the_sizes_is_its_shape_and_no_more() -> None:
    pairs = [(first, second) for second in range(1, 18) for first in range(1, second + 1)]
    for first, second in pairs:
        proof = merkle.consistency_proof(node, first, second)
        old, new = merkle.root(node, first), merkle.root(node, second)
        for pair in pairs:
            held = merkle.verify_consistency(*pair, old, new, proof)
            assert held == (growth(*pair) == growth(first, second)), (first, second, pair)


@given(st.data(), st.integers(1, 200))
def test_a_proof_is_of_one_leaf_at_one_index_under_one_root(data: st.DataObject, size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(size)]

    def stored(level: int, at: int) -> bytes:
        return merkle.root_of(leaves[at << level : (at + 1) << level])

    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(stored, index, size), merkle.root_of(leaves)
    leaf = data.draw(st.sampled_from([leaves[index], *leaves]))
    place = data.draw(st.just(index) | st.integers(-1, size + 1))
    steps = data.draw(st.just(proof) | st.lists(st.sampled_from([*proof, root, leaf]), max_size=9))
    end = data.draw(st.just(root) | st.sampled_from([leaf, *proof, ALIEN]))
    held = merkle.verify_inclusion(leaf, place, size, steps, end)
    assert held == ((leaf, place, steps, end) == (leaves[index], index, proof, root))


def test_what_has_not_thirty_two_bytes_is_no_hash() -> None:
    """Else the border of left and right could move: node_hash(31 bytes, 33 bytes) is the same."""
    left, right = HASHES[:2]
    root = merkle.node_hash(left, right)
    for size in (0, 31, 33, 64):
        short, long = (left + right)[:size], (left + right)[size:]
        assert merkle.node_hash(short, long) == root
        assert not merkle.verify_inclusion(short, 0, 2, [long], root)
        assert not merkle.verify_inclusion(long, 1, 2, [short], root)
        assert not merkle.verify_consistency(1, 2, short, root, [long])
        for one, two in ((short, left), (left, short), (short, short)):
            above = merkle.node_hash(one, two)
            assert not merkle.verify_inclusion(one, 0, 2, [two], above)
            assert not merkle.verify_inclusion(two, 1, 2, [one], above)
            assert not merkle.verify_consistency(1, 2, one, above, [two])
    assert not merkle.verify_inclusion(b"root", 0, 1, [], b"root")
    assert not merkle.verify_consistency(1, 1, b"root", b"root", [])


def test_there_are_no_proofs_outside_of_the_tree() -> None:
    for index, size in ((4, 4), (5, 4), (-1, 4), (0, 0)):
        with pytest.raises(ValueError, match=f"leaf {index} is not in a tree of {size}"):
            merkle.inclusion_proof(node, index, size)
    for first, second in ((5, 4), (0, 4), (0, 0), (-1, 4)):
        with pytest.raises(ValueError, match=f"no consistency proof from {first} to {second}"):
            merkle.consistency_proof(node, first, second)


def test_a_leaf_is_laid_out_as_the_archive_says() -> None:
    stream = UUID("00112233-4455-6677-8899-aabbccddeeff").bytes
    leaf = merkle.leaf_bytes(stream, 7, 258, "journal.mark-given", b"{}")
    assert leaf.hex() == (
        "01"
        "00112233445566778899aabbccddeeff"
        "0000000000000007"
        "0000000000000102"
        "0012" + b"journal.mark-given".hex() + b"{}".hex()
    )


#: what may stand beside a border of two fields, and look like the other field
STREAMS = (bytes(16), bytes(15) + b"\x01", b"\x01" + bytes(15), b"\xff" * 16)
NUMBERS = (0, 1, 255, 256, (1 << 64) - 1)
TOPICS = (
    "",
    "a",
    "b",
    "ab",
    "ba",
    "aa",
    "\x00",
    "\x00\x01",
    "\x01a",
    "é",
    "\u0301",
    "a" * 255,
    "a" * 256,
)
STORED = (
    b"",
    b"a",
    b"b",
    b"ab",
    b"\x00",
    b"\x00\x00",
    b"\x00\x01a",
    b"\x01",
    "é".encode(),
    b"a" * 256,
)


def test_facts_that_differ_near_a_border_of_fields_have_different_leaves() -> None:
    facts = list(product(STREAMS, NUMBERS, NUMBERS, TOPICS, STORED))
    leaves = {merkle.leaf_bytes(*fact) for fact in facts}
    assert len(leaves) == len(facts) == 13_000
    assert len({merkle.leaf_hash(leaf) for leaf in leaves}) == len(facts)


def test_a_leaf_is_never_a_node() -> None:
    left, right = HASHES[:2]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)
    assert merkle.leaf_hash(b"\x01" + left + right) != merkle.node_hash(left, right)
    assert merkle.node_hash(left, right) != merkle.node_hash(right, left)


numbers = st.integers(0, (1 << 64) - 1)
facts = st.tuples(st.binary(min_size=16, max_size=16), numbers, numbers, st.text(), st.binary())


@given(facts, facts)
def test_a_leaf_can_be_taken_apart_again(one: Fact, two: Fact) -> None:
    assert apart(merkle.leaf_bytes(*one)) == one
    assert (merkle.leaf_bytes(*one) == merkle.leaf_bytes(*two)) == (one == two)


def apart(leaf: bytes) -> Fact:
    """The fact of which these are the bytes."""
    assert leaf[0] == 1
    numbers = [
        int.from_bytes(leaf[start:end], "big") for start, end in ((17, 25), (25, 33), (33, 35))
    ]
    end = 35 + numbers[2]
    return leaf[1:17], numbers[0], numbers[1], leaf[35:end].decode(), leaf[end:]
