"""Where a log-in leads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from convoca.booking.models import Account, Membership, User
from convoca.manage.policy import accounts_of


@never_cache
@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Go to the one account of this person, or let them choose; who manages nothing is led to their bookings."""
    found = accounts_of(request.user) if isinstance(request.user, User) else []
    if len(found) == 1:
        return redirect("manage:today", account=found[0].name)
    used = Account.objects.filter(memberships__user=request.user.pk, memberships__role=Membership.Role.USER)
    return render(request, "manage/accounts.html", {"accounts": found, "used": used.order_by("title", "pk")})
