"""What the owner reads about one link for all bookings of a schedule (J8): whole sentences."""

from django.utils.translation import gettext, ngettext


def shared(others: int, *, is_class: bool) -> str:
    """Say that it is used from now on, and for how many that had none."""
    saved = gettext("Saved. Everybody who books from now on gets this link.")
    if not others:
        return saved
    if is_class:
        sentence = ngettext(
            "{n} upcoming slot gets it too; who is in it gets an email.",
            "{n} upcoming slots get it too; who is in them gets an email.",
            others,
        )
    else:
        sentence = ngettext(
            "{n} upcoming booking gets it too, by email.", "{n} upcoming bookings get it too, by email.", others
        )
    return f"{saved} {sentence.format(n=others)}"


def shared_no_more() -> str:
    return gettext(
        "Removed. Who books from now on gets no link until you type one; who has this one keeps it until you type "
        "another."
    )


def not_by_hand() -> str:
    return gettext("This schedule's links are not typed by hand. Nothing was changed.")
