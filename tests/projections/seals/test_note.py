"""Signed notes: what others have signed is verified, and there is one way to write each."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from projections.seals import note
from tests.projections.seals.notes import (
    C2SP_KEY,
    C2SP_NOTE,
    COSIGNED,
    GARBAGE,
    GO_ENOCH,
    GO_KEYS,
    GO_PETER,
    GO_SEED,
    GO_TEXT,
    KEY_WITH_A_PLUS,
    LATEST,
    NO_NAMES,
    NOON,
    POEM,
    TEXT,
    WITNESS_KEY,
    accepted,
    known,
    log_key,
    malformed,
    no_key,
    signed,
    signers,
    unsigned,
    witness_key,
)


def test_what_others_have_signed_is_verified() -> None:
    assert signers(C2SP_NOTE, note.VerifierKey.parse(C2SP_KEY)) == {"example.com/foo": 0}
    peter, enoch = (note.VerifierKey.parse(key) for key in GO_KEYS)
    both = f"{GO_TEXT}\n{GO_PETER}{GO_ENOCH}"
    assert signers(both, peter, enoch) == {"PeterNeumann": 0, "EnochRoot": 0}
    assert signers(both, enoch) == {"EnochRoot": 0}
    assert unsigned(C2SP_NOTE, peter, enoch)


def test_we_sign_as_others_do() -> None:
    ours = note.SigningKey("PeterNeumann", GO_SEED)
    assert str(ours.verifier) == GO_KEYS[0]
    assert ours.sign(GO_TEXT) == GO_PETER


def test_what_others_have_written_is_read_and_written_back() -> None:
    for text in (C2SP_NOTE, POEM, COSIGNED, signed()):
        assert str(note.Note.parse(text)) == text
        assert note.Note.parse(text) == note.Note.parse(text)
    assert note.Note.parse(POEM).text.endswith("\n\ned è subito sera.\n")
    (log, _), (witness, raw) = note.Note.parse(COSIGNED).signatures
    assert (log, witness) == ("example.com/behind-the-sofa", "witness.example.com/w1")
    assert len(raw) == 4 + 8 + 64
    assert int.from_bytes(raw[4:12], "big") == 1679315147  # the time that the specification names


def test_a_key_is_written_in_one_way() -> None:
    for text in (C2SP_KEY, *GO_KEYS, KEY_WITH_A_PLUS, WITNESS_KEY):
        key = note.VerifierKey.parse(text)
        assert str(key) == text
        spoiled = (text.upper(), f"{text} ", f" {text}", f"{text}\n", f"{text}=", f"{text}AA==")
        assert all(map(no_key, spoiled))
        assert all(no_key(text[:at] + text[at + 1 :]) for at in range(len(text)))
        for at, mark in enumerate(text):
            assert all(
                no_key(text[:at] + other + text[at + 1 :]) for other in "a0+" if other != mark
            )
    assert note.VerifierKey.parse(C2SP_KEY).kind == note.LOG == 1
    assert note.VerifierKey.parse(WITNESS_KEY).kind == note.WITNESS == 4
    strangers = (note.VerifierKey("a", 1, bytes(31)), note.VerifierKey("a", 6, bytes(32)))
    assert all(no_key(str(key)) for key in strangers)  # ML-DSA-44 is 0x06
    assert not no_key(str(note.VerifierKey("a", 1, bytes(32))))
    assert all(map(no_key, ("", "a", "a+b", "a+b+")))


def test_the_name_of_a_key_is_one_word_without_a_plus() -> None:
    for name in NO_NAMES:
        with pytest.raises(note.Malformed):
            note.SigningKey(name, bytes(32))
    written = [name for name in NO_NAMES if name != "\ud800"]
    assert all(no_key(str(note.VerifierKey(name, note.LOG, bytes(32)))) for name in written)
    for name in ("school17.example/journal", "школа-17", "oid/1.3.6.1", "—"):
        key = note.SigningKey(name, bytes(32))
        assert signers(f"{TEXT}\n{key.sign(TEXT)}", key.verifier) == {name: 0}


def test_both_have_signed_and_only_for_those_who_know_them() -> None:
    log, witness = known()
    assert accepted(signed())
    assert signers(signed(), log) == {log.name: 0}
    assert signers(signed(), witness) == {witness.name: NOON}
    assert signers(signed(), *reversed(known())) == signers(signed())
    assert unsigned(signed(), note.VerifierKey.parse(C2SP_KEY))
    with pytest.raises(note.Unsigned):
        note.Note.parse(signed()).verify([])


def test_a_stranger_of_the_same_name_or_the_same_id_is_ignored() -> None:
    namesake = note.SigningKey("school17.example/journal", b"n" * 32)
    line = namesake.sign("another text\n")
    assert accepted(signed() + line)
    double = f"— other.example {note.to_base64(log_key().verifier.id + bytes(64))}\n"
    assert accepted(signed() + double)
    assert unsigned(f"{TEXT}\n{line}{double}")


def test_a_bad_signature_of_a_known_key_spoils_the_note() -> None:
    log, witness = log_key(), witness_key()
    for bad in (log.sign("another text\n"), witness.sign("another text\n", NOON)):
        assert unsigned(f"{TEXT}\n{bad}")
        assert unsigned(signed() + bad)
        assert unsigned(f"{TEXT}\n{bad}{log.sign(TEXT)}{witness.sign(TEXT, NOON)}")


def test_a_witness_does_not_pass_as_a_log_nor_a_log_as_a_witness() -> None:
    log, witness = log_key(), witness_key()
    as_log = log.sign(TEXT).split()[2]
    as_witness = witness.sign(TEXT, NOON).split()[2]
    assert unsigned(f"{TEXT}\n— {log.verifier.name} {as_witness}\n")
    assert unsigned(f"{TEXT}\n— {witness.verifier.name} {as_log}\n")
    raw = note.from_base64(as_witness)[4:]
    for part in (raw, raw[8:]):  # with the log's own id it is a signature of another text
        line = f"— {log.verifier.name} {note.to_base64(log.verifier.id + part)}\n"
        assert unsigned(f"{TEXT}\n{line}")
    raw = note.from_base64(as_log)[4:]
    for part in (raw, bytes(8) + raw, NOON.to_bytes(8, "big") + raw):
        line = f"— {witness.verifier.name} {note.to_base64(witness.verifier.id + part)}\n"
        assert unsigned(f"{TEXT}\n{line}")


def test_a_cosignature_is_laid_out_as_the_specification_says() -> None:
    witness = witness_key()
    _, name, encoded = witness.sign(TEXT, NOON).split()
    raw = note.from_base64(encoded)
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    message = b"cosignature/v1\ntime 1790000000\n" + TEXT.encode()
    assert name == "city.example/w1"
    assert raw == witness.verifier.id + NOON.to_bytes(8, "big") + private.sign(message)
    assert signers(f"{TEXT}\n{witness.sign(TEXT)}") == {name: 0}


def test_a_cosignature_is_of_its_time_and_of_its_text() -> None:
    witness = witness_key().verifier
    for time in (0, 1, NOON, LATEST):
        assert signers(signed(time=time), witness) == {witness.name: time}
    line = witness_key().sign(TEXT, NOON)
    raw = bytearray(note.from_base64(line.split()[2]))
    for at in range(4, len(raw)):
        raw[at] ^= 1
        assert unsigned(f"{TEXT}\n— {witness.name} {note.to_base64(bytes(raw))}\n", witness)
        raw[at] ^= 1
    assert unsigned(f"{TEXT}x\n\n{line}", witness)
    assert unsigned(signed(time=LATEST + 1), witness)


def test_a_signature_has_its_length() -> None:
    for key in (log_key(), witness_key()):
        line = key.sign(TEXT, NOON)
        raw = note.from_base64(line.split()[2])
        for part in (raw[:5], raw[:12], raw[:-1], raw + b"\x00", raw[:-8]):
            cut = f"{TEXT}\n— {key.verifier.name} {note.to_base64(part)}\n"
            assert unsigned(cut, key.verifier)
        for part in (b"", raw[:1], raw[:4]):
            assert malformed(f"{TEXT}\n— {key.verifier.name} {note.to_base64(part)}\n")


def test_a_note_is_written_in_one_way() -> None:
    line = log_key().sign(TEXT)
    assert not malformed(f"{TEXT}\n{line}")
    assert not malformed(f"\n\n{line}")
    for text in (
        "",
        "\n",
        "\n\n",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}{line}",  # no empty line
        line,
        f"{TEXT}\n{line[:-1]}",
        f"{TEXT}\n{line[:-1]}x",
        f"{TEXT}\n{line}\n",
        f"{TEXT}\n{line} ",
        f"{TEXT}\n {line}",
        f"{TEXT}\n{line}no dash\n",
        *(f"{TEXT}\n— {name} AAAAAAA=\n" for name in NO_NAMES),
        f"{TEXT}\n{line.replace('— ', '- ')}",
        f"{TEXT}\n{line.replace('— ', '—')}",
        f"{TEXT}\n{line.replace('— ', '—  ')}",
        f"{TEXT}\n{line.replace('journal ', 'journal  ')}",
        f"{TEXT}\n{line.replace('journal ', 'journal+')}",
        f"{TEXT}\n{line[:-1]}=\n",
        f"{TEXT}\n{line[:-1].rstrip('=')}\n",
        f"{TEXT}\n{line.replace('/', '_')}",
        f"{TEXT}\n{line}".replace("\n", "\r\n"),
        f"a\x00b\n\n{line}",
        f"a\tb\n\n{line}",
        f"a\ud800b\n\n{line}",
        f"a\udfffb\n\n{line}",
    ):
        assert malformed(text), text


def test_a_line_is_not_there_twice() -> None:
    assert malformed(signed() + log_key().sign(TEXT))
    assert malformed(signed() + witness_key().sign(TEXT, NOON))
    later = witness_key().sign(TEXT, NOON + 1)  # another line: it came back and signed again
    assert signers(signed() + later)["city.example/w1"] == NOON + 1


def test_base64_has_one_spelling() -> None:
    assert note.from_base64("") == b""
    for text in ("AA==", "AAA=", "AAAA", "+/+/"):
        assert note.to_base64(note.from_base64(text)) == text
    for text in (
        "A",
        "AA",
        "AA=",
        "AB==",
        "AAB=",
        "AA==AA==",
        "AA==\n",
        " AA==",
        "-_-_",
        "ÀA==",
        "AA=A",
    ):
        with pytest.raises(note.Malformed):
            note.from_base64(text)


def test_what_was_read_stays_as_it_was_read() -> None:
    one, key = note.Note.parse(C2SP_NOTE), note.VerifierKey.parse(C2SP_KEY)
    with pytest.raises(AttributeError):
        one.text = "another text\n"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        key.public = bytes(32)  # type: ignore[misc]


def test_a_note_has_its_size() -> None:
    line = log_key().sign(TEXT)
    text = "x" * (100_000 - len(line) - 2)
    assert not malformed(f"{text}\n\n{line}")
    assert malformed(f"x{text}\n\n{line}")
    lines = [f"— w{n} {note.to_base64(bytes(5))}\n" for n in range(101)]
    assert not malformed(f"{TEXT}\n{''.join(lines[:100])}")
    assert malformed(f"{TEXT}\n{''.join(lines)}")


def test_a_note_with_any_character_changed_is_refused() -> None:
    text = signed()
    for at, mark in enumerate(text):
        for other in {chr(ord(mark) ^ 1), "A", *GARBAGE[at % len(GARBAGE)]} - {mark}:
            assert not accepted(text[:at] + other + text[at + 1 :]), (at, other)
        assert not accepted(text[:at] + text[at + 1 :]), at
        assert not accepted(text[:at] + mark + text[at:]), at
        assert not accepted(text[:at]), at


def test_hostile_input_is_malformed_and_nothing_else() -> None:
    line = log_key().sign(TEXT)
    for text in (
        "\x00" * 1_000_000,
        "\n" * 1_000_000,
        "\ud800" * 1_000_000,
        "— " * 500_000,
        TEXT + "\n" + "— a AAAAAAA=\n" * 1_000_000,
        TEXT + "\n" + "— a AAAAAAA=\n" * 7_000,
        line + "=" * 1_000_000,
        "9" * 1_000_000,
    ):
        assert malformed(text)
        assert no_key(text)
        assert no_key(f"a+b+{text}")
        assert no_key(f"{text}+00000000+{GO_KEYS[0][-44:]}")


@given(st.text() | st.text(GARBAGE) | st.text("ab\n— A=+", max_size=60))
def test_any_text_is_a_note_or_malformed(text: str) -> None:
    for one in (text, f"{text}\n\n{text}", f"{TEXT}\n— {text}\n", f"{TEXT}\n— a {text}\n"):
        try:
            read = note.Note.parse(one)
        except note.Malformed:
            continue
        assert str(read) == one
        assert unsigned(str(read))


@given(st.text() | st.text("ab+01 A="))
def test_any_text_is_a_key_or_malformed(text: str) -> None:
    for one in (text, f"{text}+{GO_KEYS[0][13:]}", f"PeterNeumann+{text}"):
        assert no_key(one) or str(note.VerifierKey.parse(one)) == one
