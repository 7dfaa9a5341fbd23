"""The persons of every test: the same ids in every test and every run."""

from __future__ import annotations

from uuid import UUID, uuid5


def an_id(name: str) -> str:
    """The id of a named thing or person."""
    return str(uuid5(UUID(int=0), name))


ANNA = an_id("Анна")  # teaches algebra in 7а
BORIS = an_id("Борис")  # teaches English to the first half of 7а
GALINA = an_id("Галина")  # teaches English to the second half
TANYA = an_id("Таня")  # substitutes Anna for a week
KIRA = an_id("Кира")  # the class teacher of 7а
VERA = an_id("Вера")  # the deputy
DINA = an_id("Дина")  # the director
ALLA = an_id("Алла")  # the administrator
SVETA = an_id("Света")  # the secretary
IGOR = an_id("Игорь")  # the auditor
ZOYA = an_id("Зоя")  # a stranger

PETYA = an_id("Петя")  # 7а, first half in English
MASHA = an_id("Маша")  # 7а, second half
YOLKIN = an_id("Ёлкин")  # 7а, first half
NEWCOMER = an_id("новенький")  # in no class yet
OLGA = an_id("Ольга")  # Petya's mother
OLEG = an_id("Олег")  # Petya's father

SCHOOL = an_id("школа")
CLASS_7A = an_id("7а")
CLASS_7B = an_id("7б")
ALGEBRA = an_id("алгебра")
ENGLISH = an_id("английский")
HISTORY = an_id("история")
ANSWER = an_id("ответ на уроке")
CONTROL = an_id("контрольная")
FIRST_HALF = an_id("английский, первая")
SECOND_HALF = an_id("английский, вторая")
