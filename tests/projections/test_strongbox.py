"""The strongbox: what is sealed opens with the same secret for the same person, or not at all."""

from __future__ import annotations

import pytest

from projections.strongbox import Spoilt, seal, unseal
from tests.cast import MASHA, PETYA

SECRET, OTHER = "a secret of the tests", "another secret of the tests"


def test_what_is_sealed_opens_again() -> None:
    assert unseal(SECRET, PETYA, seal(SECRET, PETYA, "скан".encode())) == "скан".encode()


def test_nothing_of_it_can_be_read_and_no_two_sealings_are_alike() -> None:
    one, two = seal(SECRET, PETYA, b"passport 1234"), seal(SECRET, PETYA, b"passport 1234")

    assert one != two
    assert "passport" not in one


@pytest.mark.parametrize(("secret", "subject"), [(OTHER, PETYA), (SECRET, MASHA)])
def test_another_secret_or_another_person_does_not_open_it(secret: str, subject: str) -> None:
    with pytest.raises(Spoilt):
        unseal(secret, subject, seal(SECRET, PETYA, b"scan"))


@pytest.mark.parametrize("place", [0, 5, -6])
def test_a_changed_character_is_noticed(place: int) -> None:
    sealed = list(seal(SECRET, PETYA, b"scan"))
    sealed[place] = "A" if sealed[place] != "A" else "B"

    with pytest.raises(Spoilt):
        unseal(SECRET, PETYA, "".join(sealed))
