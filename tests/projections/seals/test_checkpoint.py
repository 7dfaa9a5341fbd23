"""Checkpoints and receipts: they hold as written, and nothing else that looks like them does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections import merkle
from projections.seals import checkpoint
from projections.seals.note import Malformed, Note, Unsigned, from_base64, to_base64
from tests.projections.seals.notes import COSIGNED, GARBAGE, NOON, known, signed

ORIGIN = "school17.example/journal"
SIZE, INDEX = 11, 6
LEAVES = [
    merkle.leaf_bytes(bytes(range(16)), 3, at + 1, "journal.mark-given", b'{"mark":"%d"}' % at)
    for at in range(SIZE)
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
ROOT = merkle.root_of(HASHES)


def proven(index: int = INDEX, size: int = SIZE) -> checkpoint.Receipt:
    """The receipt of a leaf, signed by the log and the witness at noon."""
    path = merkle.inclusion_proof(
        lambda level, at: merkle.root_of(HASHES[at << level : (at + 1) << level]), index, size
    )
    head = checkpoint.Checkpoint(ORIGIN, size, merkle.root_of(HASHES[:size]))
    return checkpoint.Receipt(LEAVES[index], index, tuple(path), Note.parse(signed(str(head))))


def accepted(text: str) -> bool:
    """Whether this is a receipt that holds, with the signatures of the log and of the witness."""
    try:
        read = checkpoint.Receipt.parse(text)
        times = {key.name: time for key, time in read.note.verify(known()).items()}
        holds = read.holds
    except (Malformed, Unsigned):
        return False
    return holds and times == {ORIGIN: 0, "city.example/w1": NOON}


def malformed(text: str) -> bool:
    """Whether it is no receipt at all."""
    try:
        checkpoint.Receipt.parse(text)
    except Malformed:
        return True
    return False


def no_head(text: str) -> bool:
    """Whether it is no checkpoint."""
    try:
        checkpoint.Checkpoint.parse(text)
    except Malformed:
        return True
    return False


def variants(text: str, at: int) -> set[str]:
    """A text with one character replaced (by three others), dropped, or written twice."""
    mark, before, after = text[at], text[:at], text[at + 1 :]
    others = {chr(ord(mark) ^ 1), "A", GARBAGE[at % len(GARBAGE)], mark.swapcase()} - {mark}
    return {before + other + after for other in others} | {
        before + after,
        before + mark * 2 + after,
    }


def test_a_checkpoint_is_three_lines() -> None:
    head = checkpoint.Checkpoint.of(Note.parse(COSIGNED))
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.root == from_base64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert f"{head}\n" == COSIGNED[: COSIGNED.index("—")]
    root = to_base64(ROOT)
    for size in (0, 1, 9, 10, 11, 10**19 - 1):
        text = f"x\n{size}\n{root}\n"
        assert checkpoint.Checkpoint.parse(text) == checkpoint.Checkpoint("x", size, ROOT)
        assert str(checkpoint.Checkpoint.parse(text)) == text


def test_a_checkpoint_is_written_in_one_way() -> None:
    root = to_base64(ROOT)
    for size in (
        "",
        "-1",
        "+1",
        "01",
        "00",
        " 1",
        "1 ",
        "1_0",
        "٣",
        "\uff11",
        "²",
        "1e1",
        "0x1",
        "1.0",
        "1" * 20,
    ):
        assert no_head(f"x\n{size}\n{root}\n"), size
    for text in (
        "",
        "\n\n\n",
        f"\n1\n{root}\n",
        f"x\n1\n{root}",
        f"x\n1\n{root}\nx",
        f"x\n1\n{root}\n\n",
        f"x\n1\n{root}\nan extension\n",
        f"x\n1\n{root} \n",
        f"x\n1\n {root}\n",
        f"x\n1\n{root[:-1]}\n",
        f"x\n1\n{to_base64(ROOT[:-1])}\n",
        f"x\n1\n{to_base64(ROOT + ROOT[:1])}\n",
        "x\n1\n\n",
        f"x\r\n1\r\n{root}\r\n",
        f"x\u20281\u2028{root}\u2028",
        f"1\n{root}\n",
    ):
        assert no_head(text), text


def test_every_receipt_of_every_size_holds_and_is_read_as_written() -> None:
    for size in range(1, SIZE + 1):
        for index in range(size):
            one = proven(index, size)
            assert one.holds
            assert one.checkpoint == checkpoint.Checkpoint(
                ORIGIN, size, merkle.root_of(HASHES[:size])
            )
            assert checkpoint.Receipt.parse(str(one)) == one
            assert accepted(str(one))


def test_a_receipt_is_laid_out_as_the_specification_says() -> None:
    one = proven(2, 3)
    assert str(one) == (
        "c2sp.org/tlog-proof@v1\n"
        f"extra {to_base64(LEAVES[2])}\n"
        "index 2\n"
        f"{to_base64(merkle.node_hash(HASHES[0], HASHES[1]))}\n"
        "\n"
        f"{one.note}"
    )
    assert str(proven(0, 1)).split("\n")[2:4] == ["index 0", ""]


def test_a_receipt_holds_for_its_leaf_index_path_and_checkpoint_only() -> None:
    one = proven()
    other = proven(INDEX + 1)
    assert not checkpoint.Receipt(LEAVES[0], INDEX, one.path, one.note).holds
    assert not checkpoint.Receipt(HASHES[INDEX], INDEX, one.path, one.note).holds
    assert not checkpoint.Receipt(one.leaf, INDEX, other.path, one.note).holds
    assert not checkpoint.Receipt(one.leaf, INDEX, one.path, proven(1, 10).note).holds
    for index in (*range(INDEX), *range(INDEX + 1, 64), -1):
        assert not checkpoint.Receipt(one.leaf, index, one.path, one.note).holds


def test_a_receipt_with_any_bit_of_the_leaf_flipped_is_refused() -> None:
    one = proven()
    for bit in range(len(one.leaf) * 8):
        raw = bytearray(one.leaf)
        raw[bit >> 3] ^= 1 << (bit & 7)
        assert not checkpoint.Receipt(bytes(raw), INDEX, one.path, one.note).holds, bit


def test_a_receipt_with_any_character_changed_is_refused() -> None:
    text = str(proven())
    assert accepted(text)
    for at in range(len(text)):
        for spoiled in variants(text, at):
            assert not accepted(spoiled), (at, spoiled[at - 10 : at + 10])
        assert not accepted(text[:at]), at


def test_a_receipt_with_any_line_dropped_twice_or_moved_is_refused() -> None:
    lines = str(proven()).splitlines(keepends=True)
    for at in range(len(lines)):
        assert not accepted("".join(lines[:at] + lines[at + 1 :])), at
        assert not accepted("".join(lines[: at + 1] + lines[at:])), at
        for ending in ("\r\n", " \n", "\u2028", "\n\n", "\x0b", "="):
            spoiled = lines[at].removesuffix("\n") + ending
            assert not accepted("".join([*lines[:at], spoiled, *lines[at + 1 :]])), (at, ending)
        for place in range(at + 1, len(lines)):
            moved = lines.copy()
            moved[at], moved[place] = moved[place], moved[at]
            # two signatures are signatures of the same two in either order
            same = moved == lines or at == len(lines) - 2
            assert accepted("".join(moved)) == same, (at, place)


def test_a_number_of_a_receipt_is_spelled_in_one_way() -> None:
    text = str(proven())
    for index in ("06", "+6", " 6", "6 ", "٦", "\uff16", "6.0", "0x6", "-6", "", "6\n", "6_"):
        assert malformed(text.replace("index 6\n", f"index {index}\n")) or index == "6\n"
        assert not accepted(text.replace("index 6\n", f"index {index}\n")), index


def test_what_is_not_a_receipt_is_malformed() -> None:
    text = str(proven())
    head, _, signatures = text.partition("\n\n")
    for spoiled in (
        "",
        "\n\n",
        head,
        f"{head}\n\n",
        str(proven().note),
        text.replace("@v1", "@v2"),
        text.replace("extra ", ""),
        text.replace("extra ", "extra"),
        text.replace("extra ", "Extra "),
        text.replace("extra ", "extra\t"),
        text.replace("index ", ""),
        text.replace("index ", "index"),
        text.replace("index 6\n", ""),
        "\n".join([*head.split("\n")[:1], *head.split("\n")[2:]]) + f"\n\n{signatures}",  # no leaf
        "\n".join(head.split("\n")[:2]) + f"\n\n{signatures}",
        f"\ufeff{text}",
        f" {text}",
        f"{head}\nnot a hash\n\n{signatures}",
        f"{head}\n{to_base64(bytes(31))}\n\n{signatures}",
        f"{head}\n{to_base64(bytes(33))}\n\n{signatures}",
    ):
        assert malformed(spoiled), spoiled
    assert not malformed(text)
    with pytest.raises(Malformed):
        assert checkpoint.Receipt.parse(f"{head}\n\n{signed('not a checkpoint')}").holds


def test_what_was_read_stays_as_it_was_read() -> None:
    one = checkpoint.Receipt.parse(str(proven()))
    with pytest.raises(AttributeError):
        one.index = 0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        one.checkpoint.size = 0  # type: ignore[misc]


def test_a_receipt_has_its_size() -> None:
    one = proven()
    short = Note("x\n", one.note.signatures)
    room = 200_000 - len(str(checkpoint.Receipt(bytes(90_000), INDEX, one.path, short)))
    for extra, refused in ((0, False), (1, True)):
        long = Note("x" * (room + extra) + short.text, one.note.signatures)
        assert malformed(str(checkpoint.Receipt(bytes(90_000), INDEX, one.path, long))) == refused
    high = checkpoint.Receipt(b"", 10**19 - 1, one.path * 16, one.note)  # 64 steps
    assert checkpoint.Receipt.parse(str(high)) == high


def test_hostile_input_is_malformed_and_nothing_else() -> None:
    head, _, signatures = str(proven()).partition("\n\n")
    step = head.split("\n")[3]
    for text in (
        "\x00" * 1_000_000,
        "\n" * 1_000_000,
        "\ud800" * 1_000_000,
        "9" * 1_000_000,
        f"{head}{f'{chr(10)}{step}' * 100_000}\n\n{signatures}",
        f"{head}\n\n{signatures}" + "— a AAAAAAA=\n" * 1_000_000,
        head.replace("index 6", f"index {'6' * 1_000_000}") + f"\n\n{signatures}",
        head.replace("extra ", f"extra {'A' * 1_000_000}") + f"\n\n{signatures}",
        head.replace("extra ", "extra \ud800") + f"\n\n{signatures}",
    ):
        assert malformed(text), text[:200]
        assert no_head(text)
        assert no_head(f"{text}\n1\n{text}\n")
        assert no_head(f"x\n{text}\n{text}\n")


@given(st.text() | st.text(GARBAGE) | st.text("09AZ=\n ", max_size=50))
def test_any_text_is_a_receipt_or_malformed(text: str) -> None:
    head, _, signatures = str(proven()).partition("\n\n")
    first, extra, index, *_ = head.split("\n")
    for one in (
        text,
        f"{first}\n{text}\n\n{text}",
        f"{first}\nextra {text}\n{index}\n\n{signatures}",
        f"{first}\n{extra}\nindex {text}\n\n{signatures}",
        f"{first}\n{extra}\n{index}\n{text}\n\n{signatures}",
        f"{head}\n\n{text}\n\n{signatures}",
    ):
        assert malformed(one) or str(checkpoint.Receipt.parse(one)) == one
        assert not accepted(one)


@given(st.text() | st.text("0123456789٣ _\n"))
def test_any_text_is_a_checkpoint_or_malformed(text: str) -> None:
    root = to_base64(ROOT)
    for one in (text, f"{text}\n1\n{root}\n", f"x\n{text}\n{root}\n", f"x\n1\n{text}\n"):
        assert no_head(one) or str(checkpoint.Checkpoint.parse(one)) == one
