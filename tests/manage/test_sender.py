"""ux.md 5.3: the set-up page shows the domain's three records and looks whether they are there."""

import socket
import threading
from collections.abc import Iterator, Mapping

import dns.message
import dns.rcode
import dns.rrset
import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account
from tests.manage.reading import words

RIGHT = {
    "example.org.": ["some-site-verification=1", "v=spf1 a:mail.example.org ~all"],
    "s1._domainkey.example.org.": ["v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEF"],
    "_dmarc.example.org.": ["v=DMARC1; p=none"],
}


class NameServer:
    """A name server on loopback that knows a few TXT records and, of all other names, that there are none."""

    def __init__(self, records: Mapping[str, list[str]]) -> None:
        self.records = records
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.socket.getsockname()

    def serve(self) -> None:
        while True:
            try:
                wire, asker = self.socket.recvfrom(4096)
            except OSError:
                return
            if not wire:
                return
            self.socket.sendto(self._answer(dns.message.from_wire(wire)).to_wire(), asker)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        answer, name = dns.message.make_response(query), query.question[0].name.to_text()
        texts = self.records.get(name)
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *(f'"{each}"' for each in texts)))
        return answer

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.address)


@pytest.fixture
def records(settings: Settings) -> Iterator[dict[str, list[str]]]:
    """The records that the domain has; a test may change them."""
    settings.DEFAULT_FROM_EMAIL = "Bookings <bookings@example.org>"
    known = dict(RIGHT)
    server = NameServer(known)
    settings.NAME_SERVER = server.address
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield known
    server.stop()
    thread.join()
    server.socket.close()


@pytest.fixture
def address(account: Account) -> str:
    return f"/manage/{account.name}/mails/sender"


def test_the_page_names_the_sender_and_the_records_to_enter(owner: Client, address: str, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Bookings <bookings@example.org>"
    Account.objects.update(contact_email="ana@example.com")

    page = words(owner.get(address))

    assert "Estudio Lumbre <bookings@example.org>" in page
    assert 'value="ana@example.com"' in owner.get(address).text
    for record in ("SELECTOR._domainkey.example.org", "_dmarc.example.org", "v=spf1 a:mail.example.org ~all"):
        assert record in page


def test_records_that_are_there_are_found(owner: Client, address: str, records: dict[str, list[str]]) -> None:
    page = words(owner.post(address, {"selector": "s1"}))

    for kind, found in (("SPF", "v=spf1 a:mail.example.org ~all"), ("DKIM", "v=DKIM1; k=rsa;"), ("DMARC", "v=DMARC1;")):
        assert f"{kind} Found" in page
        assert f"Found {found}" in page


def test_what_is_missing_or_cannot_be_used_is_named(owner: Client, address: str, records: dict[str, list[str]]) -> None:
    """RFC 7208, 4.5: two SPF records count as none. RFC 6376, 3.6.1: an empty key is withdrawn."""
    records["example.org."] = ["v=spf1 -all", "v=spf1 ~all"]
    records["s1._domainkey.example.org."] = ["v=DKIM1; p="]
    del records["_dmarc.example.org."]

    page = words(owner.post(address, {"selector": "s1"}))

    assert "SPF Not usable" in page
    assert "DKIM Not usable" in page
    assert "DMARC Missing" in page


def test_the_owner_names_the_sender_and_where_answers_go(owner: Client, address: str) -> None:
    owner.post(address, {"title": "Ana Ruiz", "contact_email": "ana@example.com"})

    account = Account.objects.get()
    assert (account.title, account.contact_email) == ("Ana Ruiz", "ana@example.com")
    assert owner.post(address, {"title": "", "contact_email": "nonsense"}).status_code == 422


def test_a_selector_is_a_name(owner: Client, address: str) -> None:
    answer = owner.post(address, {"selector": "s1/../x"})

    assert answer.status_code == 422
    assert "Use letters, digits, dots and hyphens." in words(answer)


def test_the_sender_is_the_owners_business(superuser: Client, address: str) -> None:
    assert superuser.get(address).status_code == 404


def test_nobody_is_asked_to_enter_records_for_localhost(owner: Client, address: str, settings: Settings) -> None:
    """Until the server has an address of its own, the page asked for three records in the DNS of localhost."""
    settings.DEFAULT_FROM_EMAIL = "Convoca <convoca@localhost>"

    page = words(owner.get(address))

    assert "From and reply" in page
    assert "DKIM" not in page
