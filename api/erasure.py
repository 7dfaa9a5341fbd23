"""Erasing a person: what there is, what is erased, and the act about it (152-ФЗ, article 21;
Roskomnadzor's order № 179 of 28.10.2022: an act and an extract of the system's log).

The act is folded from the log, so that it can be printed again and says the same.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any, Final

from api.answers import Written, written
from api.caller import Caller
from api.deps import noted
from domain.permissions import Act, holders
from domain.refusals import Forbidden, Invalid, NotFound
from domain.writing import Request
from projections import directory, erasure
from projections.erasure import Entry, Text
from projections.names import shown

KINDS: Final = {
    "name": "фамилия, имя, отчество",
    "comment": "комментарий учителя",
    "absence": "справка или слова о пропуске",
    "title": "тема итоговой работы или название файла урока",
    "reason": "причина исправления",
    "homework": "личное задание",
    "remark": "замечание к журналу и ответ на него",
    "red-flag": "слово о том, что выяснилось по сигналу",
    "conversation": "слова из разговора",
    "service": "заявление о муниципальной услуге",
    "consent": "бумага согласия: адреса и документы",
    "scan": "скан согласия, приложенный документ или файл урока",
    "text": "комментарий, причина или замечание",
    "account": "логин, сеансы, второй фактор",
}
#: beginnings of topics → what stays, in words
STAYS: Final = (
    ("journal.mark", "отметки и их исправления"),
    ("journal.term-mark", "отметки за период"),
    ("journal.attendance", "посещаемость"),
    ("journal.homework", "домашние задания"),
    ("person.", "номера связей, согласий и доступа"),
    ("office.", "назначения и должности"),
    ("", "прочие записи журнала"),
)
HOW: Final = (
    "удалены строки базы данных, в которых хранились данные, вместе с ключами (солью), по которым"
    " можно было бы проверить догадку; записи журнала сохранили только номер без имени"
)
BACKUPS: Final = (
    "В резервных копиях, сделанных до уничтожения, данные остаются не дольше 35 дней и стираются"
    " вместе с копией; если за это время копию придётся восстановить, уничтожение повторяется по"
    " этому акту."
)
COLUMNS: Final = ("запись", "когда", "кто", "роль", "о ком", "основание", "что", "сколько")
EXCERPT = 300  # characters of a text that are shown


def may_erase(caller: Caller) -> str:
    """Who erases. Raises Forbidden."""
    roles = caller.roles & set(holders(Act.ERASE_PERSON))
    if not roles:
        raise Forbidden("erasure.not_yours", "Данные уничтожают директор и администратор.")
    return min(roles)


async def kept_about(caller: Caller, person_id: str) -> dict[str, Any]:
    """Everything that is kept about a person, once the look has been noted.

    Raises NotFound, Forbidden.
    """
    door = caller.door

    async def decide() -> str:
        return may_erase(caller)

    await noted(caller, "erasure", person_id, decide)
    account = await door.store.account(person_id=person_id)
    async with door.reading() as (conn, schema):
        person = await directory.person(conn, schema, person_id)
        if person is None:
            raise NotFound("person.unknown", "Такого человека в школе нет.")
        name = await erasure.name_of(conn, schema, person_id)
        texts = await erasure.texts(conn, schema, person_id, name.family if name else "")
        about = [one.subject_id for one in texts]
        names = {
            one["person_id"]: one["name"] for one in await directory.people(conn, schema, about)
        }
        position = (await door.progress.now(0.0)).head.position
        staying = await erasure.staying(conn, schema, person_id, position)
    return {
        "person": person,
        "login": account.login if account else None,
        "texts": [_text_json(one, names) for one in texts],
        "stays": _stays(staying),
    }


async def erase(
    caller: Caller, person_id: str, basis: str, payload_ids: list[str], once: Request
) -> Written:
    """The name, the chosen texts and the account go, in one append and one step after it.

    A repeat finds the texts gone and gets its first answer. Raises Forbidden, Invalid, NotFound.
    """
    may_erase(caller)
    door = caller.door
    async with door.reading() as (conn, schema):
        name = await erasure.name_of(conn, schema, person_id)
        found = await erasure.texts(conn, schema, person_id, name.family if name else "")
        erased = await erasure.entries(conn, schema, person_id)
    subjects = {one.payload_id: one.subject_id for one in found}
    if not erased and not subjects.keys() >= set(payload_ids):
        raise Invalid("erasure.unknown_text", "Среди текстов об этом человеке такого нет.")
    chosen: dict[str, list[str]] = {}
    for one in dict.fromkeys(payload_ids):
        if one in subjects:
            chosen.setdefault(subjects[one], []).append(one)
    answer = door.school.erase_person(
        await door.rights.year(), person_id, basis, chosen, by=caller.actor, request=once
    )
    done = await written(answer)
    await door.store.forget(person_id)
    door.sessions.forget(person_id)
    return done


async def act_about(caller: Caller, person_id: str) -> dict[str, Any]:
    """The act: what, when, by whom, how, and the entries of the log. Raises NotFound, Forbidden."""
    door = caller.door

    async def decide() -> str:
        return may_erase(caller)

    await noted(caller, "erasure", person_id, decide)
    async with door.reading() as (conn, schema):
        entries = await erasure.entries(conn, schema, person_id)
        last = next((one for one in reversed(entries) if one.name), None)
        if last is None:
            raise NotFound("erasure.none", "Данные этого человека не уничтожались.")
        gone = [number for one in entries for number in one.texts]
        kinds = await erasure.kinds(conn, schema, gone) if gone else {}
        staying = await erasure.staying(conn, schema, person_id, entries[-1].position)
        people = await directory.people(conn, schema, sorted({one.by for one in entries}))
    names = {one["person_id"]: one["name"] for one in people}
    counted = [("name", sum(one.name for one in entries)), *kinds.items(), ("account", 1)]
    return {
        "school": door.name,
        "system": f"Летопись ({door.slug})",
        "person_id": person_id,
        "basis": last.basis,
        "at": last.at.isoformat(),
        "by": shown(names.get(last.by)),
        "role": last.role,
        "erased": [{"what": KINDS[kind], "count": count} for kind, count in counted],
        "how": HOW,
        "backups": BACKUPS,
        "stays": _stays(staying),
        "entries": [_entry_json(one, names) for one in entries],
    }


def as_csv(act: dict[str, Any]) -> bytes:
    """The entries of the log, as Excel of a Russian school opens them."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow(COLUMNS)
    for one in act["entries"]:
        cells = (one[key] for key in ("position", "at", "by", "role", "subject_id", "basis"))
        what = KINDS["name"] if one["name"] else KINDS["text"]
        count = 1 if one["name"] else len(one["texts"])
        table.writerow([_no_formula(str(cell)) for cell in (*cells, what, count)])
    return out.getvalue().encode("utf-8-sig")


def _no_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _text_json(one: Text, names: dict[str, str]) -> dict[str, Any]:
    return {
        "payload_id": one.payload_id,
        "kind": one.kind,
        "what": KINDS.get(one.kind, KINDS["text"]),
        "about": {"person_id": one.subject_id, "name": names.get(one.subject_id, "")},
        "own": one.own,
        "text": one.body[:EXCERPT],
    }


def _entry_json(one: Entry, names: dict[str, str]) -> dict[str, Any]:
    return {
        "position": one.position,
        "at": one.at.isoformat(),
        "by": shown(names.get(one.by)),
        "role": one.role,
        "subject_id": one.subject_id,
        "basis": one.basis,
        "name": one.name,
        "texts": list(one.texts),
    }


def _stays(counts: dict[str, int]) -> list[dict[str, Any]]:
    found: Counter[str] = Counter()
    for topic, count in counts.items():
        found[next(words for start, words in STAYS if topic.startswith(start))] += count
    return [{"what": words, "count": found[words]} for _, words in STAYS if found[words]]
