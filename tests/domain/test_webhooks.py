"""Addresses that events may be sent to."""

from __future__ import annotations

import pytest

from domain.refusals import Invalid
from domain.webhooks import LONGEST_URL, check_url


@pytest.mark.parametrize("url", ["https://hooks.test/a?b=c", "http://10.0.0.5:8080/"])
def test_an_address_of_a_program_is_taken_as_it_is(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.test",
        "ftp://hooks.test/",
        "https:///a",
        "https://hooks.test:0/",
        "https://hooks.test:99999/",
        "https://школа.рф/",
        "https://user:secret@hooks.test/",
        "https://hooks.test/#part",
        "https://hooks.test/a b",
        f"https://hooks.test/{'a' * LONGEST_URL}",
    ],
)
def test_what_is_no_such_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_url(url)
    assert caught.value.code == "webhook.url"
