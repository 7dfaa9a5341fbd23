"""Invented people: Russian names, logins in Latin letters, passwords that can be read aloud."""

from __future__ import annotations

from api.demo.chance import Chance
from domain.people.facts import Name

_SURNAMES = """
Абрамов Агапов Акимов Алексеев Андреев Антонов Артёмов Афанасьев Баранов Белов Беляев Бобров
Богданов Борисов Быков Васильев Веселов Виноградов Власов Волков Воробьёв Воронин Гаврилов Герасимов
Голубев Горбунов Горшков Гришин Громов Гусев Данилов Дементьев Денисов Дмитриев Дорофеев Дроздов
Евдокимов Егоров Ежов Елисеев Ермаков Ершов Ефимов Жданов Жуков Журавлёв Зайцев Захаров Зиновьев
Зуев Зыков Иванов Игнатьев Ильин Казаков Калинин Карпов Киселёв Князев Ковалёв Козлов Колесников
Комаров Кондратьев Константинов Корнилов Королёв Котов Крылов Крюков Кудрявцев Кузнецов Кузьмин
Куликов Лазарев Лапин Ларионов Лебедев Логинов Лукин Лыткин Макаров Максимов Малышев Мартынов
Маслов Матвеев Медведев Мельников Меркушев Миронов Михайлов Моисеев Молчанов Морозов Мухин Мясников
Назаров Некрасов Нестеров Никитин Николаев Никонов Новиков Носков Овчинников Орехов Орлов Осипов
Павлов Панов Пахомов Пестов Петров Поляков Пономарёв Попов Потапов Прохоров Родионов Рожков Романов
Рыбаков Рябов Савельев Савин Сазонов Самойлов Селезнёв Селиванов Семёнов Сергеев Сидоров Симонов
Ситников Смирнов Соболев Соколов Соловьёв Сорокин Степанов Стрелков Суворов Субботин Сысоев
Тарасов Терентьев Тимофеев Тихонов Третьяков Трофимов Туров Уваров Устинов Фадеев Федосеев Фёдоров
Филатов Филиппов Фокин Фролов Харитонов Хохлов Цветков Чернов Чернышёв Шаров Шестаков Широков
Шубин Щербаков Юдин Яковлев Якушев
""".split()
_BOYS = """
Александр Алексей Андрей Арсений Артём Богдан Вадим Виктор Владимир Вячеслав Георгий Глеб Григорий
Даниил Денис Дмитрий Евгений Егор Иван Игорь Илья Кирилл Константин Лев Макар Максим Марк Матвей
Михаил Никита Николай Олег Павел Пётр Роман Семён Сергей Степан Тимофей Фёдор Ярослав
""".split()
_GIRLS = """
Алёна Алина Алиса Анастасия Ангелина Анна Арина Валерия Варвара Василиса Вера Вероника Виктория
Дарья Диана Ева Евгения Екатерина Елена Елизавета Злата Ирина Карина Кира Кристина Ксения Лидия
Маргарита Марина Мария Милана Надежда Наталья Ольга Полина София Софья Таисия Ульяна Юлия Яна
""".split()
_MOTHERS = """
Алла Анна Валентина Галина Екатерина Елена Жанна Зоя Инна Ирина Лариса Лилия Людмила Марина Мария
Надежда Наталья Нина Оксана Ольга Раиса Светлана Тамара Татьяна Юлия
""".split()
#: name of the father → patronymics of a son and of a daughter
_FATHERS = {
    "Александр": ("Александрович", "Александровна"),
    "Алексей": ("Алексеевич", "Алексеевна"),
    "Андрей": ("Андреевич", "Андреевна"),
    "Анатолий": ("Анатольевич", "Анатольевна"),
    "Борис": ("Борисович", "Борисовна"),
    "Виктор": ("Викторович", "Викторовна"),
    "Владимир": ("Владимирович", "Владимировна"),
    "Вячеслав": ("Вячеславович", "Вячеславовна"),
    "Геннадий": ("Геннадьевич", "Геннадьевна"),
    "Дмитрий": ("Дмитриевич", "Дмитриевна"),
    "Евгений": ("Евгеньевич", "Евгеньевна"),
    "Иван": ("Иванович", "Ивановна"),
    "Игорь": ("Игоревич", "Игоревна"),
    "Константин": ("Константинович", "Константиновна"),
    "Максим": ("Максимович", "Максимовна"),
    "Михаил": ("Михайлович", "Михайловна"),
    "Николай": ("Николаевич", "Николаевна"),
    "Олег": ("Олегович", "Олеговна"),
    "Павел": ("Павлович", "Павловна"),
    "Пётр": ("Петрович", "Петровна"),
    "Роман": ("Романович", "Романовна"),
    "Сергей": ("Сергеевич", "Сергеевна"),
    "Юрий": ("Юрьевич", "Юрьевна"),
}
_WORDS = """
yabloko beryoza ogonyok raduga vesnyanka solovey zemlyanika kolokol snegir vasilyok ryabina zvezda
kolosok parohod samovar klubnika podsolnuh kormushka skvorets ladoshka kalitka radost tropinka
luzhayka oblako polyana gorizont lastochka malinka chereda
""".split()
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch  y  e yu ya".split(" "),
        strict=True,
    )
)


def surname(chance: Chance) -> str:
    """A surname in the masculine."""
    return chance.pick(_SURNAMES)


def of_gender(family: str, *, female: bool) -> str:
    """«Иванов» → «Иванова»."""
    return family + "а" if female else family


def father(chance: Chance) -> str:
    """The given name of a father."""
    return chance.pick(tuple(_FATHERS))


def pupil(chance: Chance, family: str, father_given: str, *, female: bool) -> Name:
    """A child of this family."""
    given = chance.pick(_GIRLS if female else _BOYS)
    return Name(of_gender(family, female=female), given, _FATHERS[father_given][female])


def adult(chance: Chance, family: str, *, female: bool, given: str = "") -> Name:
    """A grown-up with a patronymic."""
    given = given or chance.pick(_MOTHERS if female else tuple(_FATHERS))
    return Name(of_gender(family, female=female), given, _FATHERS[father(chance)][female])


def latin(text: str) -> str:
    """«Воробьёва» → «vorobeva»."""
    return "".join(_LATIN.get(letter, "") for letter in text.lower())


def login(name: Name, taken: set[str]) -> str:
    """«sokolova.ep», with a number when somebody has it already; added to `taken`."""
    base = f"{latin(name.family)}.{latin(name.given)[:1]}{latin(name.patronymic)[:1]}"
    free, number = base, 1
    while free in taken:
        number += 1
        free = f"{base}{number}"
    taken.add(free)
    return free


def password(chance: Chance) -> str:
    """«yabloko-42-zvezda»: for the demonstration only."""
    return f"{chance.pick(_WORDS)}-{chance.between(10, 99)}-{chance.pick(_WORDS)}"
