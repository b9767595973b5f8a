"""What people are asked: the owner's questions as form fields (M19)."""

from typing import Any

import pytest
from django import forms
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from convoca.booking.asking import form_fields
from convoca.booking.models import Account, Booking, FormField, Membership
from convoca.booking.operations.configuring import Question, set_form, set_sign_up_form
from convoca.booking.questions.forms import asked_fields, sign_up_fields
from tests.booking.building import book, make_account, make_client, make_resource_schedule

pytestmark = pytest.mark.django_db

Key = FormField.Key
CHOICE = FormField.Kind.CHOICE


def form_of(*questions: Question, data: dict[str, str] | None = None) -> forms.Form:
    schedule = make_resource_schedule(make_account(f"Lumbre{Account.objects.count()}"))
    set_form(schedule, questions)
    fields: dict[str, Any] = dict(form_fields(asked_fields(schedule)))
    form: forms.Form = type("AskingForm", (forms.Form,), fields)(data)
    return form


def test_nothing_is_asked_unless_the_owner_says_so() -> None:
    assert asked_fields(make_resource_schedule(make_account())) == []


def test_fields_come_in_the_form_s_order_whatever_order_they_were_chosen_in() -> None:
    own = Question(key=Key.FIELD_1, is_required=False, label="Your dog's name")

    form = form_of(own, Question(key=Key.COUNTRY, is_required=False), Question(key=Key.PHONE, is_required=True))

    assert list(form.fields) == ["phone", "country", "field_1"]
    assert [field.required for field in form.fields.values()] == [True, False, False]
    assert [str(field.label) for field in form.fields.values()] == ["Phone", "Country", "Your dog's name"]


def test_standard_fields_are_named_in_the_reader_s_language() -> None:
    with override("es"):
        assert str(form_of(Question(key=Key.PHONE, is_required=True)).fields["phone"].label) == "Teléfono"


@pytest.mark.parametrize(
    ("key", "fills_in", "kind"),
    [
        (Key.PHONE, "tel", "tel"),
        (Key.MOBILE, "tel", "tel"),
        (Key.ADDRESS, "street-address", None),
        (Key.COUNTRY, "country-name", "text"),
    ],
)
def test_browsers_fill_in_the_standard_fields(key: str, fills_in: str, kind: str | None) -> None:
    widget = form_of(Question(key=Key(key), is_required=False)).fields[key].widget

    assert (widget.attrs["autocomplete"], getattr(widget, "input_type", None)) == (fills_in, kind)


def test_what_is_required_must_be_filled_in_and_what_is_optional_need_not() -> None:
    questions = (
        Question(key=Key.PHONE, is_required=True),
        Question(key=Key.FIELD_1, is_required=False, label="Dog"),
        Question(key=Key.FIELD_2, is_required=False, label="Size", kind=CHOICE, options=("Small", "Large")),
    )

    form = form_of(*questions, data={"phone": "  "})

    assert form.errors == {"phone": ["Fill in “Phone”"]}


def test_a_choice_takes_its_options_only() -> None:
    size = Question(key=Key.FIELD_1, is_required=True, label="Size", kind=CHOICE, options=("Small", "Large"))

    assert form_of(size, data={"field_1": "Large"}).is_valid()


@pytest.mark.parametrize("answer", ["", "Huge", "<b>Large</b>"])
def test_anything_else_is_refused(answer: str) -> None:
    size = Question(key=Key.FIELD_1, is_required=True, label="Size", kind=CHOICE, options=("Small", "Large"))

    assert form_of(size, data={"field_1": answer}).errors == {"field_1": ["Choose one for “Size”"]}


@pytest.mark.parametrize(("key", "longest"), [(Key.PHONE, 31), (Key.ADDRESS, 200), (Key.FIELD_1, 200)])
def test_an_answer_is_as_long_as_its_column_at_most(key: str, longest: int) -> None:
    question = Question(key=Key(key), is_required=True, label="This")

    assert form_of(question, data={key: "5" * longest}).is_valid()
    assert form_of(question, data={key: "5" * (longest + 1)}).errors == {
        key: [f"Use at most {longest} characters for “This”"]
    }


def test_the_lines_of_an_address_become_one() -> None:
    form = form_of(
        Question(key=Key.ADDRESS, is_required=True), data={"address": " Calle Mayor 1 \r\n\r\n28013\tMadrid\n"}
    )

    assert form.is_valid()
    assert form.cleaned_data == {"address": "Calle Mayor 1, 28013 Madrid"}


def test_characters_that_cannot_be_seen_are_refused() -> None:
    form = form_of(Question(key=Key.FIELD_1, is_required=True, label="Dog"), data={"field_1": "Rex\x07"})

    assert form.errors == {"field_1": ["Leave out characters that cannot be seen."]}


def test_the_answers_are_the_booking_s_columns() -> None:
    """Whatever is asked can be kept, of a booking and of a user."""
    for key in Key.values:
        assert Booking._meta.get_field(key).max_length == Membership._meta.get_field(key).max_length  # type: ignore[union-attr]

    schedule = make_resource_schedule(make_account())
    booking = book(schedule, client=make_client(details={"phone": "600 100 200", "field_1": "Rex"}))

    booking.refresh_from_db()
    assert (booking.phone, booking.field_1, booking.field_2) == ("600 100 200", "Rex", "")


def test_sign_up_asks_its_own_questions(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    account = make_account()
    schedule = make_resource_schedule(account)
    set_form(schedule, [Question(key=Key.PHONE, is_required=True)])
    set_sign_up_form(account, [Question(key=Key.MOBILE, is_required=True)])
    set_sign_up_form(make_account("Sombra"), [Question(key=Key.COUNTRY, is_required=True)])

    with django_assert_num_queries(2):
        assert [field.key for field in asked_fields(schedule)] == ["phone"]
        assert [field.key for field in sign_up_fields(account)] == ["mobile"]


def test_saving_a_form_replaces_it_and_no_other() -> None:
    account: Account = make_account()
    one, other = make_resource_schedule(account), make_resource_schedule(account, slug="other")
    for schedule in (one, other):
        set_form(schedule, [Question(key=Key.PHONE, is_required=True)])

    set_form(one, [Question(key=Key.COUNTRY, is_required=False)])

    assert [field.key for field in asked_fields(one)] == ["country"]
    assert [field.key for field in asked_fields(other)] == ["phone"]
