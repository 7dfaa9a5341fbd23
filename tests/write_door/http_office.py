"""Exercises of the office: the year, people, accounts. See over_http.py."""

from __future__ import annotations

from tests import cast as c
from tests.api.ground import YEAR
from tests.api.test_office import ORDERS
from tests.write_door.exercise import Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import FRIDAY, SINCE, TODAY, V1, new_id, room


def office(path: str) -> Prepare:
    """The administrator's order about the year."""
    return lambda _: Send("alla", {"year": str(YEAR)}, ORDERS[path])


def _texts(p: Place) -> Send:
    fresh = p.room()
    p.mark(fresh, comment="хорошо рассуждает")
    [text] = p.texts_about(fresh.pupils[0], "comment")
    return Send("alla", fresh.path, {"payload_ids": [text], "basis": "акт № 2"})


def _account(p: Place) -> Send:
    person = p.person("staff")
    return Send("alla", {"person_id": person}, {"login": f"a{person}"}, own=frozenset({"account"}))


def _revocation(p: Place) -> Send:
    person = p.signing_in()
    return Send(
        "alla", {"person_id": person}, {"reason": "left"}, own=frozenset({"account", "session"})
    )


def _of_people() -> dict[str, Prepare]:
    pupil, person = f"POST {V1}/pupils/{{pupil_id}}", f"POST {V1}/people/{{person_id}}"
    return {
        f"POST {V1}/people": lambda _: Send(
            "alla",
            {},
            {"person_id": new_id(), "kind": "pupil", "family": "Новиков", "given": "Никита"},
        ),
        f"{person}/names": room("alla", {"family": "Новикова-Белова", "given": "Ника"}),
        f"{person}/texts/erasure": _texts,
        f"{person}/account": _account,
        f"{person}/account/revocation": _revocation,
        f"{pupil}/guardians": lambda p: Send(
            "alla", p.room().path, {"guardian_id": p.person("guardian"), "since": SINCE}
        ),
        f"{pupil}/guardians/{{guardian_id}}/ending": room("alla", {"on": FRIDAY}),
    }


def _of_office() -> dict[str, Prepare]:
    at, known = f"POST {V1}/years/{{year}}", f"/years/{YEAR}"
    return {
        f"POST {V1}/years": office("/years"),
        f"{at}/calendar": office(f"{known}/calendar"),
        f"{at}/regulation": office(f"{known}/regulation"),
        f"{at}/regulation/preview": lambda _: Send(
            "alla", {"year": str(YEAR)}, {"fill_days": 3}, facts=False
        ),
        f"{at}/bells": office(f"{known}/bells"),
        f"{at}/shifts": office(f"{known}/shifts"),
        f"{at}/day-bells": office(f"{known}/day-bells"),
        f"{at}/subjects": office(f"{known}/subjects"),
        f"{at}/work-types": office(f"{known}/work-types"),
        f"{at}/appointments": office(f"{known}/appointments"),
        f"{at}/classes": office(f"{known}/classes"),
        f"{at}/timetables": office(f"{known}/timetables"),
        f"{at}/dismissals": lambda p: Send(
            "alla",
            {"year": str(YEAR)},
            {"person_id": p.appointed(), "role": "secretary", "on": FRIDAY},
        ),
        f"{at}/class-teachers": room(
            "alla", lambda r: {"class_id": r.class_id, "person_id": c.BORIS, "since": TODAY}
        ),
    }


OFFICE: dict[str, Prepare] = {
    **_of_people(),
    **_of_office(),
}
