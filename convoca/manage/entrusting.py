"""The forms in which the owner says what a superuser may do."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account, Membership, Right, Supervision
from convoca.booking.operations.entrusting import Trust
from convoca.manage.right_phrases import BLOCKS, NAMES

WRONG = dict.fromkeys(("invalid_choice", "invalid_list"), gettext_lazy("Choose among these rights."))


class RightsOnScheduleForm(forms.Form):
    """What a superuser of one schedule may do on it."""

    rights = forms.MultipleChoiceField(
        label=gettext_lazy("May also"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=WRONG,
    )

    def __init__(self, data: Any = None, *, supervision: Supervision) -> None:
        held = [right.value for right in supervision.rights]
        # Several of these forms stand on one page.
        super().__init__(data, initial={"rights": held}, auto_id=f"id_%s_{supervision.membership_id}")
        _offer(self, Right)

    @property
    def chosen(self) -> frozenset[Right]:
        return frozenset(map(Right, self.cleaned_data["rights"]))


class TrustForm(forms.Form):
    """What a superuser may do in the account: on all schedules, if they supervise all, and about its users."""

    rights = forms.MultipleChoiceField(
        label=gettext_lazy("May also"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=WRONG,
    )
    manages_users = forms.ChoiceField(
        label=gettext_lazy("About users"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of these.")},
    )

    def __init__(self, data: Any = None, *, person: Membership) -> None:
        self.is_everywhere = person.role == Membership.Role.SUPERUSER
        self.had = person.rights
        held = [right.value for right in person.rights] + ([BLOCKS] if person.blocks_users else [])
        super().__init__(data, initial={"rights": held, "manages_users": person.manages_users}, auto_id="id_trust_%s")
        _offer(self, [*(Right if self.is_everywhere else ()), BLOCKS])
        usual = Account.SuperusersMay(person.account.superusers_may)
        as_all = (
            gettext("As Access Control says of all superusers: {choice}").format(choice=usual.label)
            if self.is_everywhere
            else gettext("As all superusers of single schedules: nothing")
        )
        field = self.fields["manages_users"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", as_all), *Account.SuperusersMay.choices]

    @property
    def trust(self) -> Trust:
        """What a valid form grants. The rights on schedules of who supervises single ones stand on their pages."""
        said = self.cleaned_data
        on_schedules = {Right(each) for each in said["rights"] if each != BLOCKS}
        return Trust(
            rights=on_schedules if self.is_everywhere else self.had,
            blocks_users=BLOCKS in said["rights"],
            manages_users=Account.SuperusersMay(said["manages_users"]) if said["manages_users"] else None,
        )


def _offer(form: forms.Form, keys: Iterable[str]) -> None:
    field = form.fields["rights"]
    if isinstance(field, forms.MultipleChoiceField):
        field.choices = [(str(key), NAMES[key]) for key in keys]
