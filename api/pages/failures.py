"""Pages of failure, in words that say what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse

from api.pages.rendering import page

WORDS: dict[int, tuple[str, str]] = {
    403: (
        "Эта страница не для вас",
        (
            "У вашей роли нет доступа к этому журналу. Если вы ведёте этот класс или замещаете, "
            "попросите заместителя директора проверить назначение."
        ),
    ),
    404: (
        "Такой страницы нет",
        "Возможно, ссылка устарела или в адресе опечатка. Ваши записи на месте.",
    ),
    410: ("Больше не открыто", "Право на это закончилось: обратитесь в школу."),
    503: (
        "Журнал сейчас занят",
        (
            "Сервер перезапускается или перегружен. Ничего не потеряно: подождите минуту и "
            "обновите страницу."
        ),
    ),
}
OTHERWISE = (
    "Что-то пошло не так",
    (
        "Страница не открылась. Записанное сохранено. Попробуйте ещё раз, а если не поможет — "
        "сообщите администратору школы."
    ),
)


def failure_page(
    status: int,
    *,
    title: str = "",
    detail: str = "",
    viewer: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page for a person; `title` and `detail` (the refusal's own sentence) in place of the usual
    words.
    """
    heading, usual = WORDS.get(status, OTHERWISE)
    context = {"status": status, "title": title or heading, "text": detail or usual}
    response = page("errors/failure.html", context, viewer=viewer, status=status)
    response.headers.update(headers or {})
    return response
