"""The scripts of the pages, run by the node that Playwright carries: no npm, no build."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from api.pages.assets import ASSETS, FOLDER, lighter

HERE = Path(__file__).parent
TEACHERS_PAGE = ("core", "grid", "model", "outbox", "queue", "register", "shell", "theme")
BUDGET = 15_000  # bytes, compressed
IMPORT = re.compile(r'^import .*?"\./([\w-]+\.js)";', re.MULTILINE | re.DOTALL)
FOREIGN = re.compile(r"https?://|\beval\(|new Function")


@pytest.fixture(scope="session")
def node() -> Path:
    """Playwright's own node; without Playwright these tests say that they did not run."""
    playwright = pytest.importorskip("playwright", reason="no Playwright, hence no node to run")
    found = Path(playwright.__file__).parent / "driver" / "node"
    if not found.exists():
        pytest.skip("this Playwright carries no node")
    return found


@pytest.mark.parametrize("suite", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_the_modules_do_what_their_sentences_say(node: Path, suite: str) -> None:
    run = subprocess.run(
        [node, "--test", "--test-reporter=spec", HERE / suite],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"^ℹ pass (\d+)$", run.stdout, re.MULTILINE)
    assert passed, run.stdout
    assert int(passed[1]) > 0, "node found no tests"


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.js")))
def test_a_script_without_its_comments_is_still_a_script(
    node: Path, name: str, tmp_path: Path
) -> None:
    module = tmp_path / f"{Path(name).stem}.mjs"
    module.write_text(lighter((FOLDER / name).read_text(encoding="utf-8"), ".js"))
    run = subprocess.run(
        [node, "--check", module], capture_output=True, text=True, check=False, timeout=30
    )
    assert run.returncode == 0, run.stderr


def test_a_teacher_can_type_after_fifteen_kilobytes_of_script() -> None:
    total = sum(len(ASSETS.files[f"{name}.js"].compressed) for name in TEACHERS_PAGE)
    assert total <= BUDGET


def test_the_teachers_page_imports_nothing_that_the_budget_does_not_count() -> None:
    counted = {f"{name}.js" for name in TEACHERS_PAGE}
    for name in counted:
        script = ASSETS.files[name].content.decode()
        imported = set(
            re.findall(r'^import .*?"\./([\w-]+\.js)";', script, re.MULTILINE | re.DOTALL)
        )
        assert imported <= counted, name


def test_scripts_come_from_this_house_only() -> None:
    for path in FOLDER.glob("*.js"):
        assert not re.search(
            r"https?://|\beval\(|new Function", path.read_text(encoding="utf-8")
        ), path
