"""What an archive says about itself: for whoever opens it in twenty-five years."""

from __future__ import annotations

import json

import msgspec

from domain.catalogue import FACTS
from domain.codec import Body

JOURNAL = """\
АРХИВ ЭЛЕКТРОННОГО ЖУРНАЛА

Школа: {name}
Учебный год: {year}/{next}
Версия архива: {version}
Записи журнала: № {first} … {last}

Что здесь
  facts/        записи журнала, по одной в строке (JSON). Имён здесь нет: люди — номерами.
  sheets/       то же таблицами: ученики, уроки, отметки, пропуски, сводная ведомость каждого
                класса. Открываются в Excel (CSV, разделитель — точка с запятой, UTF-8).
  checkpoints/  печати: сколько записей было и каков их общий отпечаток, с подписью школы.
  annotations/  исправления, внесённые после архивации по акту; сам журнал не изменён.
  schemas/      как устроена запись каждого вида (JSON Schema).
  keys.txt      открытые ключи, которыми подписаны печати.
  archive.json  начало и конец, и как последняя печать подтверждает последнюю запись.
  verify.py     программа проверки.
Имена, личные тексты и именные ведомости — в другом архиве, «people».

Как проверить
  Нужны python3 и openssl; программа «Летопись» не нужна.
      python3 verify.py АРХИВ.zip --key КЛЮЧ
  АРХИВ.zip — этот архив целиком или распакованная папка, в которой лежит bagit.txt.
  КЛЮЧ напечатан в акте об архивации. Прочтите verify.py прежде, чем запустить.

Как проверить без программы
  1. manifest-sha256.txt: SHA-256 каждого файла.
  2. Лист дерева — SHA-256 от байта 00 и листа: байт 01; номер потока (16 байт); номер в потоке
     и номер записи (по 8 байт, старший первым); длина названия (2 байта); название (topic);
     текст записи (stored) как он есть, в UTF-8.
  3. Узел — SHA-256 от байта 01, левого и правого отпечатка. Дерево: RFC 9162, раздел 2.1.
     Если первая запись не № 1, отпечатки всего, что до неё, — frontier в archive.json.
  4. Печать: имя журнала, число записей, отпечаток (base64), пустая строка, подписи Ed25519
     (C2SP signed-note). Подписаны три первые строки с переводами строк.
"""

PEOPLE = """\
ЛЮДИ И ИМЕННЫЕ ВЕДОМОСТИ К АРХИВУ ЭЛЕКТРОННОГО ЖУРНАЛА

Школа: {name}
Учебный год: {year}/{next}
Версия архива: {version}

Здесь персональные данные. Храните отдельно от архива журнала и не дольше, чем нужно: журнал
проверяется и без этого архива. Если чьи-то данные уничтожены, этот архив составляют заново,
а прежний уничтожают по акту; архив журнала при этом не меняется.

  people.csv     кто за каким номером: фамилия, имя, отчество, класс.
  guardians.csv  законные представители учеников.
  texts.jsonl    личные тексты, на которые ссылаются записи (имя, причина, комментарий),
                 с солью: SHA-256 от соли и текста стоит в записи журнала.
  sheets/        сводные ведомости классов с именами (PDF/A).
"""


def readme(text: str, name: str, year: int, version: int, first: int, last: int) -> bytes:
    """README.txt of a bag; also for Notepad of Windows."""
    told = text.format(name=name, year=year, next=year + 1, version=version, first=first, last=last)
    return told.replace("\n", "\r\n").encode()


def schemas() -> dict[str, bytes]:
    """name in the bag → JSON Schema of a stored fact, for every topic."""
    found = {}
    for topic, fact in sorted(FACTS.items()):
        schema = msgspec.json.schema(Body[fact])  # type: ignore[valid-type]
        text = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True)
        found[f"data/schemas/{topic}.json"] = f"{text}\n".encode()
    return found
