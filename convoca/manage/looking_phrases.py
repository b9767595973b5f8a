"""What owners read about how their pages look."""

from django.utils.translation import gettext

from convoca.booking.operations.looking import LogoUnfit, Unfit
from convoca.booking.questions.look import brand_in


def say(refusal: LogoUnfit) -> str:
    """Return the sentence for a picture that was not taken."""
    match refusal.why:
        case Unfit.NO_PICTURE:
            return gettext("This is no PNG, JPEG or WebP picture. Save it as one of these, and choose it again.")
        case Unfit.TOO_HEAVY:
            return gettext("This file is larger than 200 kB. Save it smaller, and choose it again.")
        case Unfit.TOO_LARGE:
            return gettext("This picture has more than 2000 pixels on a side. Save it smaller, and choose it again.")
        case Unfit.TOO_SMALL:
            return gettext("This picture is smaller than 16 pixels. Choose a larger one.")


def about_colour(colour: str) -> str:
    """Return what became of the chosen colour, so that it can be read; nothing if it is used as it is."""
    if not colour or brand_in(colour).is_kept:
        return ""
    return gettext("We darkened your colour so that text stays readable.")
