"""The tests of the proofs notice every small change of the code that they test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from projections import merkle
from projections.seals import checkpoint, note
from tests.projections import test_merkle, test_public_vectors
from tests.projections.seals import notes, test_checkpoint, test_note
from tests.projections.seals.mutants import Mutant, Runaway, mutants_of


class Suite(NamedTuple):
    """The quick tests of a module, the quickest first; `same` are mutants that no test can tell
    from the module, each with the reason.
    """

    module: ModuleType
    users: tuple[ModuleType, ...]
    tests: tuple[Callable[[], None], ...]
    same: dict[str, str]


ORDER = "the length of each is looked at, in any order"
EQUAL = "what is equal to a hash has the length of one"
NOT_ZERO = "an even `at` is here only when it equals `last`, which is not 0: RFC 9162 says it, too"

MERKLE = Suite(
    merkle,
    (test_merkle, test_public_vectors),
    (
        test_public_vectors.test_we_differ_from_the_public_vectors_only_where_we_say_so,
        test_merkle.test_the_root_of_nothing_is_the_hash_of_nothing,
        test_merkle.test_the_reference_inclusion_proof_of_leaf_five_of_eight,
        test_merkle.test_there_are_no_proofs_outside_of_the_tree,
        test_merkle.test_a_leaf_is_laid_out_as_the_archive_says,
        test_merkle.test_a_leaf_is_never_a_node,
        test_merkle.test_what_has_not_thirty_two_bytes_is_no_hash,
        test_merkle.test_what_a_path_says_of_the_size_is_its_shape_and_no_more,
        test_merkle.test_what_growth_says_of_the_sizes_is_its_shape_and_no_more,
        test_merkle.test_every_leaf_of_every_size_is_proven_and_nothing_else_is,
        test_merkle.test_every_size_begins_every_later_size_and_no_other_tree_does,
    ),
    {
        "module: Node = Callable[[int, int], bytes] → pass": "a name for annotations",
        "root_of: 0 → -1": "the first of one leaf is the last of it",
        "verify_inclusion: _hashes(leaf, expected, *proof)"
        " → _hashes(expected, leaf, *proof)": ORDER,
        "verify_inclusion: _hashes(leaf, expected, *proof)"
        " → _hashes(leaf, *proof, expected)": ORDER,
        "verify_consistency: _hashes(first_root, second_root, *proof)"
        " → _hashes(second_root, first_root, *proof)": ORDER,
        "verify_consistency: _hashes(first_root, second_root, *proof)"
        " → _hashes(first_root, *proof, second_root)": ORDER,
        "verify_inclusion: _hashes(leaf, expected, *proof) → _hashes(leaf, *proof)": EQUAL,
        "verify_consistency: _hashes(first_root, second_root, *proof)"
        " → _hashes(first_root, *proof)": EQUAL,
        "verify_inclusion: not at & 1 and at → not at & 1": NOT_ZERO,
        "verify_consistency: not at & 1 and at → not at & 1": NOT_ZERO,
    },
)
NOTE = Suite(
    note,
    (test_note, notes),
    (
        test_note.test_what_others_have_signed_is_verified,
        test_note.test_we_sign_as_others_do,
        test_note.test_what_others_have_written_is_read_and_written_back,
        test_note.test_both_have_signed_and_only_for_those_who_know_them,
        test_note.test_a_note_is_written_in_one_way,
        test_note.test_base64_has_one_spelling,
        test_note.test_the_name_of_a_key_is_one_word_without_a_plus,
        test_note.test_a_stranger_of_the_same_name_or_the_same_id_is_ignored,
        test_note.test_a_bad_signature_of_a_known_key_spoils_the_note,
        test_note.test_a_witness_does_not_pass_as_a_log_nor_a_log_as_a_witness,
        test_note.test_a_cosignature_is_laid_out_as_the_specification_says,
        test_note.test_a_cosignature_is_of_its_time_and_of_its_text,
        test_note.test_a_signature_has_its_length,
        test_note.test_a_line_is_not_there_twice,
        test_note.test_what_was_read_stays_as_it_was_read,
        test_note.test_a_note_has_its_size,
        test_note.test_a_key_is_written_in_one_way,
    ),
    {
        "from_base64: True → False": "what is not base64 is not spelled as we spell it, either",
        "VerifierKey.check: len(signature) != SIGNATURE or time > LATEST → time > LATEST": (
            "the library refuses a signature of another length, too; we do not lean on it"
        ),
        "_signature: line.removeprefix(_DASH).partition → line.removeprefix(_DASH).rpartition": (
            "of two spaces, one is in the name or in the base64: either is refused"
        ),
    },
)
CHECKPOINT = Suite(
    checkpoint,
    (test_checkpoint,),
    (
        test_checkpoint.test_a_checkpoint_is_three_lines,
        test_checkpoint.test_a_receipt_is_laid_out_as_the_specification_says,
        test_checkpoint.test_a_receipt_holds_for_its_leaf_index_path_and_checkpoint_only,
        test_checkpoint.test_a_checkpoint_is_written_in_one_way,
        test_checkpoint.test_a_number_of_a_receipt_is_spelled_in_one_way,
        test_checkpoint.test_what_is_not_a_receipt_is_malformed,
        test_checkpoint.test_what_was_read_stays_as_it_was_read,
        test_checkpoint.test_a_receipt_has_its_size,
        test_checkpoint.test_every_receipt_of_every_size_holds_and_is_read_as_written,
        test_checkpoint.test_a_receipt_with_any_line_dropped_twice_or_moved_is_refused,
    ),
    {},
)


def noticed(suite: Suite, mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether some test of the suite fails, in whatever way, with the mutant in place."""
    try:
        made = mutant.module(suite.module)
        with monkeypatch.context() as patch:
            for user in suite.users:
                patch.setattr(user, suite.module.__name__.rpartition(".")[2], made)
            for test in suite.tests:
                test()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a mutant may do anything
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("suite", [MERKLE, NOTE, CHECKPOINT], ids=["merkle", "note", "checkpoint"])
def test_every_small_change_is_noticed(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(str(suite.module.__file__)).read_text()
    unchanged = Mutant("nothing", compile(source, "unchanged", "exec"))
    assert not noticed(suite, unchanged, monkeypatch)
    lived = {one.name for one in mutants_of(source) if not noticed(suite, one, monkeypatch)}
    assert lived == set(suite.same)


def test_a_mutant_differs_in_one_place_and_ends() -> None:
    source = "def down(n):\n    'Says no.'\n    while n > 0:\n        n = n - 1\n    return n\n"
    mutants = {one.name: one for one in mutants_of(source)}
    assert list(mutants) == [
        "down: n > 0 → n >= 0",
        "down: n > 0 → n <= 0",
        "down: 0 → 1",
        "down: 0 → -1",
        "down: n = n - 1 → pass",
        "down: n - 1 → n + 1",
        "down: n - 1 → n",
        "down: 1 → 2",
        "down: 1 → 0",
        "down: return n → pass",
    ]
    like = ModuleType("like")
    assert mutants["down: n > 0 → n >= 0"].module(like).down(3) == -1
    assert mutants["down: 0 → 1"].module(like).down(3) == 1
    for name in ("down: n = n - 1 → pass", "down: n - 1 → n + 1", "down: 1 → 0"):
        with pytest.raises(Runaway):
            mutants[name].module(like).down(3)
