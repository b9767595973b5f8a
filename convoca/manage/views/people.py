"""Users: who they are, what is known of them, and who comes in."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.models import Booking, Membership, Schedule
from convoca.booking.operations.inviting import invite
from convoca.booking.operations.people import add_user, edit_user
from convoca.booking.questions.groups import groups_of, groups_of_person
from convoca.booking.questions.people import history_of, invited_to, people_of
from convoca.booking.questions.permissions import Action
from convoca.booking.wording import day_text, span_text
from convoca.core.admission import Refusal
from convoca.core.time import local_day
from convoca.manage import people_phrases as phrases
from convoca.manage.entrusting import TrustForm
from convoca.manage.pages import render_page, see_other
from convoca.manage.people import (
    GroupsForm,
    InvitationForm,
    NewPersonForm,
    PersonForm,
    RightsForm,
    SearchForm,
    history_lines,
    invited_of,
    line_of,
    rank_words,
)
from convoca.manage.policy import Visit, for_those_who_may

ON_A_PAGE = 50
LATEST = 10
Role = Membership.Role


@require_safe
@for_those_who_may(Action.SEE_PEOPLE)
def list_people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the account's users, all or those who are looked for, and who is invited."""
    now = timezone.now()
    search = SearchForm(request.GET).wanted
    pages = Paginator(people_of(visit.account, search), ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    invited = invited_to(visit.account).select_related("account") if visit.may(Action.ADD_PEOPLE) else []
    context = {
        "people": [line_of(person) for person in shown],
        "shown": shown,
        "count": phrases.user_count(pages.count),
        "search": search,
        "invited": [invited_of(each, now=now) for each in invited],
        "may_add": visit.may(Action.ADD_PEOPLE),
        "may_group": visit.may(Action.RANK_PEOPLE),
        "join_address": phrases.join_address(visit.account),
    }
    return render_page(request, visit, "manage/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.ADD_PEOPLE)
def add_person(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Add somebody by hand; they set their password by mail."""
    form = NewPersonForm(request.POST or None, account=visit.account)
    if request.method == "POST" and form.is_valid():
        values = form.values
        name, email = values.pop("name"), form.cleaned_data["email"]
        try:
            person = add_user(visit.account, email, name=name, details=values, by=visit.member, now=timezone.now())
        except Refusal as refusal:
            form.add_error("email", phrases.say(refusal))
        else:
            messages.success(request, phrases.added(person))
            return see_other("manage:people", account=visit.account.name)
    status = 422 if form.errors else 200
    return render_page(request, visit, "manage/person_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.ADD_PEOPLE)
def invite_person(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Invite somebody by mail: the link in it makes them a user."""
    form = InvitationForm(request.POST or None, account=visit.account, may_rank=visit.may(Action.RANK_PEOPLE))
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invite(
                visit.account,
                form.cleaned_data["email"],
                role=form.wanted_role,
                language=form.cleaned_data["language"],
                by=visit.member,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("email", phrases.say(refusal))
        else:
            messages.success(request, phrases.invited(invitation))
            return see_other("manage:people", account=visit.account.name)
    status = 422 if form.errors else 200
    return render_page(request, visit, "manage/person_invite.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.SEE_PEOPLE)
def show_person(request: HttpRequest, visit: Visit, person: int) -> HttpResponse:
    """Show one user, and change what is known of them."""
    found = find_person(visit, person)
    if not may_edit(visit, found):
        if request.method == "POST":
            visit.require(Action.ADD_PEOPLE)
            raise Http404
        return render_person(request, visit, found)
    form = PersonForm(request.POST or None, account=visit.account, person=found)
    if request.method == "POST" and form.is_valid():
        edit_user(found, form.values, by=visit.member, now=timezone.now())
        messages.success(request, gettext("Saved."))
        return see_other("manage:person", account=visit.account.name, person=str(found.pk))
    return render_person(request, visit, found, form=form)


def find_person(visit: Visit, pk: int) -> Membership:
    """Return the account's user of that id. Raises Http404."""
    person = people_of(visit.account).filter(pk=pk).first() if pk < 2**63 else None
    if person is None:
        raise Http404
    person.account = visit.account
    return person


def may_edit(visit: Visit, person: Membership) -> bool:
    """Say whether the visitor may write what is known of a person: nobody but the owner writes the owner's."""
    return visit.may(Action.ADD_PEOPLE) and (person.role != Role.OWNER or visit.is_owner)


def may_rank(visit: Visit, person: Membership) -> bool:
    """Say whether the visitor may change a person's rights: nobody's own, and never the owner's."""
    return visit.may(Action.RANK_PEOPLE) and person.role != Role.OWNER and person.pk != visit.member.pk


def may_block(visit: Visit, person: Membership) -> bool:
    """Say whether the visitor may block a person, or unblock them: who may not make superusers, no superusers."""
    if may_rank(visit, person):
        return True
    is_user = person.role in {Role.USER, Role.BLOCKED} and not person.supervisions.all()
    return visit.may(Action.BLOCK_PEOPLE) and person.pk != visit.member.pk and is_user


def may_trust(visit: Visit, person: Membership) -> bool:
    """Say whether the visitor may grant a person what superusers may do: the owner, to whoever supervises anything."""
    supervises = person.role == Role.SUPERUSER or (person.role == Role.USER and bool(person.supervisions.all()))
    return visit.is_owner and supervises


def render_person(
    request: HttpRequest,
    visit: Visit,
    person: Membership,
    *,
    form: PersonForm | None = None,
    rights: RightsForm | None = None,
    trust: TrustForm | None = None,
    groups: GroupsForm | None = None,
) -> HttpResponse:
    """Show the whole page of a person; with 422 if one of its forms is wrong."""
    if form is None and may_edit(visit, person):
        form = PersonForm(account=visit.account, person=person)
    if rights is None and may_rank(visit, person) and person.role != Role.BLOCKED:
        rights = RightsForm(person=person, schedules=Schedule.objects.filter(account=visit.account, closing_at=None))
    if groups is None and visit.may(Action.RANK_PEOPLE):
        groups = GroupsForm(groups=groups_of(visit.account), held=groups_of_person(person))
    if trust is None and may_trust(visit, person):
        trust = TrustForm(person=person)
    wrong = next((each for each in (form, rights, trust, groups) if each is not None and each.errors), None)
    context = {
        "person": line_of(person),
        "rank": rank_words(person),
        "details": form,
        "rights": rights,
        "trust": trust,
        "trusted_on": [each.schedule for each in person.supervisions.all()] if trust else [],
        "groups": groups,
        "may_block": may_block(visit, person),
        "may_delete": may_rank(visit, person),
        "is_self": person.pk == visit.member.pk,
        "is_owner_of_account": person.role == Role.OWNER,
        "bookings": _bookings(visit, person),
        "history": history_lines(history_of(person), time_zone=visit.account.time_zone),
        "form": wrong,
    }
    return render_page(request, visit, "manage/person.html", context, status=422 if wrong else 200)


def _bookings(visit: Visit, person: Membership) -> list[dict[str, object]]:
    """Return the person's latest bookings that the visitor supervises, those that are furthest ahead first."""
    own = Booking.objects.filter(account=person.account_id, membership=person).select_related("slot__schedule")
    if not visit.viewer.supervises_account:
        own = own.filter(slot__schedule__in=visit.viewer.supervised)
    return [
        {
            "pk": booking.pk,
            "when": _when(booking),
            "what": booking.slot.title or booking.slot.schedule.name,
            "status": booking.get_status_display(),
        }
        for booking in own.order_by("-slot__starts_at", "-pk")[:LATEST]
    ]


def _when(booking: Booking) -> str:
    slot, zone = booking.slot, booking.slot.schedule.time_zone
    day = day_text(local_day(slot.starts_at, zone), "full")
    return f"{day[:1].upper()}{day[1:]}, {span_text(slot.starts_at, slot.ends_at, zone)}"
