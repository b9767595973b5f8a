"""Access Control of the account, and Configure > Access of a schedule."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import Account, Membership, Schedule, Supervision
from convoca.booking.operations.access import set_access, set_registration
from convoca.booking.operations.configuring import set_supervisor_field
from convoca.booking.operations.entrusting import entrust_schedule
from convoca.booking.operations.people import appoint, dismiss
from convoca.booking.operations.refusals import ContradictoryAccess
from convoca.booking.questions.forms import sign_up_fields
from convoca.booking.questions.groups import groups_of
from convoca.core.admission import Refusal
from convoca.manage import people_phrases, phrases, right_phrases
from convoca.manage.access import AccessForm, RegistrationForm
from convoca.manage.entrusting import RightsOnScheduleForm
from convoca.manage.forms import SupervisorFieldForm
from convoca.manage.joining import address_of
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.people import KnownPersonForm
from convoca.manage.policy import Visit, configured_schedule, for_owner


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def control_access(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Enable, disable or rename the supervisor field."""
    account = visit.account
    if request.method != "POST":
        return _render_account(request, visit)
    form = SupervisorFieldForm(request.POST, initial=_supervisor_field(account))
    if form.is_valid():
        in_use = _schedules_in_need(account, form.cleaned_data["choice"])
        if in_use:
            form.add_error("choice", phrases.field_in_use(in_use))
        else:
            set_supervisor_field(account, form.cleaned_data["choice"], label=form.cleaned_data["label"])
            messages.success(request, gettext("Saved."))
            return see_other("manage:access-control", account=account.name)
    return _render_account(request, visit, form=form)


@sensitive_post_parameters("sign_up_password")
@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def control_registration(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say who becomes a user by themselves, and what superusers may do to users."""
    account = visit.account
    if request.method != "POST":
        return _render_account(request, visit)
    form = RegistrationForm(request.POST, account=account, address=address_of(request))
    if not form.is_valid():
        return _render_account(request, visit, registration=form)
    set_registration(account, form.registration)
    messages.success(request, gettext("Saved."))
    return see_other("manage:access-control", account=account.name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def configure_access(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Say who may see the schedule, book on it, change bookings, and see those of others."""
    configured = configured_schedule(visit, schedule)
    form = _access_form(configured, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_access(configured, form.access)
        except ContradictoryAccess as refusal:
            form.contradict(refusal.contradictions)
        except Refusal as refusal:
            form.add_error(None, people_phrases.say(refusal))
        else:
            messages.success(request, gettext("Saved. Bookings already made stay as they are."))
            return see_other("manage:access", account=visit.account.name, schedule=configured.slug)
    return _render_schedule(request, visit, configured, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def appoint_superuser(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Make a user superuser of this schedule alone."""
    configured = configured_schedule(visit, schedule)
    if request.method != "POST":
        return see_other("manage:access", account=visit.account.name, schedule=configured.slug)
    form = KnownPersonForm(request.POST)
    if form.is_valid():
        try:
            person = appoint(configured, form.cleaned_data["person"], by=visit.member, now=timezone.now())
        except Refusal as refusal:
            form.add_error("person", people_phrases.say(refusal))
        else:
            messages.success(request, people_phrases.appointed(person, configured))
            return see_other("manage:access", account=visit.account.name, schedule=configured.slug)
    return _render_schedule(request, visit, configured, appointing=form)


@require_POST
@for_owner
def dismiss_superuser(request: HttpRequest, visit: Visit, schedule: str, person: int) -> HttpResponse:
    """Let somebody be superuser of this schedule no longer."""
    configured = configured_schedule(visit, schedule)
    found = _find_supervision(visit, configured, person)
    dismiss(configured, found.membership, by=visit.member, now=timezone.now())
    messages.success(request, people_phrases.dismissed(found.membership, configured))
    return see_other("manage:access", account=visit.account.name, schedule=configured.slug)


@require_POST
@for_owner
def trust_superuser(request: HttpRequest, visit: Visit, schedule: str, person: int) -> HttpResponse:
    """Say what a superuser of this schedule may do on it."""
    configured = configured_schedule(visit, schedule)
    found = _find_supervision(visit, configured, person)
    form = RightsOnScheduleForm(request.POST, supervision=found)
    if not form.is_valid():
        return _render_schedule(request, visit, configured, trusting=(found.membership_id, form))
    try:
        entrust_schedule(configured, found.membership, form.chosen, by=visit.member, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, people_phrases.say(refusal))
    else:
        messages.success(request, right_phrases.granted(found.membership))
    return see_other("manage:access", account=visit.account.name, schedule=configured.slug)


def _find_supervision(visit: Visit, schedule: Schedule, person: int) -> Supervision:
    """Return what makes somebody a superuser of the schedule. Raises Http404."""
    supervisions = Supervision.objects.filter(account=visit.account, schedule=schedule).select_related("membership")
    found = supervisions.filter(membership=person).first() if person < 2**63 else None
    if found is None:
        raise Http404
    found.membership.account = visit.account
    return found


def _render_account(
    request: HttpRequest,
    visit: Visit,
    *,
    form: SupervisorFieldForm | None = None,
    registration: RegistrationForm | None = None,
) -> HttpResponse:
    field = form or SupervisorFieldForm(initial=_supervisor_field(visit.account))
    wrong = next((each for each in (form, registration) if each is not None), None)
    context = {
        "field": field,
        "chosen": field["choice"].value(),
        "choices": Account.SupervisorField.choices,
        "registration": registration or RegistrationForm(account=visit.account, address=address_of(request)),
        "join_address": people_phrases.join_address(visit.account),
        "asked": people_phrases.asked_at_sign_up(sign_up_fields(visit.account)),
        "form": wrong,
    }
    return render_page(request, visit, "manage/access_control.html", context, status=422 if wrong else 200)


def _render_schedule(
    request: HttpRequest,
    visit: Visit,
    schedule: Schedule,
    *,
    form: AccessForm | None = None,
    appointing: KnownPersonForm | None = None,
    trusting: tuple[int, RightsOnScheduleForm] | None = None,
) -> HttpResponse:
    forms = (form, appointing, trusting[1] if trusting else None)
    wrong = next((each for each in forms if each is not None and each.errors), None)
    context = {
        "schedule": schedule,
        "tabs": schedule_tabs(request, visit, schedule),
        "access": form or _access_form(schedule),
        "appointing": appointing or KnownPersonForm(),
        "superusers": _superusers(visit, schedule, trusting),
        "form": wrong,
    }
    return render_page(request, visit, "manage/access.html", context, status=422 if wrong else 200)


def _access_form(schedule: Schedule, data: QueryDict | None = None) -> AccessForm:
    return AccessForm(data, schedule=schedule, groups=groups_of(schedule.account))


def _superusers(
    visit: Visit, schedule: Schedule, trusting: tuple[int, RightsOnScheduleForm] | None
) -> list[dict[str, object]]:
    """Return who is superuser of just this schedule, and with which rights; a blocked person is not."""
    supervisions = Supervision.objects.filter(
        account=visit.account, schedule=schedule, membership__role=Membership.Role.USER
    )
    wrong = dict([trusting] if trusting else [])
    return [
        {
            "pk": each.membership_id,
            "name": each.membership.called,
            "email": each.membership.user.email,
            "page": reverse("manage:person", args=[visit.account.name, each.membership_id]),
            "form": wrong.get(each.membership_id) or RightsOnScheduleForm(supervision=each),
        }
        for each in supervisions.select_related("membership__user").order_by("pk")
    ]


def _supervisor_field(account: Account) -> dict[str, str]:
    return {"choice": account.supervisor_field, "label": account.supervisor_label}


def _schedules_in_need(account: Account, choice: str) -> list[str]:
    """Return the schedules that would lose the field in which their links are typed."""
    if choice != Account.SupervisorField.OFF:
        return []
    manual = Schedule.objects.filter(account=account, link_source=Schedule.MANUAL)
    return list(manual.exclude(kind=Schedule.Kind.CAPACITY).values_list("name", flat=True))
