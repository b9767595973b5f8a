"""Webhooks: making one, changing it, pausing it, giving it another secret, trying it, deleting it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from convoca.booking.models import Account, Delivery, Happening, Schedule, Sealed, Webhook
from convoca.booking.operations.delivering import deliver_due
from convoca.booking.operations.refusals import AddressNotAllowed, NotOffered, TooManyWebhooks
from convoca.providers.public_only import is_public
from convoca.providers.telling import new_secret

MOST_WEBHOOKS = 20
# Long enough to put the new secret into the other program.
BOTH_SECRETS_FOR = timedelta(days=1)
# What can be chosen; a test is asked for.
CHOOSABLE = tuple(each for each in Happening if each is not Happening.TEST)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What a webhook is to be: where, of what, of which schedule (None: all), and whether with meeting links."""

    url: str
    happenings: Iterable[str]
    schedule: Schedule | None = None
    tells_links: bool = False


def make_webhook(account: Account, telling: Telling, *, now: datetime) -> Webhook:
    """Make a webhook with a secret of its own. Raises AddressNotAllowed, TooManyWebhooks or NotOffered."""
    webhook = Webhook(account=account, secret=Sealed.seal(new_secret()), created_at=now)
    _write(webhook, telling)
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        if Webhook.objects.filter(account=account).count() >= MOST_WEBHOOKS:
            raise TooManyWebhooks
        webhook.save(force_insert=True)
    return webhook


def change_webhook(webhook: Webhook, telling: Telling) -> None:
    """Write what it is to be from now on; an address that had failed gets a new chance. Raises as `make_webhook`."""
    with transaction.atomic():
        held = _held(webhook)
        _write(held, telling)
        _start_anew(held)
        held.save()


def _write(webhook: Webhook, telling: Telling) -> None:
    if telling.schedule is not None and telling.schedule.account_id != webhook.account_id:
        raise NotOffered
    webhook.host = allowed_host(telling.url)
    webhook.url, webhook.schedule, webhook.tells_links = Sealed.seal(telling.url), telling.schedule, telling.tells_links
    chosen = set(telling.happenings)
    webhook.happenings = " ".join(each for each in CHOOSABLE if each in chosen)


def allowed_host(url: str) -> str:
    """Return the host that an address leads to. Raises AddressNotAllowed if none of ours may call it.

    What a name leads to is judged when it is called; here an address that could never be called is refused.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressNotAllowed from error
    schemes = ("https", "http") if settings.WEBHOOKS_WITHIN else ("https",)
    if parts.scheme not in schemes or not host or parts.username is not None or not url.isprintable() or " " in url:
        raise AddressNotAllowed
    if not settings.WEBHOOKS_WITHIN and not _may_be_public(host):
        raise AddressNotAllowed
    return host[:255]


def _may_be_public(host: str) -> bool:
    is_number = ":" in host or host.replace(".", "").isdigit()
    return is_public(host) if is_number else host != "localhost" and not host.endswith((".localhost", ".local"))


def pause_webhook(webhook: Webhook, *, now: datetime) -> None:
    """Tell it nothing of what happens from now on, nor what it is still owed."""
    with transaction.atomic():
        held = _held(webhook)
        held.paused_at = held.paused_at or now
        held.save(update_fields=["paused_at"])
        Delivery.objects.filter(webhook=held, due_at__isnull=False).update(dropped_at=now, due_at=None)


def resume_webhook(webhook: Webhook) -> None:
    """Tell it again what happens, whether its owner had paused it or we had switched it off."""
    with transaction.atomic():
        held = _held(webhook)
        held.paused_at = None
        _start_anew(held)
        held.save()


def _start_anew(webhook: Webhook) -> None:
    webhook.failures, webhook.failing_since, webhook.blocked_until, webhook.switched_off_at = 0, None, None, None


def replace_secret(webhook: Webhook, *, now: datetime) -> None:
    """Sign with a new secret from now on, and for a day with the old one, too."""
    with transaction.atomic():
        held = _held(webhook)
        held.previous_secret, held.previous_until = held.secret, now + BOTH_SECRETS_FOR
        held.secret = Sealed.seal(new_secret())
        held.save(update_fields=["previous_secret", "previous_until", "secret"])


def send_test(webhook: Webhook, *, now: datetime) -> Delivery:
    """Owe the webhook a test, even if the address has failed. Whoever asks for it need not wait for a worker."""
    with transaction.atomic():
        held = _held(webhook)
        held.blocked_until = None
        held.save(update_fields=["blocked_until"])
        delivery = Delivery.objects.create(
            account_id=held.account_id, webhook=held, happening=Happening.TEST, happened_at=now, due_at=now
        )
        deliver_due.enqueue()
    return delivery


def delete_webhook(webhook: Webhook) -> None:
    """Forget the address, its secret and what was told."""
    Webhook.objects.filter(account_id=webhook.account_id, pk=webhook.pk).delete()


def _held(webhook: Webhook) -> Webhook:
    found = Webhook.objects.select_for_update(no_key=True, of=("self",)).filter(account_id=webhook.account_id)
    held = found.filter(pk=webhook.pk).first()
    if held is None:
        raise NotOffered
    return held
