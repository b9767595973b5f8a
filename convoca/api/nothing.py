"""What an account has elsewhere and not here: forms beside a booking's own, and codes that lower a price.

Programs that look for them are told that there are none; what is asked on a booking form stands on the booking.
"""

from typing import Any

from django.http import Http404
from ninja import Router

from convoca.api.asked import MaybeText
from convoca.api.door import Keyed
from convoca.api.schedules import WRONG
from convoca.api.told import FormTold, Named, PromotionTold

router = Router(tags=["not here"])


@router.get("/super_forms.json", response={200: list[Named], **WRONG}, url_name="super-forms")
def list_super_forms(request: Keyed) -> list[Any]:
    """List the forms that are filled in beside a booking: none."""
    return []


@router.get("/forms.json", response={200: list[FormTold], **WRONG}, url_name="forms")
def list_forms(request: Keyed, id: MaybeText = None) -> list[Any]:
    """List who filled in which: nobody."""
    if id is not None:
        raise Http404
    return []


@router.get("/promotions.json", response={200: list[PromotionTold], **WRONG}, url_name="promotions")
def list_promotions(request: Keyed, id: MaybeText = None, promotion_code: MaybeText = None) -> list[Any]:
    """List the codes that lower a price: none."""
    if id is not None or promotion_code is not None:
        raise Http404
    return []
