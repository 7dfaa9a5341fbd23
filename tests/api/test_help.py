"""Help texts: read as they are written, and no others."""

from __future__ import annotations

import pytest

from api.pages import helping, viewer

KINDS = [kind for kind, _ in helping.pages()]


def test_a_text_is_read_as_it_is_written() -> None:
    told = helping.read(
        "# Лист\n\nПишут **все**,\nи <вы>.\n\n## Ещё\n\n- [дом](/)\n- `Esc` — прочь\n\n"
        "## Клавиши\n\n- `5` — отметка\n\n- `4` — тоже\n\n## Конец\n\nСлово."
    )
    assert told.title == "Лист"
    assert told.body == (
        "<p>Пишут <strong>все</strong>, и &lt;вы&gt;.</p>\n<h2>Ещё</h2>\n"
        '<ul><li><a href="/">дом</a></li><li><kbd>Esc</kbd> — прочь</li></ul>\n'
        "<h2>Конец</h2>\n<p>Слово.</p>"
    )
    assert told.keys == "<ul><li><kbd>5</kbd> — отметка</li><li><kbd>4</kbd> — тоже</li></ul>"
    with pytest.raises(ValueError, match="title"):
        helping.read("Без заглавия")


@pytest.mark.parametrize("kind", ["", "../help", "no-such", "guide", "teacher/today", "a-b-c"])
def test_what_is_no_help_is_not_read(kind: str) -> None:
    assert helping.text(kind) is None


def test_no_text_leads_elsewhere() -> None:
    for kind in [*KINDS, *(f"guide-{role}" for role in viewer.SECTIONS)]:
        told = helping.text(kind)
        assert told
        assert "](" not in told.body + told.keys, f"{kind}: a link that is not of this site"
