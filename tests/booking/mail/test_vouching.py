"""The DNS of the sender's domain, where it is silent: nobody waits long for it. See also tests/manage/test_sender."""

import socket
import time

import pytest
from pytest_django import Settings

from convoca.booking.mail.vouching import State, check_records


def test_a_dns_that_does_not_answer_is_waited_for_seconds_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convoca.booking.mail.vouching.ANSWER_SECONDS", 0.2)
    settings.DEFAULT_FROM_EMAIL = "Bookings <bookings@example.org>"
    began = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        settings.NAME_SERVER = silent.getsockname()

        found = check_records("s1")

    assert [each.state for each in found] == [State.UNKNOWN] * 3
    assert time.monotonic() - began < 10
