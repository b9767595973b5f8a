"""J5: from an empty installation to a page that can be booked, with an address that works once."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from convoca.booking.models import Account, Booking, Membership, Schedule, User
from convoca.booking.operations.founding import Founder, KeyUsed, found, is_open, make_key
from tests.booking.building import make_account, make_member
from tests.manage.reading import words

PERSON = {
    "name": "Ana Ruiz",
    "email": "Ana@example.org",
    "password": "a long way home",
    "offer": "30-minute appointment",
    "time_zone": "Europe/Madrid",
}
FOUNDER = Founder(
    name="Ana Ruiz", email="ana@example.org", password="a long way home", offer="Call", language="en", time_zone="UTC"
)


def key() -> str:
    return make_key(now=timezone.now())


def set_up(client: Client, **changes: str) -> str:
    """Send the form with a fresh key and return where it leads."""
    answer = client.post(reverse("setup"), PERSON | {"key": key()} | changes)
    assert answer.status_code == 303, words(answer)
    return answer.headers["Location"]


@pytest.mark.django_db
def test_j5_four_answers_make_a_page_that_can_be_booked(client: Client) -> None:
    page = client.get(reverse("setup"), {"key": key()})
    assert page.status_code == 200
    # The address holds the key: other sites are not told it. A browser that told nobody would send no origin either.
    assert page.headers["Referrer-Policy"] == "same-origin"

    steps = client.get(set_up(client))

    shown = words(steps)
    assert "Your page is live" in shown
    assert "http://localhost:8000/schedule/ana-ruiz/30-minute-appointment" in shown
    visitor = Client()
    address = "/schedule/ana-ruiz/30-minute-appointment"
    (start, *_) = re.findall(r'name="start"[^>]* value="([^"]+)"', visitor.get(address).content.decode())
    booked = visitor.post(address, {"start": start, "name": "Eva", "email": "eva@example.org"})
    assert booked.status_code == 303
    assert Booking.objects.get().slot.schedule.name == "30-minute appointment"


@pytest.mark.django_db
def test_j5_the_first_owner_looks_after_the_installation_and_is_logged_in(client: Client) -> None:
    set_up(client)

    owner = Membership.objects.select_related("user", "account").get()
    assert owner.role == Membership.Role.OWNER
    assert owner.user.email == "ana@example.org"
    assert owner.user.is_superuser
    assert owner.user.check_password("a long way home")
    assert (owner.account.title, owner.account.time_zone) == ("Ana Ruiz", "Europe/Madrid")
    assert client.get("/manage/ana-ruiz/").status_code == 200


@pytest.mark.django_db
def test_j5_the_address_works_once(client: Client) -> None:
    used = key()
    client.post(reverse("setup"), PERSON | {"key": used})

    again = Client().post(reverse("setup"), PERSON | {"key": used, "email": "eva@example.org"})

    assert again.status_code == 404
    assert "This setup link was already used" in words(again)
    assert "convoca setup-link" in words(again)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_j5_the_address_lives_for_an_hour_and_no_other_key_opens_it(client: Client) -> None:
    now = timezone.now()
    assert is_open(make_key(now=now), now=now + timedelta(minutes=59))
    assert not is_open(make_key(now=now), now=now + timedelta(minutes=61))
    assert not is_open("made-up", now=now)
    for wrong in ("", "made-up"):
        assert client.get(reverse("setup"), {"key": wrong}).status_code == 404


@pytest.mark.django_db
def test_what_was_typed_stays_when_an_answer_is_refused(client: Client) -> None:
    answer = client.post(reverse("setup"), PERSON | {"key": key(), "password": "12345678"})

    assert answer.status_code == 422
    assert "Ana Ruiz" in answer.content.decode()
    assert "12345678" not in answer.content.decode()
    assert not Account.objects.exists()


@pytest.mark.django_db
def test_somebody_with_a_log_in_is_not_made_twice(client: Client) -> None:
    make_member(make_account(), email="ana@example.org")

    answer = client.post(reverse("setup"), PERSON | {"key": key()})

    assert answer.status_code == 422
    assert "There is a log-in for this address already" in words(answer)
    assert Account.objects.count() == 1


@pytest.mark.django_db
def test_a_further_account_gets_an_address_of_its_own_and_does_not_rule_the_installation(client: Client) -> None:
    set_up(client)

    where = set_up(Client(), email="other@example.org")

    assert where == "/manage/ana-ruiz-2/first-steps"
    assert not User.objects.get(email="other@example.org").is_superuser


@pytest.mark.django_db
def test_j5_each_step_can_be_left_out_and_is_asked_for_no_more(client: Client) -> None:
    where = set_up(client)
    assert "Left to set up: Meeting link, Your calendar, Opening hours, Passkey" in words(
        client.get("/manage/ana-ruiz/")
    )

    for step in ("hours", "calendar", "passkey"):
        client.post("/manage/ana-ruiz/first-steps/leave-out", {"step": step})
    Schedule.objects.update(link_source="jitsi")

    assert "Nothing is left to set up." in words(client.get(where))
    assert "Left to set up" not in words(client.get("/manage/ana-ruiz/"))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_the_address_at_once_one_makes_the_account() -> None:
    shared, gate, refused = key(), Barrier(2), []

    def wish(number: int) -> None:
        gate.wait(30)
        mine = {"name": f"Ana {number}", "email": f"ana{number}@example.org"}
        try:
            found(shared, Founder(**FOUNDER.__dict__ | mine), now=timezone.now())
        except KeyUsed:
            refused.append(number)
        finally:
            connection.close()

    threads = [Thread(target=wish, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(refused) == 1
    assert Account.objects.count() == User.objects.count() == Schedule.objects.count() == 1
