"""Passkeys, the app that shows codes, and recovery codes: added, renamed, removed. allauth's own pages, made ours."""

import json
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from convoca.manage.proving import Type

HERE = reverse_lazy("mfa_index")


@method_decorator(never_cache, name="dispatch")
class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Adds a passkey. It is a way in of its own, so no recovery codes come with it."""

    success_url = HERE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = kwargs.get("form") or self.get_form()
        return context | {"form": form, "options": json.dumps(auth.begin_registration(self.request.user, True))}

    def form_valid(self, form: Any) -> HttpResponse:
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        flows.signup_authenticator(self.request, self.request.user, name=name, credential=credential)
        get_adapter().send_notification_mail("mfa/email/webauthn_added", self.request.user)
        return HttpResponse(status=303, headers={"Location": str(HERE)})


@method_decorator(never_cache, name="dispatch")
class RenamePasskey(EditWebAuthnView):  # type: ignore[misc]
    success_url = HERE


@method_decorator(never_cache, name="dispatch")
class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    success_url = HERE


@method_decorator(never_cache, name="dispatch")
class ProveByPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"options": json.dumps(context["js_data"]["request_options"])}


@method_decorator(never_cache, name="dispatch")
class RemoveApp(DeactivateTOTPView):  # type: ignore[misc]
    """Removes the app. Its recovery codes go with it: they open nothing else."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        Authenticator.objects.filter(user=self.request.user, type=Type.RECOVERY_CODES).delete()
        return answer


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Say how many codes are left. They are shown once, to whoever presses the button: those not seen yet, or new ones.

    No address shows them again, so that nothing is read over somebody's shoulder later.
    """
    kept = get_object_or_404(Authenticator, user=request.user, type=Type.RECOVERY_CODES)
    wrapper = kept.wrap()
    if request.method != "POST":
        context = {"left": len(wrapper.get_unused_codes()), "is_seen": wrapper.did_view}
        return render(request, "mfa/recovery_codes.html", context)
    raise_if_reauthentication_required(request, app="allauth.mfa")
    if wrapper.did_view:
        wrapper = generate_recovery_codes(request).wrap()
    wrapper.mark_as_viewed()
    codes = wrapper.get_unused_codes()
    file = gettext("Recovery codes for Convoca. Each works once.") + "\n\n" + "\n".join(codes) + "\n"
    messages.success(request, gettext("Keep these codes now: they are not shown again."))
    return render(request, "mfa/recovery_codes.html", {"codes": codes, "file": file})
