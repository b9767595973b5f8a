"""Guessing passwords: counted for all processes of an installation together."""

import re
from dataclasses import replace

import httpx2

from convoca.booking.operations.demonstrating import OWNER_EMAIL, PASSWORD
from tests.installation import Installation, free_ports

# A password is slow to check on purpose, and slower on a crowded machine.
PATIENCE_SECONDS = 60


def log_in(installation: Installation, password: str) -> httpx2.Response:
    with httpx2.Client(base_url=installation.url, timeout=PATIENCE_SECONDS) as browser:
        form = browser.get("/accounts/login/").text
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form))
        return browser.post(
            "/accounts/login/", data={"login": OWNER_EMAIL, "password": password, "csrfmiddlewaretoken": token}
        )


def test_wrong_passwords_are_counted_across_processes(installation: Installation) -> None:
    installation.run("demo")
    port = free_ports()
    twin = replace(installation, port=port, environment=installation.environment | {"PORT": str(port)})
    for each in (installation, twin):
        each.wait_until_up(each.start("web"))
    let_in = log_in(installation, PASSWORD).status_code

    for each in (installation, installation, installation, twin, twin):
        assert "are not correct" in log_in(each, "wrong").text
    answers = [log_in(each, PASSWORD) for each in (installation, twin)]

    assert let_in == 302
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Too many failed login attempts" in answer.text for answer in answers)
