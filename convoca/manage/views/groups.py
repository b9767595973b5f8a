"""Groups of users: which there are, who is in them, and which schedules they open."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import Group
from convoca.booking.operations.groups import (
    delete_group,
    make_group,
    put_into_group,
    rename_group,
    set_groups,
    take_out_of_group,
)
from convoca.booking.questions.groups import (
    groups_of,
    groups_of_person,
    people_by_group,
    schedules_by_group,
    schedules_of,
)
from convoca.booking.questions.people import people_of
from convoca.booking.questions.permissions import Action
from convoca.core.admission import Refusal
from convoca.manage import people_phrases as phrases
from convoca.manage.pages import render_page, see_other
from convoca.manage.people import GroupForm, GroupsForm, KnownPersonForm, line_of
from convoca.manage.policy import Visit, for_those_who_may
from convoca.manage.views.people import ON_A_PAGE, find_person, render_person

MOST_PK = 2**63


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.RANK_PEOPLE)
def list_groups(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the account's groups, and make a new one."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_group(visit.account, form.cleaned_data["name"])
        except Refusal as refusal:
            form.add_error("name", phrases.say(refusal))
        else:
            messages.success(request, phrases.group_made(made))
            return see_other("manage:group", account=visit.account.name, group=str(made.pk))
    people, schedules = people_by_group(visit.account), schedules_by_group(visit.account)
    groups = [
        {
            "pk": group.pk,
            "name": group.name,
            "people": phrases.people_in_group(people.get(group.pk, 0)),
            "schedules": ", ".join(schedules.get(group.pk, [])),
        }
        for group in groups_of(visit.account)
    ]
    context = {"groups": groups, "form": form}
    return render_page(request, visit, "manage/groups.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.RANK_PEOPLE)
def show_group(request: HttpRequest, visit: Visit, group: int) -> HttpResponse:
    """Show who is in a group, and rename it."""
    found = _find_group(visit, group)
    form = GroupForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_group(found, form.cleaned_data["name"])
        except Refusal as refusal:
            form.add_error("name", phrases.say(refusal))
        else:
            messages.success(request, gettext("Saved."))
            return see_other("manage:group", account=visit.account.name, group=str(found.pk))
    return _render_group(request, visit, found, naming=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.RANK_PEOPLE)
def add_member(request: HttpRequest, visit: Visit, group: int) -> HttpResponse:
    """Put a user into the group."""
    found = _find_group(visit, group)
    if request.method != "POST":
        return see_other("manage:group", account=visit.account.name, group=str(found.pk))
    form = KnownPersonForm(request.POST)
    if form.is_valid():
        try:
            person = put_into_group(found, form.cleaned_data["person"], by=visit.member, now=timezone.now())
        except Refusal as refusal:
            form.add_error("person", phrases.say(refusal))
        else:
            messages.success(request, phrases.put_into_group(person, found))
            return see_other("manage:group", account=visit.account.name, group=str(found.pk))
    return _render_group(request, visit, found, adding=form)


@require_POST
@for_those_who_may(Action.RANK_PEOPLE)
def remove_member(request: HttpRequest, visit: Visit, group: int, person: int) -> HttpResponse:
    """Take a user out of the group."""
    found = _find_group(visit, group)
    member = find_person(visit, person)
    take_out_of_group(found, member, by=visit.member, now=timezone.now())
    messages.success(request, phrases.taken_out_of_group(member, found))
    return see_other("manage:group", account=visit.account.name, group=str(found.pk))


@require_POST
@for_those_who_may(Action.RANK_PEOPLE)
def remove_group(request: HttpRequest, visit: Visit, group: int) -> HttpResponse:
    """Delete the group, or say which schedules it decides about."""
    found = _find_group(visit, group)
    try:
        delete_group(found)
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
        return see_other("manage:group", account=visit.account.name, group=str(group))
    messages.success(request, phrases.group_deleted(found))
    return see_other("manage:groups", account=visit.account.name)


@require_POST
@for_those_who_may(Action.RANK_PEOPLE)
def choose_groups(request: HttpRequest, visit: Visit, person: int) -> HttpResponse:
    """Say in which groups a person is."""
    found = find_person(visit, person)
    form = GroupsForm(request.POST, groups=groups_of(visit.account), held=groups_of_person(found))
    if form.is_valid():
        try:
            set_groups(found, form.chosen, by=visit.member, now=timezone.now())
        except Refusal as refusal:
            form.add_error("groups", phrases.say(refusal))
        else:
            messages.success(request, gettext("Saved."))
            return see_other("manage:person", account=visit.account.name, person=str(found.pk))
    return render_person(request, visit, found, groups=form)


def _find_group(visit: Visit, pk: int) -> Group:
    """Return the account's group of that id. Raises Http404."""
    group = Group.objects.filter(account=visit.account, pk=pk).first() if pk < MOST_PK else None
    if group is None:
        raise Http404
    group.account = visit.account
    return group


def _render_group(
    request: HttpRequest,
    visit: Visit,
    group: Group,
    *,
    naming: GroupForm | None = None,
    adding: KnownPersonForm | None = None,
) -> HttpResponse:
    wrong = next((each for each in (naming, adding) if each is not None and each.errors), None)
    pages = Paginator(people_of(visit.account).filter(groups=group), ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "group": group,
        "people": [line_of(person) for person in shown],
        "shown": shown,
        "count": phrases.people_in_group(pages.count),
        "schedules": schedules_of(group),
        "naming": naming or GroupForm(initial={"name": group.name}),
        "adding": adding or KnownPersonForm(),
        "form": wrong,
    }
    return render_page(request, visit, "manage/group.html", context, status=422 if wrong else 200)
