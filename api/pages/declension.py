"""Just enough Russian grammar for a sentence: who did («исправила») and whose («Петрову И.»).

Where the ending does not tell, the word stays as it is: an undeclined name is odd, a wrong one is
an offence.
"""

from __future__ import annotations

from collections.abc import Callable

#: Given names of men and boys that end like a woman's.
MASCULINE_IN_A = frozenset(
    "данила добрыня илья кузьма лука миша мустафа никита савва саша фома".split()
)
FEMININE_FAMILY = ("ова", "ева", "ёва", "ина", "ына", "ская", "цкая", "ая", "яя")
MASCULINE_FAMILY = ("ов", "ев", "ёв", "ин", "ын", "ский", "цкий", "ый", "ой")
CONSONANTS = "бвгджзклмнпрстфхцчшщ"


def gender(full: str) -> str:
    """`f`, `m` or `` from «Фамилия Имя Отчество», «Фамилия Имя» or «Фамилия И. О.»."""
    family, *given = full.lower().split()
    if len(given) > 1 and not given[1].endswith("."):
        if given[1].endswith(("вна", "чна", "кызы")):
            return "f"
        if given[1].endswith(("вич", "ьич", "мич", "оглы")):
            return "m"
    if family.endswith(FEMININE_FAMILY):
        return "f"
    if family.endswith(MASCULINE_FAMILY):
        return "m"
    if given and not given[0].endswith("."):
        if given[0] in MASCULINE_IN_A:
            return "m"
        return "f" if given[0].endswith(("а", "я", "ь")) and given[0] != "игорь" else "m"
    return ""


def did(masculine: str, who: str) -> str:
    """«исправил» for a man, «исправила» for a woman, «исправил(а)» where the name does not tell;
    «ознакомился», «ознакомилась», «ознакомился(лась)».
    """
    hers = feminine(masculine)
    either = f"{masculine}({'лась' if masculine.endswith('лся') else 'а'})"
    return {"m": masculine, "f": hers}.get(gender(who), either)


def feminine(masculine: str) -> str:
    """«исправила» of «исправил», «ознакомилась» of «ознакомился»."""
    return f"{masculine[:-2]}ась" if masculine.endswith("лся") else f"{masculine}а"


def dative(family: str, sex: str) -> str:
    """A family name in the dative: Петров → Петрову, Петрова → Петровой, Коваленко → Коваленко."""
    if "-" in family:
        return "-".join(dative(part, sex) for part in family.split("-"))
    low = family.lower()
    if sex == "f":
        if low.endswith(("ова", "ева", "ёва", "ина", "ына")):
            return f"{family[:-1]}ой"
        if low.endswith("ая"):
            return f"{family[:-2]}ой"
        return f"{family[:-1]}е" if low.endswith("а") else family
    # Соловей → Соловью but Андрей → Андрею: left alone like the rest of this list
    if sex != "m" or low.endswith(("их", "ых", "ей", "о", "е", "и", "у", "ю", "э", "ы")):
        return family
    if low.endswith(("ский", "цкий")):
        return f"{family[:-2]}ому"
    if low.endswith(("ый", "ой")):
        return f"{family[:-2]}ому"
    if low.endswith(("й", "ь")):
        return f"{family[:-1]}ю"
    if low.endswith("а"):
        return f"{family[:-1]}е"
    return f"{family}у" if low[-1] in CONSONANTS else family


def genitive(family: str, sex: str) -> str:
    """A family name in the genitive: Петров → Петрова, Петрова → Петровой, Коваленко → Коваленко.

    A woman's is spelt like her dative, but for those in -а (Лоза: Лозе, Лозы).
    """
    if "-" in family:
        return "-".join(genitive(part, sex) for part in family.split("-"))
    given = dative(family, sex)
    if given == family:
        return family
    if given.endswith("ому"):
        return f"{given[:-3]}ого"
    if given.endswith("ю"):
        return f"{given[:-1]}я"
    if given.endswith("у"):
        return f"{given[:-1]}а"
    if given.endswith("е"):
        return f"{given[:-1]}{'и' if given[-2] in 'гкхжчшщ' else 'ы'}"
    return given


def to_whom(full: str) -> str:
    """«Петров Иван» → «Петрову И.»."""
    return _short(full, dative)


def whose(full: str) -> str:
    """«Петров Иван» → «Петрова И.»."""
    return _short(full, genitive)


def _short(full: str, case: Callable[[str, str], str]) -> str:
    family, *given = full.split()
    letters = [name if name.endswith(".") else f"{name[0]}." for name in given[:1]]
    return " ".join([case(family, gender(full)), *letters])
