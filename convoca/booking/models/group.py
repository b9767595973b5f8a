"""Groups of an account's users, and the schedules that are open to some of them alone."""

from django.db import models

from convoca.booking.models.account import Account, Membership
from convoca.booking.models.schedule import Schedule


class Group(models.Model):
    """Some of an account's users, under a name that only who manages reads."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=60)
    members = models.ManyToManyField(Membership, through="booking.GroupMember", related_name="groups")

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="group_name_unique_in_account")]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A user in a group."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "membership", "group"], name="group_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.group_id}"


class ScheduleGroup(models.Model):
    """A group whose users see a schedule, or book on it, where that is for some groups alone.

    A group cannot be deleted while it is named here: nobody would notice whom that lets in or keeps out.
    """

    class Purpose(models.TextChoices):
        SEES = "sees"
        BOOKS = "books"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="admitted")
    group = models.ForeignKey(Group, on_delete=models.RESTRICT, related_name="admissions")
    purpose = models.CharField(max_length=8, choices=Purpose)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "schedule", "purpose", "group"], name="group_admitted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.purpose} {self.schedule_id}"
