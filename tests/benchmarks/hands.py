"""`grid-hands`: the page of 30 pupils × 60 lessons in a real browser, from its first script on.

What the browser itself traces on the page's own thread, without a cache: until a teacher can type,
and until everything that is fetched later is there; then for one key.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from statistics import median
from typing import Any

from tests.benchmarks.grid import filled, page_of
from tests.benchmarks.served import Served, server, sign_in
from tests.benchmarks.table import Result

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MOST_SCRIPT_MS = 300
MOST_KEY_MS = 50
KEYS = 20
CATEGORIES = ["devtools.timeline", "disabled-by-default-v8.compile", "v8"]
#: a script is compiled, run, called, continued after a wait, cleaned up after
SCRIPT = {
    *("EvaluateScript", "v8.evaluateModule", "v8.compile", "v8.compileModule", "FunctionCall"),
    *("RunMicrotasks", "MajorGC", "MinorGC", "V8.GCScavenger"),
}
DRAWING = {"Layout", "UpdateLayoutTree", "PrePaint", "Paint", "Layerize"}
READY = "() => document.querySelector('journal-grid[data-ready]') !== null"
LATER = ("card", "lesson", "term", "preview", "live")  # fetched when the page is at rest


def grid_hands(rounds: int) -> Iterator[Result]:
    """Script until the first key, until all is there, and a key. Raises RuntimeError."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not part of the program

    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        raise RuntimeError("there is no Chromium on this machine")
    with (
        filled(1) as (url, [group]),
        server(url, "api", "serve", "--socket") as ours,
        sync_playwright() as playwright,
    ):
        [token] = sign_in(url, [group.teacher.person_id])
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        seen = [_visit(browser, ours, page_of(group), token) for _ in range(rounds)]
        browser.close()
    yield _result("grid-hands, until the first key", seen, "first", MOST_SCRIPT_MS)
    yield _result("grid-hands, with what comes later", seen, "all", MOST_SCRIPT_MS)
    yield _result("grid-hands, a key", seen, "key", MOST_KEY_MS)


def _result(name: str, seen: list[dict[str, float]], part: str, most: int) -> Result:
    script = median(one[part] for one in seen)
    notes = (
        f"style, layout and paint besides: {median(one[f'{part} drawing'] for one in seen):.0f} ms"
    )
    if part == "first":
        notes += f"; {median(one['cells'] for one in seen):.0f} cells"
        notes += f", a key is taken {median(one['ready'] for one in seen):.0f} ms after the request"
    return Result(name, script, None, script, f"script ≤ {most} ms", "ms", script <= most, notes)


def _visit(browser: Any, ours: Served, path: str, token: str) -> dict[str, float]:
    found: dict[str, float] = {}

    def part(name: str, page: Any, work: Callable[[], object]) -> None:
        browser.start_tracing(page=page, categories=CATEGORIES)
        work()
        events = json.loads(browser.stop_tracing())["traceEvents"]
        found[name] = _together(events, SCRIPT)
        found[f"{name} drawing"] = _together(events, DRAWING)

    origin = f"http://127.0.0.1:{ours.port}"
    for name, there in (("first", READY), ("all", _all_there())):
        context = browser.new_context(viewport={"width": 1366, "height": 800})
        context.add_cookies([{"name": "letopis", "value": token, "url": origin}])
        page = context.new_page()
        page.goto(f"{origin}/help")  # a page of this site: the thread that is traced stays the same

        def come(page: Any = page, there: str = there) -> None:
            page.goto(origin + path, wait_until="commit")
            page.wait_for_function(there)

        part(name, page, come)
        if name == "first":
            found["ready"] = page.evaluate("performance.now()")
            context.close()
    page.wait_for_load_state("networkidle")
    found["cells"] = page.locator("journal-grid td.c").count()
    page.locator("journal-grid td.c:empty").last.click()
    part("key", page, lambda: [page.keyboard.press(key) for key in KEYS // 2 * "54"])
    if page.locator("journal-grid td.cur").inner_text() != "4":
        raise RuntimeError("the keys have not been taken")
    for name in ("key", "key drawing"):
        found[name] /= KEYS
    context.close()
    return found


def _together(events: Iterable[dict[str, Any]], names: set[str]) -> float:
    """Milliseconds of these, what is inside another counted once, on the thread that has most."""
    threads: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for one in events:
        if one.get("ph") == "X" and one["name"] in names:
            span = (one["ts"], one["ts"] + one.get("dur", 0))
            threads.setdefault((one["pid"], one["tid"]), []).append(span)
    sums = [0.0]
    for spans in threads.values():
        total, until = 0.0, 0.0
        for start, end in sorted(spans):
            total += max(0.0, end - max(start, until))
            until = max(until, end)
        sums.append(total / 1000)
    return max(sums)


def _all_there() -> str:
    names = [f"/{name}.js" for name in LATER]
    return (
        f"() => {names}.every((name) => performance.getEntriesByType('resource')"
        ".some((one) => one.name.endsWith(name)))"
        " && document.querySelector('td.term[title]') !== null"  # the last of them has drawn
    )
