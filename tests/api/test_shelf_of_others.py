"""What is kept of a page of the journal when what moves is elsewhere: another class, another
process, the reader's own right.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from projections.postgres.settings import Settings
from tests.api.ground import ALGEBRA_PLACE, Clock, Desk, project, running
from tests.api.test_marks import FIVE, TYPO, give
from tests.api.test_movements import TRANSFER
from tests.cast import CLASS_7A, CLASS_7B, PETYA
from tests.conftest import SECRET

At = Callable[[str], Desk]


def carried(reader: Desk) -> list[str]:
    page = reader.get(f"/classes/{CLASS_7B}/register", **ALGEBRA_PLACE).json()
    [petya] = [one for one in page["pupils"] if one["pupil_id"] == PETYA]
    return [one["value"] for one in petya["carried"]]


def test_a_mark_corrected_in_the_former_class_is_on_the_page_of_the_new_one(
    desk: At, kukarino: str
) -> None:
    anna, alla = desk("anna"), desk("alla")
    give(anna)
    assert alla.post(f"/classes/{CLASS_7A}/transfers", TRANSFER).is_success
    project(kukarino)
    assert (carried(alla), carried(alla)) == (["5"], ["5"])

    assert anna.post(f"/marks/{FIVE}/corrections", TYPO).is_success
    project(kukarino)

    assert carried(alla) == ["4"]


def test_what_another_web_process_has_written_is_on_the_kept_page(
    client: TestClient, desk: At, kukarino: str, tmp_path: Path, clock: Clock
) -> None:
    def marks(reader: Desk, position: int = 0) -> int:
        place = ALGEBRA_PLACE | {"min_position": str(position)}
        page = reader.get(f"/classes/{CLASS_7A}/register", **place).json()
        return sum(len(one["cells"]) for one in page["pupils"])

    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=kukarino, pool_max=4)
    anna = desk("anna")
    with running(settings, clock) as other:
        kira = Desk(other, "kira")
        assert (marks(kira), marks(kira)) == (0, 0)
        position = give(anna)
        project(kukarino)
        assert marks(kira, position) == 2
    assert marks(anna, position) == 2
