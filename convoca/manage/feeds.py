"""What somebody chooses who wants a calendar to subscribe to."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.operations.feeding import Following
from convoca.booking.questions.feeds import resources_to_follow
from convoca.booking.questions.viewers import Viewer, supervised_schedules
from convoca.booking.spoken import SpokenForm

OWN = "own"


class FeedForm(SpokenForm):
    """Whose occasions, and how much of them. What is on the list is what the viewer supervises."""

    about = forms.ChoiceField(
        label=gettext_lazy("What to follow"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what to follow.")),
    )
    names = forms.BooleanField(
        label=gettext_lazy("Show who comes"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Leave it out for a calendar that hangs on a wall or is shared with others."),
    )
    links = forms.BooleanField(
        label=gettext_lazy("Show the meeting links"),
        required=False,
        help_text=gettext_lazy("Whoever has the address can read them. They are as far as you may see them yourself."),
    )

    def __init__(self, data: Any = None, *, viewer: Viewer) -> None:
        super().__init__(data)
        self.schedules = {f"s{each.pk}": each for each in supervised_schedules(viewer)}
        self.resources = {f"r{each.pk}": each for each in resources_to_follow(viewer)}
        field = self.fields["about"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (gettext("Schedules"), [(key, str(each)) for key, each in self.schedules.items()]),
                (gettext("Resources"), [(key, str(each)) for key, each in self.resources.items()]),
                (gettext("Mine"), [(OWN, gettext("My own bookings"))]),
            ]

    @property
    def following(self) -> Following:
        """What a valid form says."""
        about = self.cleaned_data["about"]
        return Following(
            schedule=self.schedules.get(about),
            resource=self.resources.get(about),
            has_names=self.cleaned_data["names"],
            has_links=self.cleaned_data["links"],
        )
