"""What owners read of programs: how keys and webhooks stand, and what became of what was told."""

from collections.abc import Sequence
from http import HTTPStatus

from django.utils.translation import gettext, ngettext

from convoca.booking.models import ApiKey, Delivery, Webhook
from convoca.booking.operations.delivering import Answer
from convoca.booking.operations.hooking import MOST_WEBHOOKS
from convoca.booking.operations.refusals import AddressNotAllowed, TooManyWebhooks
from convoca.core.admission import Refusal
from convoca.manage.phrases import Words, moment


def key_words(key: ApiKey | None, time_zone: str) -> Words:
    if key is None:
        return Words(tone="plain", text=gettext("No key: no program can ask."))
    made = gettext("Made {time}.").format(time=moment(key.created_at, time_zone))
    if key.last_used_at is None:
        return Words(tone="success", text=f"{made} {gettext('Never used.')}")
    used = gettext("Used last {time}.").format(time=moment(key.last_used_at, time_zone))
    return Words(tone="success", text=f"{made} {used}")


def all_webhooks_words(webhooks: Sequence[Webhook]) -> Words:
    if not webhooks:
        return Words(tone="plain", text=gettext("None yet."))
    if off := sum(each.switched_off_at is not None for each in webhooks):
        sentence = ngettext("{n} webhook was switched off.", "{n} webhooks were switched off.", off)
        return Words(tone="danger", text=sentence.format(n=off))
    if failing := sum(each.failing_since is not None for each in webhooks):
        sentence = ngettext("{n} webhook fails at the moment.", "{n} webhooks fail at the moment.", failing)
        return Words(tone="warning", text=sentence.format(n=failing))
    n = len(webhooks)
    return Words(tone="success", text=ngettext("{n} webhook, no trouble.", "{n} webhooks, no trouble.", n).format(n=n))


def webhook_words(webhook: Webhook, time_zone: str) -> Words:
    if webhook.paused_at is not None:
        return Words(tone="plain", text=gettext("Paused: it is told nothing of what happens meanwhile."))
    if webhook.switched_off_at is not None:
        sentence = gettext("Switched off {time}: the address took nothing for days, or said that it is gone.")
        return Words(tone="danger", text=sentence.format(time=moment(webhook.switched_off_at, time_zone)))
    if webhook.failing_since is not None:
        sentence = gettext("Fails since {time}. We try again, less and less often, for five days.")
        return Words(tone="warning", text=sentence.format(time=moment(webhook.failing_since, time_zone)))
    return Words(tone="success", text=gettext("On"))


def delivery_words(delivery: Delivery) -> Words:
    """Say what became of one thing that a webhook was owed."""
    if delivery.delivered_at is not None:
        return Words(tone="success", text=gettext("Taken"))
    if delivery.dropped_at is not None:
        return Words(tone="danger", text=gettext("Given up"))
    if delivery.attempts:
        return Words(tone="warning", text=gettext("Tried again soon"))
    return Words(tone="pending", text=gettext("On its way"))


def why(reason: str, status: int | None) -> str:
    """Say why something was not taken; nothing if it was, or has not been sent."""
    match reason:
        case "status" if status is not None and status // 100 == HTTPStatus.MULTIPLE_CHOICES // 100:
            return gettext("It sends elsewhere, and we do not follow.")
        case "status":
            return gettext("It did not want it.")
        case "no_answer":
            return gettext("No answer came in time, so it may have arrived.")
        case "unreachable":
            return gettext("The address could not be reached.")
        case "not_public":
            return gettext("The address leads into this server's own network.")
        case "unwritten":
            return gettext("We could not write it. Whoever runs this server finds the reason in its log.")
        case _:
            return ""


def tested(answer: Answer | None) -> str:
    if answer is None:
        return gettext("The test is on its way.")
    if answer.is_taken:
        return gettext("It was taken: answer {status} after {ms} ms.").format(status=answer.status, ms=answer.took_ms)
    if answer.status is not None:
        return gettext("It was not taken: answer {status} after {ms} ms. {why}").format(
            status=answer.status, ms=answer.took_ms, why=why(answer.reason, answer.status)
        )
    return gettext("It was not taken. {why}").format(why=why(answer.reason, None))


def say(refusal: Refusal) -> str:
    match refusal:
        case AddressNotAllowed():
            return gettext("Enter an address that begins with https:// and that everybody on the internet can reach")
        case TooManyWebhooks():
            return gettext("There are {n} webhooks, and no more are possible. Delete one first").format(n=MOST_WEBHOOKS)
        case _:
            return gettext("One of these choices is not there any more. Choose again")
