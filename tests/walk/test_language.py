"""M22: wherever a form can be shown in another language, nothing of it is lost, judged or done meanwhile."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from django.test import Client

from tests.walk.filling import FormReader, filled_in, hidden_of
from tests.walk.routes import ROUTES
from tests.walk.scene import Scene
from tests.walk.tables import writing
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import Visit

SWITCH = re.compile(r'<button class="btn btn-quiet" form="([\w-]+)" name="speak" value="es"')
# Who comes to owners' forms, and to those of people who have no log-in yet.
LOOKERS = (Looker.OWNER, Looker.STRANGER, Looker.BOOKER)
# Of the forms that an owner types into, these at least have the switch.
OWNERS = {
    *("manage:process", "manage:rules", "manage:look", "manage:service", "manage:new-schedule", "manage:edit-schedule"),
    *(
        "manage:add-person",
        "manage:invite-person",
        "manage:edit-booking",
        "manage:slots",
        "manage:edit-slot",
        "manage:text",
    ),
    *("manage:webhooks", "manage:form", "manage:hours", "manage:start-times", "manage:access", "manage:feeds"),
    *("manage:new-booking", "manage:sign-up-form", "manage:webhook", "setup"),
}


def test_m22_a_change_of_language_in_the_middle_of_an_owner_s_form_lost_what_was_typed(scene: Scene) -> None:
    """Without a script: the switch is a button of the form, which is shown again as it is filled in, and not judged."""
    met, faults = set(), []

    for name, looker, visit in _pages(scene):
        browser = scene.browser(looker, visit.about)
        page = browser.get(visit.path, headers={"accept-language": "en"})
        if found := SWITCH.search(page.content.decode()):
            met.add(name)
            faults += [f"{name}: {fault}" for fault in _lost(browser, visit, page.content.decode(), found[1])]

    assert not faults, "\n".join(faults)
    assert OWNERS - met == set()


def _pages(scene: Scene) -> Iterator[tuple[str, Looker, Visit]]:
    for name, route in ROUTES.items():
        if route.get is None or not route.is_page:
            continue
        looker = next((each for each in LOOKERS if route.get.status[each] == 200), None)
        if looker is not None:
            yield from ((name, looker, visit) for visit in route.visits(scene, looker)[:2])


def _lost(browser: Client, visit: Visit, html: str, form_id: str) -> Iterator[str]:
    form = FormReader(html, form_id)
    hidden = dict(hidden_of(form))
    typed = filled_in(form)
    with writing() as written_to:
        answer = browser.post(urljoin(visit.path, form.action), hidden | typed | {"speak": "es"})
    said = answer.content.decode()
    if (answer.status_code, '<html lang="es"' in said) != (200, True):
        yield f"answers {answer.status_code}, in Spanish: {'<html lang="es"' in said}"
        return
    if written_to:
        yield f"writes to {written_to}"
    if 'aria-invalid="true"' in said:
        yield "is judged"
    if "django_language" not in answer.cookies:
        yield "is not remembered"
    again = FormReader(said, form_id).sent()
    yield from (f"«{key}» was {typed[key]} and is {again.get(key)}" for key in typed if again.get(key) != typed[key])
    yield from (f"«{key}» was not chosen and is {again[key]}" for key in again.keys() - typed.keys())


def test_there_are_forms_of_everybody_s(scene: Scene) -> None:
    """The visitors' forms have it as well."""
    [visit] = [each for each in ROUTES["booking"].visits(scene, Looker.BOOKER) if each.about is Secret.JITSI]

    assert 'name="speak"' in scene.browser(Looker.BOOKER, Secret.JITSI).get(f"{visit.path}/details").content.decode()
