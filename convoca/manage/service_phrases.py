"""What the health page says of what runs by itself: mails, reminders, webhooks."""

from django.utils.translation import gettext, ngettext

from convoca.booking.questions.services import MailHealth, WebhookHealth
from convoca.manage import health_phrases
from convoca.manage.phrases import Words


def mails(health: MailHealth) -> Words:
    """Say how mails are doing: what waits for a worker, what the mail server does not take, or that all is well."""
    if health.late:
        return _late(health.late)
    if health.held_up:
        return Words(tone="warning", text=health_phrases.held_up(health.held_up))
    if health.last_ok_at is None:
        return Words(tone="plain", text=gettext("None has been sent yet."))
    return Words(tone="success", text=gettext("Working."))


def reminders(health: MailHealth) -> Words:
    if health.late or health.held_up or health.last_ok_at is not None:
        return mails(health)
    if health.next_at is not None:
        return Words(tone="plain", text=gettext("None was due yet."))
    return Words(tone="plain", text=gettext("None is planned."))


def webhooks(health: WebhookHealth) -> Words:
    """Say the worst of all webhooks."""
    if health.switched_off:
        sentence = ngettext("{n} webhook is switched off.", "{n} webhooks are switched off.", health.switched_off)
        return Words(tone="danger", text=sentence.format(n=health.switched_off))
    if health.failing:
        sentence = ngettext(
            "{n} webhook does not take what we send; we try again.",
            "{n} webhooks do not take what we send; we try again.",
            health.failing,
        )
        return Words(tone="warning", text=sentence.format(n=health.failing))
    if not health.webhooks:
        return Words(tone="plain", text=gettext("There is none yet."))
    if health.paused == health.webhooks:
        return Words(tone="plain", text=gettext("Paused."))
    return Words(tone="success", text=gettext("Working."))


def _late(n: int) -> Words:
    sentence = ngettext(
        "{n} email waits for this server's worker. Whoever runs the server must look.",
        "{n} emails wait for this server's worker. Whoever runs the server must look.",
        n,
    )
    return Words(tone="warning", text=sentence.format(n=n))
