"""Becoming a user of an account: by oneself, or invited.

Whoever is not logged in types an address and gets a mail; the page says the same whoever they are. The link in the mail
opens a page that asks for the rest; opening it changes nothing.
"""

from allauth.core.ratelimit import consume, consume_or_429
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.models import Account, Invitation, Membership, User
from convoca.booking.operations.inviting import ask_to_join
from convoca.booking.operations.joining import accept_anew, accept_as, has_log_in, join
from convoca.booking.operations.refusals import AddressNotProven, AlreadyUser, HasLogIn, WrongPassword
from convoca.booking.questions.people import invitation_by_token, is_inside
from convoca.booking.spoken import in_the_language_asked
from convoca.core.admission import Refusal
from convoca.manage import people_phrases as phrases
from convoca.manage.joining import JoinForm, NewLogInForm, SignUpForm, address_of, ask_for_password, knock_of

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("shared_password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_the_language_asked
def sign_up(request: HttpRequest, account: str) -> HttpResponse:
    """Ask for an address, or, of somebody who is logged in, whether to join."""
    found = get_object_or_404(Account, name=account)
    if isinstance(request.user, User):
        return _join(request, found, request.user)
    if not _is_open(request, found):
        return _closed(request, found)
    form = SignUpForm(request.POST or None)
    ask_for_password(form, found)
    if request.method == "POST" and form.is_valid():
        email, knock = form.cleaned_data["email"], knock_of(form, request)
        limited: HttpResponse | None = consume_or_429(request, action="reset_password", key=f"sign-up:{email}")
        limited = limited or _too_many_guesses(request, found)
        if limited is not None:
            return limited
        try:
            ask_to_join(found, email, language=get_language() or found.language, knock=knock, now=timezone.now())
        except WrongPassword as refusal:
            _refuse_password(request, found, form, refusal)
        except Refusal as refusal:
            form.add_error("email", phrases.say(refusal))
        else:
            return _see(reverse("account_join_sent", args=[found.name]))
    context = {"account": found, "form": form, "domain": _domain(found), "log_in": _log_in_first(request)}
    return render(request, "account/join.html", context, status=422 if form.errors else 200)


@require_safe
def tell_sent(request: HttpRequest, account: str) -> HttpResponse:
    """Say that a mail is on its way, whoever asked."""
    return render(request, "account/join_sent.html", {"account": get_object_or_404(Account, name=account)})


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_the_language_asked
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation to whoever has its link, and accept it."""
    invitation = invitation_by_token(token, now=timezone.now())
    if invitation is None:
        return render(request, "account/invitation_closed.html", status=404)
    if isinstance(request.user, User):
        if request.user.email != invitation.email:
            return _of_somebody_else(request, invitation)
        return _accept_as(request, invitation, request.user)
    if has_log_in(invitation.email):
        context = {"account": invitation.account, "invitation": invitation, "log_in": _log_in_first(request)}
        return render(request, "account/invitation_log_in.html", context)
    return _accept_anew(request, invitation)


def _join(request: HttpRequest, account: Account, user: User) -> HttpResponse:
    """Let a person with a log-in join; whoever is a user already is shown their bookings."""
    if Membership.objects.filter(account=account, user=user).exists():
        return redirect("my", account=account.name)
    if not _is_open(request, account):
        return _closed(request, account)
    form = JoinForm(request.POST or None, account=account, initial={"name": user.name})
    ask_for_password(form, account)
    if request.method == "POST" and form.is_valid():
        limited = _too_many_guesses(request, account)
        if limited is not None:
            return limited
        try:
            person = join(account, user, form.joiner, knock=knock_of(form, request), now=timezone.now())
        except WrongPassword as refusal:
            _refuse_password(request, account, form, refusal)
        except AlreadyUser:
            return _see(reverse("my", args=[account.name]))
        except AddressNotProven:
            ask_to_join(account, user.email, language=get_language() or user.language, now=timezone.now())
            return _see(reverse("account_join_sent", args=[account.name]))
        except Refusal as refusal:
            form.add_error(None, phrases.say(refusal))
        else:
            return _welcome(person)
    context = {"account": account, "form": form, "email": user.email, "role": Membership.Role.USER}
    return render(request, "account/join_confirm.html", context, status=422 if form.errors else 200)


def _accept_as(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    account = invitation.account
    if Membership.objects.filter(account=account, user=user).exists():
        return redirect("my", account=account.name)
    form = JoinForm(request.POST or None, account=account, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        try:
            return _welcome(accept_as(invitation, user, form.joiner, now=timezone.now()))
        except AlreadyUser:
            return _see(reverse("my", args=[account.name]))
        except Refusal as refusal:
            form.add_error(None, phrases.say(refusal))
    context = {"account": account, "form": form, "email": user.email, "role": invitation.role}
    return render(request, "account/join_confirm.html", context, status=422 if form.errors else 200)


def _accept_anew(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    account = invitation.account
    form = NewLogInForm(request.POST or None, account=account, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            person = accept_anew(
                invitation,
                form.joiner,
                password=form.cleaned_data["password"],
                language=get_language() or invitation.language,
                time_zone=account.time_zone,
                now=timezone.now(),
            )
        except (HasLogIn, AlreadyUser):
            # Meanwhile there is one: the same page tells them to log in.
            return _see(request.path)
        except Refusal as refusal:
            form.add_error(None, phrases.say(refusal))
        else:
            login(request, person.user, backend=BACKEND)
            return _welcome(person)
    context = {"account": account, "form": form, "email": invitation.email, "role": invitation.role}
    return render(request, "account/invitation.html", context, status=422 if form.errors else 200)


def _of_somebody_else(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.method == "POST":
        raise Http404
    context = {"account": invitation.account, "invitation": invitation, "email": request.user.get_username()}
    return render(request, "account/invitation_other.html", context)


def _is_open(request: HttpRequest, account: Account) -> bool:
    """Say whether somebody may try to become a user by themselves, from where they are."""
    return account.takes_people_in and is_inside(account, address_of(request))


def _too_many_guesses(request: HttpRequest, account: Account) -> HttpResponse | None:
    """Refuse if wrong passwords to register came from there as often as a log-in may be tried in vain."""
    if account.sign_up != Account.SignUp.PASSWORD:
        return None
    limited: HttpResponse | None = consume_or_429(
        request, action="login_failed", key=_guess(request, account), dry_run=True
    )
    return limited


def _refuse_password(request: HttpRequest, account: Account, form: SignUpForm | JoinForm, refusal: Refusal) -> None:
    consume(request, action="login_failed", key=_guess(request, account))
    form.add_error("shared_password", phrases.say(refusal))


def _guess(request: HttpRequest, account: Account) -> str:
    # Of one place alone: nobody keeps others from registering by guessing.
    return f"register:{account.pk}:{address_of(request)}"


def _closed(request: HttpRequest, account: Account) -> HttpResponse:
    return render(request, "account/join_closed.html", {"account": account, "log_in": _log_in_first(request)})


def _welcome(person: Membership) -> HttpResponse:
    """Go to where the new user has something to do."""
    if person.role == Membership.Role.SUPERUSER:
        return _see(reverse("manage:today", args=[person.account.name]))
    return _see(reverse("my", args=[person.account.name]))


def _log_in_first(request: HttpRequest) -> str:
    """Return the address of the log-in that leads back here."""
    return f"{resolve_url(settings.LOGIN_URL)}?next={request.path}"


def _domain(account: Account) -> str:
    return account.sign_up_domain if account.sign_up == Account.SignUp.DOMAIN else ""


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
