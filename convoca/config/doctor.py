"""`convoca doctor`: looks for what is wrong and says it in sentences."""

import os
import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from convoca.config.env import VARIABLES, Environment
from convoca.config.env_values import MailKind, Tls, is_loopback

# Secrets read of each kind: enough to notice a lost key without reading a large table to its end.
SECRETS_TRIED = 200
# The sweep runs every 5 s and a call has 15 s: whatever has been due for longer is waited for in vain.
DUE_AT_MOST = timedelta(minutes=1)
# Of each account, and of each kind of complaint.
ROWS_AT_MOST = 200
MAIL_WITHIN = timedelta(seconds=10)
# Read by the tests alone.
TEST_VARIABLES = frozenset({"CONVOCA_CONTRACTS"})


def examine(environment: Environment) -> int:
    """Print what is wrong, one sentence each, or that all is well; return the exit status."""
    warnings: list[str] = []
    complaints = [*_settings(environment), *_database(environment, warnings), *_mail_server(environment)]
    for complaint in complaints:
        print(f"- {complaint}")
    for warning in warnings:
        print(f"- Warning: {warning}")
    if not complaints:
        print("Settings, database, keys, worker, connections and mail server: all is well.")
    return 1 if complaints else 0


def _settings(environment: Environment) -> Iterator[str]:
    known = {variable.name for variable in VARIABLES} | TEST_VARIABLES
    known |= {f"{variable.name}_FILE" for variable in VARIABLES if variable.secret}
    for name in sorted(os.environ):
        if name.startswith("CONVOCA_") and name not in known:
            yield f"{name} is set, but Convoca has no such setting. They are listed in docs/selfhost.md."
    if environment.email.kind is not MailKind.OUTBOX and environment.email_from.endswith("@localhost>"):
        yield "CONVOCA_EMAIL_FROM is not set: mail servers refuse mails from localhost."
    if environment.behind_proxy and is_loopback(environment.allowed_hosts[0]):
        yield "CONVOCA_BASE_URL is not set: mails and calendars would point at this machine."


def _database(environment: Environment, warnings: list[str]) -> Iterator[str]:
    """Yield what is wrong with the database; the later examinations need what the earlier ones found right."""
    now = timezone.now()
    for examination in (
        _tables,
        partial(_examples, environment),
        _keys,
        partial(_worker, now=now),
        partial(_accounts, warnings, now=now),
    ):
        try:
            complaints = list(examination())
        except DatabaseError as error:
            complaints = [f"The database does not answer: {error}".strip().replace("\n", " ")]
        yield from complaints
        if complaints:
            return


def _tables() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"The database lacks {len(missing)} changes of this version. Run `convoca migrate`."


def _keys() -> Iterator[str]:
    from convoca.booking.models.sealed import Sealed, SealedField

    for model in apps.get_app_config("booking").get_models():
        for column in (field for field in model._meta.concrete_fields if isinstance(field, SealedField)):
            newest = model._default_manager.exclude(**{column.name: Sealed()}).order_by("-pk")
            lost = sum(not _opens(each.open) for each in newest.values_list(column.name, flat=True)[:SECRETS_TRIED])
            if lost:
                yield (
                    f"{lost} of the newest secrets in {model._meta.db_table}.{column.column} cannot be read with "
                    "CONVOCA_ENCRYPTION_KEYS. Put the key they were written with back, behind the newest."
                )


def _opens(open_secret: Callable[[], str]) -> bool:
    try:
        open_secret()
    except InvalidToken:
        return False
    return True


def _worker(*, now: datetime) -> Iterator[str]:
    from convoca.booking.operations.leasing import unleased
    from convoca.booking.questions.health import queues

    for queue in queues(now=now):
        if number := queue.filter(unleased(), due_at__lt=now - DUE_AT_MOST).count():
            yield (
                f"{number} rows of {queue.model._meta.db_table} have been due for more than a minute: is a worker "
                "running? Start one with `convoca worker` (or `convoca serve`)."
            )


def _accounts(warnings: list[str], *, now: datetime) -> Iterator[str]:
    """Say of each account what its health page says; add to `warnings` what its owner is only warned of."""
    from convoca.booking.models import Account
    from convoca.booking.questions.standing import standing_of
    from convoca.config import complaints

    for account in Account.objects.order_by("pk"):
        standing = standing_of(account, at_most=ROWS_AT_MOST, now=now)
        warnings += [f"Account {account.name}: {warning}" for warning in complaints.warnings_of(standing)]
        for complaint in complaints.of(standing):
            yield f"Account {account.name}: {complaint}"


def _examples(environment: Environment) -> Iterator[str]:
    """Yield who has a password that everybody can read, unless this machine alone reaches the log-in."""
    from convoca.booking.models import User
    from convoca.booking.operations.demonstrating import EMPTY_EMAIL, OWNER_EMAIL, PASSWORD

    if is_loopback(environment.allowed_hosts[0]):
        return
    for person in User.objects.filter(email__in=[OWNER_EMAIL, EMPTY_EMAIL], is_active=True).order_by("pk"):
        if check_password(PASSWORD, person.password):
            yield (
                f"{person.email} is one of the examples of `make run`, and everybody knows the password. Begin with an "
                "empty database, or change that password."
            )


def _mail_server(environment: Environment) -> Iterator[str]:
    mail = environment.email
    if mail.kind is not MailKind.SMTP:
        return
    kind = smtplib.SMTP_SSL if mail.tls is Tls.IMPLICIT else smtplib.SMTP
    try:
        with kind(mail.host, mail.port, timeout=MAIL_WITHIN.total_seconds()) as server:
            if mail.tls is Tls.STARTTLS:
                server.starttls()
            if mail.user:
                server.login(mail.user, mail.password)
    except (OSError, smtplib.SMTPException) as error:
        yield f"The mail server {mail.host}:{mail.port} refuses us: {error}. Mails wait until it answers."
