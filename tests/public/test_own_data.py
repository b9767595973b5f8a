"""J4: what a booking tells of its attendee is theirs: to correct, to take away, to delete, without an account."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from convoca.booking.mail.post import Post
from convoca.booking.models import AuditEntry, Booking, FormField, Meeting, Notification, OutboxMail, Schedule, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.erasing import BLANKED, erase
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.notifying import notify_next
from convoca.booking.operations.waiting import join_waiting_list
from tests.booking.building import (
    NOW,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.public.reading import join_page_of, page_of, words

pytestmark = pytest.mark.django_db

DETAILS = {"name": "Luis Pérez", "email": "luis@example.org", "time_zone": "Europe/Madrid", "language": "en"}
LINK = "https://meet.example/room-7f3a"


def booked(**client: Any) -> Booking:
    return book(make_resource_schedule(make_account()), client=make_client(**client))


def details_of(booking: Booking) -> str:
    return f"{page_of(booking)}/details"


def erase_of(booking: Booking) -> str:
    return f"{page_of(booking)}/erase"


def send(minutes: int = 1) -> list[Any]:
    """Send what is owed so many minutes from now; return all that was sent so far."""
    with Post() as post:
        while notify_next(now=NOW + timedelta(minutes=minutes), post=post):
            continue
    return list(getattr(mail, "outbox", []))


# --- correcting ---


def test_a_corrected_address_gets_new_links_and_the_old_ones_are_dead(client: Client) -> None:
    booking = booked()
    old, old_join = page_of(booking), join_page_of(booking)
    send()

    answer = client.post(details_of(booking), DETAILS | {"email": "luis.perez@example.org"})

    booking.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, f"{page_of(booking)}?saved=address")
    assert (client.get(old).status_code, client.get(old_join).status_code) == (404, 404)
    said = words(client.get(answer["Location"]))
    assert "We are sending new links to luis.perez@example.org; those sent before no longer work." in said
    last = send(2)[-1]
    assert last.to == ["luis.perez@example.org"]
    assert page_of(booking) in last.body
    assert AuditEntry.objects.filter(booking=booking, actor="attendee", verb="edited", fields="email").count() == 1


def test_links_that_somebody_else_has_can_be_made_anew(client: Client) -> None:
    """Revocable: both addresses die, and the new ones are mailed to the same person."""
    booking = booked()
    old, old_join = page_of(booking), join_page_of(booking)
    send()

    answer = client.post(details_of(booking), DETAILS | {"new_links": "on"})

    booking.refresh_from_db()
    assert answer["Location"] == f"{page_of(booking)}?saved=address"
    assert (client.get(old).status_code, client.get(old_join).status_code) == (404, 404)
    last = send(2)[-1]
    assert last.to == ["luis@example.org"]
    assert page_of(booking) in last.body
    assert join_page_of(booking) in last.body or "/j/" not in last.body


def test_a_name_a_zone_and_a_language_change_nothing_else_and_send_nothing(client: Client) -> None:
    booking = booked()
    send()

    answer = client.post(
        details_of(booking), DETAILS | {"name": "Luis Gil", "time_zone": "America/New_York", "language": "es"}
    )

    held = Booking.objects.get()
    assert answer["Location"] == f"{page_of(booking)}?saved=details"
    assert (held.name, held.time_zone, held.language) == ("Luis Gil", "America/New_York", "es")
    assert (held.token_digest, held.revision) == (booking.token_digest, booking.revision)
    assert len(send(2)) == 1
    assert "04:00–04:30" in words(client.get(page_of(booking)))


def test_the_owner_s_questions_can_be_answered_anew(client: Client) -> None:
    booking = booked(details={"phone": "600 1"})
    FormField.objects.create(account=booking.account, schedule=booking.slot.schedule, key="phone", is_required=True)

    shown, refused = client.get(details_of(booking)), client.post(details_of(booking), DETAILS)
    client.post(details_of(booking), DETAILS | {"phone": "600 2"})

    assert 'value="600 1"' in shown.content.decode()
    assert (refused.status_code, "Fill in “Phone”" in words(refused)) == (422, True)
    assert Booking.objects.get().phone == "600 2"


def test_an_address_that_looks_mistyped_is_asked_about_once(client: Client) -> None:
    booking = booked()
    typo = DETAILS | {"email": "luis@gmial.com"}

    asked = client.post(details_of(booking), typo)
    meant = client.post(details_of(booking), typo | {"email_again": "luis@gmial.com"})

    assert (asked.status_code, "Did you mean luis@gmail.com?" in words(asked)) == (422, True)
    assert (meant.status_code, Booking.objects.get().email) == (303, "luis@gmial.com")


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"email": "luis"}, {"time_zone": "Europe/../x"}, {"language": "xx"}, {"name": "x" * 101}]
)
def test_what_makes_no_sense_is_refused_with_a_sentence(client: Client, wrong: dict[str, str]) -> None:
    booking = booked()

    answer = client.post(details_of(booking), DETAILS | wrong)

    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    held = Booking.objects.get()
    assert (held.name, held.email, held.time_zone) == ("Luis Pérez", "luis@example.org", "Europe/Madrid")


def test_whoever_waits_for_a_place_corrects_their_address_too(client: Client) -> None:
    slot = make_class(make_capacity_schedule(make_account(), has_waiting_list=True), capacity=1)
    sign_up(slot, "first@example.org")
    waiting = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    send()

    client.post(details_of(waiting), DETAILS | {"email": "eva.g@example.org"})

    assert send(2)[-1].to == ["eva.g@example.org"]


def test_what_is_cancelled_has_no_details_to_correct(client: Client) -> None:
    booking = booked()
    cancel(booking, now=NOW)

    assert client.post(details_of(booking), DETAILS | {"name": "Eva"})["Location"] == page_of(booking)
    assert Booking.objects.get().name == "Luis Pérez"
    assert "Change my details" not in words(client.get(page_of(booking)))


# --- taking away ---


def test_the_download_holds_all_that_is_held_and_no_link(client: Client) -> None:
    booking = booked(details={"phone": "600 1"})
    type_link(booking.slot, LINK, now=NOW)
    Booking.objects.update(super_field="prefers mornings")
    send()

    answer = client.get(f"{page_of(booking)}/data.json")
    data = json.loads(answer.content)

    assert answer["Content-Disposition"] == 'attachment; filename="my-booking.json"'
    assert data["person"] == {
        "name": "Luis Pérez",
        "email": "luis@example.org",
        "language": "en",
        "time_zone": "Europe/Madrid",
        "phone": "600 1",
    }
    assert data["booking"]["starts_at"] == "2026-11-26T09:00:00+00:00"
    assert data["booking"]["with"] == "Estudio Lumbre"
    assert [each["kind"] for each in data["mails"]] == ["confirmation"]
    assert data["history"][0]["what"] == "booked"
    for secret in (LINK, "meet.example", booking.token.open(), booking.join_token.open(), "prefers mornings"):
        assert secret not in answer.content.decode()


# --- deleting ---


def test_looking_at_the_question_deletes_nothing(client: Client) -> None:
    booking = booked()

    for method in (client.get, client.head):
        assert method(erase_of(booking)).status_code == 200

    assert Booking.objects.get().name == "Luis Pérez"
    assert "This cancels your booking and deletes your name" in words(client.get(erase_of(booking)))


def test_deleting_what_stands_cancels_it_blanks_it_and_kills_both_addresses(client: Client) -> None:
    booking = booked(details={"phone": "600 1", "field_1": "left-handed"})
    Booking.objects.update(super_field="tall")
    old, old_join = page_of(booking), join_page_of(booking)

    answer = client.post(erase_of(booking))

    held = Booking.objects.select_related("slot").get()
    assert "Your booking is cancelled. Your name, your address and all that you wrote are gone" in words(answer)
    assert [getattr(held, column) for column in BLANKED] == [""] * len(BLANKED)
    assert (held.status, held.slot.is_live, held.erased_at is None) == ("cancelled", False, False)
    assert [client.get(page).status_code for page in (old, old_join, f"{old}/data.json", f"{old}/undo")] == [
        404
    ] * 3 + [405]
    assert client.post(f"{old}/undo").status_code == 404
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["booked", "cancelled", "erased"]


def test_nothing_is_mailed_to_or_about_somebody_who_had_their_data_deleted(client: Client) -> None:
    booking = booked()

    client.post(erase_of(booking))

    assert send(60 * 26) == []
    dropped = Notification.objects.values_list("reason", flat=True).distinct()
    assert list(dropped) == ["The person had their data deleted."]


def test_what_a_worker_is_sending_meanwhile_is_not_recorded_over_it(client: Client) -> None:
    booking = booked()
    Notification.objects.update(claim="5f0c5d0e-3f0a-4f8e-9d53-0c60a1f7f5f5")

    erase(booking, now=NOW)

    assert not Notification.objects.exclude(claim=None).exists()


def test_the_revision_grows_so_that_copies_elsewhere_are_rewritten(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booking = booked()
    connect_zoom(booking.slot.schedule)
    this_instant.move_to(booking.slot.ends_at + timedelta(days=1))

    answer = client.post(erase_of(booking))

    held, slot = Booking.objects.get(), Slot.objects.get()
    assert "Your data is deleted" in words(answer)
    assert (held.status, held.name) == ("confirmed", "")
    assert (held.revision, slot.revision) == (booking.revision + 1, booking.slot.revision + 1)
    assert not Meeting.objects.exclude(due_at=None).exists()


def test_one_person_of_a_class_is_gone_and_everybody_else_keeps_what_they_were_owed(client: Client) -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    luis, eva = sign_up(slot, "luis@example.org"), sign_up(slot, "eva@example.org")

    client.post(erase_of(luis))

    assert [each.to for each in send(60 * 34)] == [["eva@example.org"], ["eva@example.org"]]
    slot.refresh_from_db()
    assert (slot.taken, slot.is_live, Booking.objects.get(pk=eva.pk).name) == (1, True, "Luis Pérez")


def test_what_may_not_be_cancelled_any_more_may_be_deleted_once_it_is_over(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booking = booked()
    Schedule.objects.update(cancel_limit_minutes=3 * 24 * 60)

    asked, refused = client.get(erase_of(booking)), client.post(erase_of(booking))

    assert "You can delete your data once the appointment is over." in words(asked)
    assert (refused.status_code, Booking.objects.get().name) == (409, "Luis Pérez")
    this_instant.move_to(booking.slot.ends_at)
    assert client.post(erase_of(booking)).status_code == 200
    assert Booking.objects.get().name == ""


def test_the_outbox_of_an_installation_without_a_mail_server_forgets_them_too(client: Client) -> None:
    booking = booked()
    for email in ("luis@example.org", "eva@example.org"):
        OutboxMail.objects.create(account=booking.account, recipient=email, subject="Booked")

    client.post(erase_of(booking))

    assert list(OutboxMail.objects.values_list("recipient", flat=True)) == ["eva@example.org"]


def test_those_who_supervise_read_that_the_data_was_deleted(client: Client) -> None:
    booking = booked()
    erase(booking, now=NOW)
    client.force_login(make_member(booking.account, "owner").user)

    page = words(client.get(f"/manage/Lumbre/bookings/{booking.pk}"))
    trail = words(client.get("/manage/Lumbre/supervise/trail"))

    assert "(data deleted)" in page
    assert "Deleted their data" in page
    assert "Luis" not in page + trail + words(client.get("/manage/Lumbre/?day=2026-11-26"))


def test_a_person_with_a_log_in_is_not_named_by_it_any_more() -> None:
    account = make_account()
    member = make_member(account)
    booking = book(make_resource_schedule(account), client=make_client(membership=member))

    erase(booking, now=NOW)

    assert Booking.objects.get().membership is None
