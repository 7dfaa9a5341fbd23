"""The Merkle tree: public known answers, and every size up to forty leaves."""

from __future__ import annotations

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


def test_every_leaf_of_every_size_is_proven_and_nothing_else_is() -> None:
    for size in range(1, SIZES + 1):
        root = merkle.root(node, size)
        assert root == merkle.root_of(HASHES[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(node, index, size)
            check = merkle.verify_inclusion
            assert check(HASHES[index], index, size, proof, root)
            assert not check(ALIEN, index, size, proof, root)
            assert not check(HASHES[index], index, size, proof, ALIEN)
            assert not check(HASHES[index], index, size, [*proof, ALIEN], root)
            assert not check(HASHES[index], size, size, proof, root)
            assert not check(HASHES[index], -1, size, proof, root)
            if proof:
                assert not check(HASHES[index], index, size, proof[:-1], root)
                assert not check(HASHES[index], index, size, [*proof[:-1], ALIEN], root)
                assert not check(HASHES[index], index ^ 1, size, proof, root)
                assert not check(HASHES[index], index, size, [b"short", *proof[1:]], root)


def test_every_size_begins_every_later_size_and_no_other_tree_does() -> None:
    for second in range(1, SIZES + 1):
        new = merkle.root(node, second)
        for first in range(1, second + 1):
            old = merkle.root(node, first)
            proof = merkle.consistency_proof(node, first, second)
            check = merkle.verify_consistency
            assert check(first, second, old, new, proof)
            assert not check(first, second, ALIEN, new, proof)
            assert not check(first, second, old, ALIEN, proof)
            assert not check(first, second, old, new, [*proof, ALIEN])
            assert not check(0, second, old, new, proof)
            if proof:
                assert not check(first, second, old, new, proof[:-1])
                assert not check(first, second, old, new, [*proof[:-1], ALIEN])
                assert not check(first, second, old, new, [])
            elif second > 1:
                assert first == second


def test_there_are_no_proofs_outside_of_the_tree() -> None:
    with pytest.raises(ValueError, match="leaf 4 is not in a tree of 4"):
        merkle.inclusion_proof(node, 4, 4)
    with pytest.raises(ValueError, match="no consistency proof from 5 to 4"):
        merkle.consistency_proof(node, 5, 4)


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


@given(st.binary(max_size=6), st.binary(max_size=6), st.text("ab.", max_size=4), st.text("ab."))
def test_two_facts_never_have_the_same_leaf(
    one: bytes, two: bytes, first: str, second: str
) -> None:
    stream = bytes(16)
    same = merkle.leaf_bytes(stream, 1, 1, first, one) == merkle.leaf_bytes(
        stream, 1, 1, second, two
    )
    assert same == ((first, one) == (second, two))
