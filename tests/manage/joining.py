"""Signing up as a visitor does it: an address, a mail, a link."""

import re

from django.core import mail
from django.test import Client
from django.utils import timezone

from convoca.booking.mail.post import Post
from convoca.booking.models import Membership
from convoca.booking.operations.inviting import send_next
from tests.manage.reading import words

JOIN = "/accounts/join/Lumbre/"
PASSWORD = "another horse battery"
NORA = {"name": "Nora Díaz", "password": PASSWORD}


def ask(email: str = "nora@example.org", *, address: str = JOIN, language: str = "en") -> Client:
    """Type an address into the page; return the browser."""
    browser = Client(headers={"accept-language": language})
    answer = browser.post(address, {"email": email})
    assert answer.status_code == 303, words(answer)
    return browser


def send_mails() -> list[mail.EmailMessage]:
    with Post() as post:
        while send_next(now=timezone.now(), post=post):
            continue
    return mail.outbox


def link_in(letter: mail.EmailMessage) -> str:
    (address,) = set(re.findall(r"http://localhost:8000(/accounts/invitation/\S+)", str(letter.body)))
    return str(address)


def person(email: str = "nora@example.org") -> Membership:
    return Membership.objects.select_related("user").get(account__name="Lumbre", user__email=email)
