"""Clause 5.3: the archive of a year, checked by the program that lies in it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.catalogue import FACTS
from domain.refusals import Conflict
from projections.archive import verify
from projections.archive.bag import pack
from projections.archive.reading import signed
from projections.archive.replay import replay_bag
from projections.archive.write import Written
from projections.seals.checkpoint import Checkpoint
from tests.archive.archived import Archived
from tests.archive.every_byte import flips


def check(path: Path, *notes: str) -> verify.Report:
    return verify.check(str(path), outside=[note.encode() for note in notes], signed=signed)


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as zipped:
        zipped.extractall(folder)
    (root,) = folder.iterdir()
    return root


def test_a_bare_directory_with_python_and_openssl_is_enough(bags: Written, tmp_path: Path) -> None:
    root = unpacked(bags.journal, tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", root / "data" / "verify.py", root, "--key", bags.keys[0]],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "СОШЛОСЬ" in done.stdout
    assert bags.root in done.stdout


def test_the_same_log_gives_the_same_bytes(school: Archived, bags: Written, tmp_path: Path) -> None:
    again = school.write(tmp_path)
    assert again.journal.read_bytes() == bags.journal.read_bytes()
    assert again.people.read_bytes() == bags.people.read_bytes()
    assert [one.name for one in tmp_path.iterdir() if one.is_dir()] == []


def test_an_interrupted_work_goes_on_and_what_a_crash_has_spoilt_is_written_anew(
    school: Archived, bags: Written, tmp_path: Path
) -> None:
    facts = tmp_path / f".{bags.journal.name.removesuffix('-journal.zip')}/journal/data/facts"
    facts.mkdir(parents=True)
    (facts / "facts-000000000001.jsonl").write_bytes(b"")
    assert school.write(tmp_path).journal_sha256 == bags.journal_sha256


def test_what_does_not_agree_with_its_seal_gets_no_name(
    school: Archived, bags: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / bags.journal.name
    before.write_bytes(b"of last week")

    def refuse(*_: object, **__: object) -> None:
        raise verify.Wrong("записи не те")

    monkeypatch.setattr(verify, "check", refuse)
    with pytest.raises(Conflict, match="записи не те"):
        school.write(tmp_path)
    assert before.read_bytes() == b"of last week"
    assert [one.name for one in tmp_path.glob("letopis-*")] == [before.name]


def test_no_name_is_in_the_journal_and_every_name_is_with_the_people(bags: Written) -> None:
    journal, people = bags.journal.read_bytes(), bags.people.read_bytes()
    for name in ("Петров", "Иванова", "молодец", "опечатка"):
        assert name.encode() not in journal
        assert name.encode() in people


def test_a_file_of_a_lesson_is_there_by_its_digest_and_its_name_alone(bags: Written) -> None:
    journal, people = bags.journal.read_bytes(), bags.people.read_bytes()
    digest, name = hashlib.blake2b(b"file", digest_size=32).hexdigest(), "Карточка 3.pdf"
    assert digest.encode() in journal
    assert b"c2VhbGVk" not in journal + people
    assert (name.encode() in journal, name.encode() in people) == (False, True)


def test_no_flipped_byte_of_the_zip_is_accepted(bags: Written, tmp_path: Path) -> None:
    _flip(bags.journal, tmp_path, range(0, bags.journal.stat().st_size, 2_999))


def test_no_flipped_byte_of_the_table_of_contents_is_accepted(
    bags: Written, tmp_path: Path
) -> None:
    size = bags.people.stat().st_size
    _flip(bags.people, tmp_path, [*range(30), *range(size - 300, size)])


def test_no_flipped_byte_at_all_of_the_peoples_bag_is_accepted(bags: Written) -> None:
    assert list(flips(bags.people)) == list(range(bags.people.stat().st_size))


def _flip(path: Path, folder: Path, places: range | list[int]) -> None:
    spoilt = folder / "spoilt.zip"
    shutil.copy(path, spoilt)
    with spoilt.open("r+b") as file:
        for at in places:
            file.seek(at)
            was = file.read(1)
            file.seek(at)
            file.write(bytes([was[0] ^ 1]))
            file.flush()
            with pytest.raises(verify.Wrong):
                check(spoilt)
            file.seek(at)
            file.write(was)
    assert check(path)


def test_no_flipped_file_of_a_folder_is_accepted(bags: Written, tmp_path: Path) -> None:
    root = unpacked(bags.people, tmp_path)
    for path in [one for one in root.rglob("*") if one.is_file()]:
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1}:
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
            with pytest.raises(verify.Wrong):
                check(root)
        path.write_bytes(whole)
    assert check(root).kind == "people"


Lines = list[bytes]


@pytest.mark.parametrize(
    "forge",
    [
        lambda lines: lines[:5] + lines[6:],
        lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
        lambda lines: [*lines[:5], lines[5].replace(b'"role', b'"rola'), *lines[6:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: lines[:-1],
    ],
    ids=["one is left out", "two are swapped", "one is altered", "one is added", "the last is cut"],
)
def test_whoever_forges_facts_and_all_their_sums_is_found_out_by_the_seal(
    bags: Written, tmp_path: Path, forge: Callable[[Lines], Lines]
) -> None:
    root = unpacked(bags.journal, tmp_path / "bag")
    (facts,) = (root / "data" / "facts").iterdir()
    facts.write_bytes(b"".join(forge(facts.read_bytes().splitlines(keepends=True))))
    for tag in root.glob("*.txt"):
        tag.unlink()
    forged = tmp_path / "forged.zip"
    pack(root, forged, root.name, lambda _: b"Forged: yes\n")
    with pytest.raises(verify.Wrong):
        check(forged)


LINE = (
    '{"position":1,"stream":"0d4c8a1e-58b6-4d8e-9f0a-3f6f3f1c2b10","version":1,'
    '"topic":"journal.topic-recorded","stored":"{\\"at\\":\\"2026-09-02\\"}"}\n'
)


def test_a_line_as_the_journal_writes_it_is_taken() -> None:
    position, stream, version, leaf = verify.leaf_of(LINE.encode(), "facts")
    assert (position, stream, version) == (1, "0d4c8a1e-58b6-4d8e-9f0a-3f6f3f1c2b10", 1)
    assert leaf.endswith(b'journal.topic-recorded{"at":"2026-09-02"}')


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ('"position":1', '"position":true'),
        ('"version":1', '"version":true'),
        ('"version":1', '"version":1.0'),
        ('"version":1', '"version":-1'),
        ('"position":1', '"position": 1'),
        ('"position":1', '"position":01'),
        ("0d4c8a1e", "0D4C8A1E"),
        ("0d4c8a1e-58b6", "{0d4c8a1e-58b6"),
        ('"stream":"0d4c8a1e-58b6-4d8e-9f0a-3f6f3f1c2b10"', '"stream":["0d4c"]'),
        ("topic-recorded", "topic\\u002drecorded"),
        ('"}\n', '","more":1}\n'),
        ('"}\n', '"]\n'),
        ('"version":1', '"version":0'),
        ('"topic":"journal', '"topic":"\\tjournal'),
        ("2026-09-02", "2026\\u002d09-02"),
        ("2026-09-02", "2026-09-02\\/"),
        ("2026-09-02", "2026-09-02\\"),
        ('"stored":"{\\"at\\":\\"2026-09-02\\"}"', '"stored":2026'),
        ('"stored":"{\\"at\\":\\"2026-09-02\\"}"', '"stored":["at"]'),
        ('"}\n', '"} \n'),
        ("{", "\ufeff{"),
        ("topic", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")),
    ],
)
def test_a_line_spelled_otherwise_is_refused(written: str, otherwise: str) -> None:
    line = LINE.replace(written, otherwise, 1)
    assert line != LINE
    with pytest.raises(verify.Wrong):
        verify.leaf_of(line.encode("utf-8" if "\ufeff" in line else "latin-1"), "facts")


def test_a_sheet_that_the_facts_do_not_give_is_named_by_the_replay(
    bags: Written, tmp_path: Path
) -> None:
    assert replay_bag(bags.journal).differing == []
    root = unpacked(bags.journal, tmp_path / "bag")
    sheet = root / "data/sheets/07a/marks.csv"
    sheet.write_bytes(sheet.read_bytes().replace(b";4;", b";5;", 1))
    for tag in root.glob("*.txt"):
        tag.unlink()
    forged = tmp_path / "forged.zip"
    pack(root, forged, root.name, lambda _: b"Forged: yes\n")
    assert replay_bag(forged).differing == ["data/sheets/07a/marks.csv"]


def test_the_sheets_say_what_the_journal_shows(school: Archived, bags: Written) -> None:
    with zipfile.ZipFile(bags.journal) as zipped:
        name = next(one for one in zipped.namelist() if one.endswith("07a/marks.csv"))
        marks = [line.split(";") for line in zipped.read(name).decode("utf-8-sig").splitlines()[1:]]
        lessons = zipped.read(name.replace("marks", "lessons")).decode("utf-8-sig")
    page = school.at.page()
    shown = {
        (mark["mark_id"], mark["value"])
        for pupil in page["pupils"]
        for cell in pupil["cells"].values()
        for mark in cell
    }
    assert {(one[-1], one[4]) for one in marks} == shown
    assert len(shown) == 4
    assert ";'=Дроби;" in lessons


def test_notes_from_outside_are_compared(school: Archived, bags: Written) -> None:
    assert "сходится" in check(bags.journal, bags.cover).notes[0]
    head = verify.head_of(
        bags.cover.encode(), school.sealer.origin, [verify.key_of(bags.keys[0])], signed
    )
    lie = school.sealer.signed(Checkpoint(school.sealer.origin, head[0], b"x" * 32))
    with pytest.raises(verify.Wrong, match="ИСТОРИЯ ПЕРЕПИСАНА"):
        check(bags.journal, lie)


def test_every_topic_has_its_schema(bags: Written) -> None:
    with zipfile.ZipFile(bags.journal) as zipped:
        names = [one for one in zipped.namelist() if "/schemas/" in one]
        assert len(names) == len(FACTS)
        assert json.loads(zipped.read(names[0]))["$ref"]
