"""What is done from a list of Supervise leads back to that list, as it was narrowed."""

import re
from html import escape, unescape
from urllib.parse import urlencode

import pytest
from django.test import Client

from convoca.booking.models import Account, Booking
from tests.booking.building import at, book, make_resource_schedule

FILTERED = "/manage/Lumbre/supervise?view=coming&state=pending&q=Luis"


def page_of(booking: Booking, page: str = "") -> str:
    return f"/manage/{booking.account.name}/bookings/{booking.pk}{page}"


def request_on(account: Account) -> Booking:
    return book(make_resource_schedule(account, requires_approval=True))


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/approve", {}),
        ("/decline", {}),
        ("/cancel", {}),
        ("/move", {"start": at("12:00").isoformat()}),
        ("/move", {"on": "2026-11-26", "at": "20:00"}),
    ],
)
def test_an_act_from_a_filtered_list_lost_the_list(
    page: str, form: dict[str, str], superuser: Client, account: Account
) -> None:
    booking = request_on(account)

    answer = superuser.post(page_of(booking, page), {**form, "back": FILTERED})

    assert answer.status_code == 303
    assert answer.headers["Location"] == FILTERED


@pytest.mark.parametrize("page", ["", "/decline", "/cancel", "/move"])
def test_the_pages_of_a_booking_know_from_which_list_somebody_came(
    page: str, superuser: Client, account: Account
) -> None:
    booking = request_on(account)
    address = f"{page_of(booking, page)}?{urlencode({'back': FILTERED}, safe='/')}"

    assert f'href="{address}"' in superuser.get(FILTERED).text
    assert f'name="back" value="{escape(FILTERED)}"' in superuser.get(address).text


@pytest.mark.parametrize("page", ["", "/decline", "/cancel", "/move"])
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/manage/Other/", "javascript:alert(1)"])
def test_the_pages_of_a_booking_lead_to_no_strange_address(
    back: str, page: str, superuser: Client, account: Account
) -> None:
    shown = superuser.get(page_of(request_on(account), page), {"back": back}).text

    assert f'value="{back}"' not in shown
    assert f'href="{back}"' not in shown


def test_whoever_turns_the_weeks_of_a_move_still_knows_the_list(superuser: Client, account: Account) -> None:
    booking = request_on(account)

    page = superuser.get(page_of(booking, "/move"), {"back": FILTERED}).text

    later = unescape(re.findall(r'href="([^"]+)" rel="next"', page)[0])
    assert f'name="back" value="{escape(FILTERED)}"' in superuser.get(page_of(booking, "/move") + later).text
