"""Codes of an authenticator against the tables of RFC 4226 and RFC 6238."""

from __future__ import annotations

import pytest

from api.auth import totp
from api.auth.recovery import COUNT, LENGTH, hash_of_code, new_codes

SECRET = b"12345678901234567890"  # of both RFCs


@pytest.mark.parametrize(
    ("counter", "code"),
    list(
        enumerate("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split())
    ),
)
def test_codes_of_counters_are_those_of_rfc_4226_appendix_d(counter: int, code: str) -> None:
    assert totp.code_at(SECRET, counter) == code


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_of_moments_are_those_of_rfc_6238_appendix_b(moment: int, code: str) -> None:
    assert totp.code_at(SECRET, moment // totp.PERIOD_S, digits=8) == code
    assert totp.step_of(SECRET, code[-6:], moment) == moment // totp.PERIOD_S


def test_a_code_is_good_for_its_half_minute_and_the_next() -> None:
    code = totp.code_at(SECRET, 100)

    assert totp.step_of(SECRET, code, 100 * 30 - 1) is None
    assert totp.step_of(SECRET, code, 100 * 30) == 100
    assert totp.step_of(SECRET, code, 101 * 30 + 29) == 100
    assert totp.step_of(SECRET, code, 102 * 30) is None


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "٢٨٧٠٨٢", "abcdef"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.step_of(SECRET, typed, 59) is None


def test_an_authenticator_can_read_the_secret() -> None:
    assert totp.in_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert totp.uri(SECRET, "Летопись", "anna") == (
        "otpauth://totp/%D0%9B%D0%B5%D1%82%D0%BE%D0%BF%D0%B8%D1%81%D1%8C:anna"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=%D0%9B%D0%B5%D1%82%D0%BE%D0%BF%D0%B8%D1%81%D1%8C"
    )


def test_codes_on_paper_are_long_and_forgive_how_they_are_typed() -> None:
    codes = new_codes()

    assert len(set(codes)) == COUNT
    assert all(len(code.replace("-", "")) == LENGTH for code in codes)
    assert hash_of_code(codes[0]) == hash_of_code(codes[0].upper().replace("-", " "))
    assert hash_of_code(codes[0]) != hash_of_code(codes[1])
