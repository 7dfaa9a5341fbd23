"""The public vectors of RFC 9162 proofs, written by others: tests/fixtures/rfc9162/README.md."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from projections import merkle

VECTORS = Path(__file__).parents[1] / "fixtures" / "rfc9162" / "vectors.json"

#: vectors that hold elsewhere and are refused here, and why
STRICTER = {
    "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json": (
        "its roots are the text «don't care 2», and a root is a hash of 32 bytes"
    ),
}


@cache
def vectors() -> tuple[dict[str, Any], ...]:
    """The vectors as they are written."""
    return tuple(json.loads(VECTORS.read_text()))


def holds(vector: dict[str, Any]) -> bool:
    """What our verifier says of a vector."""
    proof = [b64decode(step) for step in vector["proof"]]
    if vector["kind"] == "inclusion":
        leaf, root = b64decode(vector["leafHash"]), b64decode(vector["root"])
        return merkle.verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, root)
    first, second = b64decode(vector["root1"]), b64decode(vector["root2"])
    return merkle.verify_consistency(vector["size1"], vector["size2"], first, second, proof)


def test_there_are_ninety_eight_of_each_kind_and_some_hold() -> None:
    assert Counter((one["kind"], one["wantErr"]) for one in vectors()) == {
        ("inclusion", False): 6,
        ("inclusion", True): 92,
        ("consistency", False): 6,
        ("consistency", True): 92,
    }
    assert len({one["name"] for one in vectors()}) == 196


def test_we_differ_from_the_public_vectors_only_where_we_say_so() -> None:
    differ = {one["name"] for one in vectors() if holds(one) == one["wantErr"]}
    assert differ == set(STRICTER)
    assert not any(holds(one) for one in vectors() if one["name"] in STRICTER)
