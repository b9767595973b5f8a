"""Who: tenants, people with a log-in, and what a person is in one account."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.look import Look
from convoca.booking.models.rights import Rights
from convoca.booking.models.sealed import SealedField

NAME_IN_ADDRESS = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9_-]*\Z",
    _("Use letters, digits, hyphens and underscores, starting with a letter or digit."),
)


class Language(models.TextChoices):
    """The languages of pages and mails, each named in itself."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Español"


class Account(Look):
    """A tenant: one business with its schedules, resources and people."""

    class SupervisorField(models.TextChoices):
        """Whether bookings carry a field of the superusers' own, and who reads it."""

        OFF = "off", _("Not used")
        SUPERUSERS = "superusers", _("Only superusers see it")
        SHOWN = "shown", _("The user sees it too")

    class SignUp(models.TextChoices):
        """Who may become a user by themselves, or by an invitation."""

        OPEN = "open", _("Anyone")
        PASSWORD = "password", _("Anyone who knows a password that you give out")
        NETWORK = "network", _("Anyone in a network of yours, by its addresses")
        DOMAIN = "domain", _("Anyone with an email address at your domain")
        INVITATION = "invitation", _("Only people you invite")
        NOBODY = "nobody", _("Nobody: you add users by hand or from a list")

    class SuperusersMay(models.TextChoices):
        """What superusers may do about the account's users; each choice has in it the one before.

        Without a word of the owner's own about somebody, this is said of the superusers of the whole account.
        """

        UNSEEN = "unseen", _("Nothing: they do not see the list of users")
        NOTHING = "nothing", _("See who the users are, and book in their name: only you add users")
        ADD = "add", _("Add and invite users")
        RANK = "rank", _("Add users, make them superusers and block them")

    name = models.CharField(max_length=60, unique=True, validators=[NAME_IN_ADDRESS])
    title = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=8, choices=Language, default=Language.ENGLISH)
    contact_email = models.EmailField(blank=True)
    supervisor_field = models.CharField(max_length=16, choices=SupervisorField, default=SupervisorField.OFF)
    supervisor_label = models.CharField(max_length=60, blank=True)
    sign_up = models.CharField(max_length=16, choices=SignUp, default=SignUp.INVITATION)
    sign_up_domain = models.CharField(max_length=100, blank=True)
    # A hash, as of any password.
    sign_up_password = models.CharField(max_length=128, blank=True)
    # Addresses and networks (CIDR), version 4 and 6, with spaces between them.
    sign_up_networks = models.CharField(max_length=500, blank=True)
    superusers_may = models.CharField(max_length=16, choices=SuperusersMay, default=SuperusersMay.NOTHING)
    # Names of what a new owner has not done yet and has not left out, with spaces between them.
    first_steps = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title

    @property
    def takes_people_in(self) -> bool:
        """Whether anybody becomes a user by themselves, uninvited."""
        return self.sign_up not in {self.SignUp.INVITATION, self.SignUp.NOBODY}


class UserManager(BaseUserManager["User"]):
    """Makes people with a log-in; the e-mail address, lower-cased, is what they log in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a log-in, in any number of accounts."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=8, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class Membership(Rights):
    """One person in one account. `name` is what the account calls them; `super_field` is the superusers' own note.

    The rights count for a superuser of the whole account. `manages_users`, where it is not empty, and `blocks_users`
    count for superusers of single schedules as well: users are the account's.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        SUPERUSER = "superuser", _("Superuser")
        USER = "user", _("User")
        BLOCKED = "blocked", _("Blocked")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.USER)
    login_name = models.CharField(max_length=100)
    external_key = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=31, blank=True)
    mobile = models.CharField(max_length=31, blank=True)
    address = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=60, blank=True)
    field_1 = models.CharField(max_length=200, blank=True)
    field_2 = models.CharField(max_length=200, blank=True)
    super_field = models.CharField(max_length=200, blank=True)
    manages_users = models.CharField(max_length=16, choices=Account.SuperusersMay, blank=True)
    blocks_users = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="membership_once_per_account"),
            models.UniqueConstraint(fields=["account", "login_name"], name="membership_login_name_unique"),
            models.UniqueConstraint(
                fields=["account", "external_key"],
                condition=~models.Q(external_key=""),
                name="membership_external_key_unique",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(role="owner"), name="membership_one_owner_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.login_name} ({self.role})"

    @property
    def called(self) -> str:
        """Return the person's name in this account. Who was added here under no name has their own."""
        return self.name or self.user.name or self.login_name


class Invitation(models.Model):
    """Somebody asked to become a user or a superuser; the mail holds the token, the row its SHA-256.

    Without `invited_by`, they asked for it themselves. `due_at` is when its mail should leave; empty once it has.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Membership.Role, default=Membership.Role.USER)
    language = models.CharField(max_length=8, choices=Language, default=Language.ENGLISH)
    invited_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    token = SealedField()
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "email"], name="invitation_of_email"),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="invitation_due"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Supervision(Rights):
    """A superuser of one schedule only, with their rights on it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="supervisions")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="supervisions")
    schedule = models.ForeignKey("booking.Schedule", on_delete=models.CASCADE, related_name="supervisions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "membership", "schedule"], name="supervision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} supervises {self.schedule_id}"
