"""Configure > Form: what people are asked when they book, and when they sign up (M19)."""

import pytest
from django import forms
from django.test import Client

from convoca.booking.asking import form_fields
from convoca.booking.models import Account, FormField, Schedule
from convoca.booking.questions.forms import asked_fields, sign_up_fields
from tests.booking.building import make_account, make_capacity_schedule, make_resource_schedule, make_service_schedule
from tests.manage.reading import page_of, said, words

NOTHING = {f"{key}-asked": "not" for key in FormField.Key.values} | {"field_1-kind": "text", "field_2-kind": "text"}
SIZE = {
    "field_1-asked": "required",
    "field_1-label": "Size",
    "field_1-kind": "choice",
    "field_1-options": "Small\n\n  Large \nSmall\n",
}


def booking_form(schedule: Schedule, **answers: str) -> forms.Form:
    """Return the owner's part of the booking form, as visitors fill it in."""
    form: forms.Form = type("Asked", (forms.Form,), dict(form_fields(asked_fields(schedule))))(answers)
    return form


@pytest.mark.parametrize("make", [make_resource_schedule, make_service_schedule, make_capacity_schedule])
def test_m19_each_standard_field_is_required_optional_or_not_asked(
    make: object, owner: Client, account: Account
) -> None:
    assert callable(make)
    schedule = make(account)

    answer = owner.post(page_of(schedule, "form"), NOTHING | {"phone-asked": "required", "country-asked": "optional"})

    assert (answer.status_code, said(answer)) == (303, ["Saved. It counts for new bookings."])
    assert booking_form(schedule).errors == {"phone": ["Fill in “Phone”"]}
    assert booking_form(schedule, phone="600 100 200").is_valid()
    assert list(booking_form(schedule).fields) == ["phone", "country"]


def test_m19_a_field_of_the_owner_s_own_is_a_text_or_a_choice(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    dog = {"field_2-asked": "optional", "field_2-label": "Your dog's name", "field_2-kind": "text"}

    assert owner.post(page_of(schedule, "form"), NOTHING | SIZE | dog).status_code == 303

    size, name = asked_fields(schedule)
    assert (size.label, size.choices, size.is_required) == ("Size", ["Small", "Large"], True)
    assert (name.label, name.kind, name.is_required) == ("Your dog's name", "text", False)
    assert booking_form(schedule, field_1="Large").is_valid()
    assert not booking_form(schedule, field_1="Huge").is_valid()


def test_what_was_saved_is_in_the_fields(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    owner.post(page_of(schedule, "form"), NOTHING | SIZE | {"mobile-asked": "optional"})

    page = owner.get(page_of(schedule, "form")).text

    assert '<option value="optional" selected>May be left empty</option>' in page
    assert 'name="field_1-label" value="Size"' in page
    assert "Small\nLarge</textarea>" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"field_1-label": ""}, "Enter what people read beside the field."),
        ({"field_1-label": "x" * 61}, "Ensure this value has at most 60 characters"),
        ({"field_1-options": "Small"}, "Enter at least two choices, each on a line of its own."),
        ({"field_1-options": "x" * 201 + "\ny"}, "Use at most 100 lines of 200 characters."),
        ({"field_1-options": "\n".join(map(str, range(101)))}, "Use at most 100 lines of 200 characters."),
        ({"field_1-kind": "drop"}, "Select a valid choice."),
        ({"phone-asked": ""}, "This field is required."),
        ({"phone-asked": "perhaps"}, "Select a valid choice."),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "form"), NOTHING | SIZE | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert asked_fields(schedule) == []


def test_what_is_not_asked_is_not_checked(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "form"), NOTHING | SIZE | {"field_1-asked": "not", "field_1-label": "x" * 99})

    assert answer.status_code == 303
    assert asked_fields(schedule) == []


def test_m19_sign_up_has_a_form_of_its_own(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    page = f"/manage/{account.name}/access-control/sign-up-form"

    answer = owner.post(page, NOTHING | SIZE)

    assert (answer.status_code, said(answer)) == (303, ["Saved. It counts for whoever signs up from now on."])
    assert [field.label for field in sign_up_fields(account)] == ["Size"]
    assert asked_fields(schedule) == []
    assert 'value="Size"' in owner.get(page).text
    assert page in owner.get(f"/manage/{account.name}/access-control").text


def test_m19_a_superuser_does_not_change_forms(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    for page in (page_of(schedule, "form"), f"/manage/{account.name}/access-control/sign-up-form"):
        assert superuser.get(page).status_code == 404
        assert superuser.post(page, NOTHING | SIZE).status_code == 404
    assert not FormField.objects.exists()


def test_another_account_s_form_is_out_of_reach(owner: Client) -> None:
    schedule = make_resource_schedule(make_account("Sombra"))

    assert owner.post(page_of(schedule, "form"), NOTHING | SIZE).status_code == 404
    assert not FormField.objects.exists()
