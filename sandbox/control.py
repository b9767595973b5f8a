"""The control desk at /sandbox: read the ledger, order faults, release what is held. Not part of any vendor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.desk import choose, show_desk
from sandbox.faults import fault_from
from sandbox.messages import Answer, Request

if TYPE_CHECKING:
    from sandbox.server import Sandbox

LONGEST_WAIT_SECONDS = 60.0


def control(sandbox: "Sandbox", request: Request) -> Answer:
    """Carry out a control request:

    GET  /sandbox                               a page on which people choose how the vendors behave; POST chooses
    GET  /sandbox/ledger[?marker=…]             what took effect, and how often each verb was asked for
    GET  /sandbox/held[?at_least=n&seconds=s]   how many answers are held; waits until there are n
    POST /sandbox/faults   {"verb", "kind", …}  order a fault (or a list of them); DELETE takes all back
    POST /sandbox/release                       let held answers go
    POST /sandbox/settings {"zoom": {…}}        change how a vendor behaves (google as well)
    POST /sandbox/host     {"vendor": "zoom", "act": "delete", "number": …}  do what a host does, and tell us of it
    POST /sandbox/host     {"vendor": "google", "act": "delete", "calendar": …, "event": …}
    POST /sandbox/reset                         forget everything
    """
    match request.method, request.path.removeprefix("/sandbox"):
        case "GET", "":
            return show_desk(sandbox, request)
        case "POST", "":
            return choose(sandbox, request)
        case "GET", "/ledger":
            with sandbox.lock:
                return Answer.of_json(200, sandbox.ledger.as_json(request.query.get("marker", "")))
        case "GET", "/held":
            return _held(sandbox, request)
        case "POST", "/faults":
            return _answer_refusal(lambda: _order_faults(sandbox, request))
        case "DELETE", "/faults":
            with sandbox.lock:
                sandbox.faults.clear()
            return Answer(status=204)
        case "POST", "/release":
            return Answer.of_json(200, {"released": sandbox.holding.release()})
        case "POST", "/settings":
            return _answer_refusal(lambda: sandbox.configure(request.json_object() or {}))
        case "POST", "/host":
            return _answer_refusal(lambda: sandbox.host_acts(request.json_object() or {}))
        case "POST", "/reset":
            sandbox.reset()
            return Answer(status=204)
        case _:
            return Answer.of_json(404, {"message": (control.__doc__ or "").strip()})


def _answer_refusal(act: Callable[[], None]) -> Answer:
    try:
        act()
    except ValueError as refusal:
        return Answer.of_json(400, {"message": str(refusal)})
    return Answer(status=204)


def _held(sandbox: "Sandbox", request: Request) -> Answer:
    try:
        at_least, seconds = int(request.query.get("at_least", "0")), float(request.query.get("seconds", "10"))
    except ValueError:
        return Answer.of_json(400, {"message": "at_least and seconds are numbers."})
    held = sandbox.holding.wait_until_held(at_least, seconds=min(seconds, LONGEST_WAIT_SECONDS))
    return Answer.of_json(200, {"held": held})


def _order_faults(sandbox: "Sandbox", request: Request) -> None:
    ordered = request.json()
    faults = [fault_from(item) for item in (ordered if isinstance(ordered, list) else [ordered])]
    with sandbox.lock:
        for fault in faults:
            sandbox.faults.add(fault)
