"""A key is made once, is read by its owner alone, and is the one that its file says."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from projections.seals.key_file import make_key, read_key
from projections.seals.note import LOG, WITNESS, Malformed, to_base64


@pytest.mark.parametrize("kind", [LOG, WITNESS])
def test_a_key_is_read_as_it_was_made(tmp_path: Path, kind: int) -> None:
    file = tmp_path / "a.key"

    made = make_key(file, "control.example/w1", kind)

    assert read_key(file).verifier == made.verifier
    assert read_key(file).sign("text\n", 5) == made.sign("text\n", 5)
    assert (made.verifier.name, made.verifier.kind) == ("control.example/w1", kind)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_two_keys_are_never_the_same(tmp_path: Path) -> None:
    keys = {make_key(tmp_path / str(n), "w", WITNESS).verifier.public for n in range(20)}

    assert len(keys) == 20


def test_a_key_is_never_made_over_another(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    first = make_key(file, "first", LOG)

    assert make_key(file, "second", LOG).verifier == first.verifier
    assert list(tmp_path.iterdir()) == [file]


def test_a_name_that_cannot_be_one_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        make_key(tmp_path / "a.key", "two words", LOG)
    assert list(tmp_path.iterdir()) == []


def test_a_spoilt_file_is_not_a_key(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    number = make_key(file, "name", LOG).verifier.id.hex()
    text = file.read_text(encoding="utf-8")
    begun = text[: text.index(number) + len(number) + 1]
    for spoilt in (
        "",
        text.replace("name", "eman"),
        text.replace("PRIVATE", "PUBLIC"),
        f"{begun}{to_base64(bytes([LOG]) + bytes(32))}\n",
        f"{begun}{to_base64(bytes([LOG]) + bytes(31))}\n",
        begun,
        text + "\n",
        text[:-2] + "\n",
    ):
        assert spoilt != text
        file.write_text(spoilt, encoding="utf-8")
        with pytest.raises(Malformed):
            read_key(file)
