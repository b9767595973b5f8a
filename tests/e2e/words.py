"""What people read on their way, in both languages: the words of the manual."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """The buttons that are pressed and the sentences that are waited for."""

    book: str
    sign_up: str
    preparing: str
    ready: str
    join: str
    check_again: str
    cancel: str
    cancelled: str
    log_in: str
    connect: str
    connected: str
    allow: str
    zoom_room: str
    disconnect: str
    withdrawn: str
    deleted: str
    save: str
    saved: str


ENGLISH = Words(
    book="Book this time",
    sign_up="Sign up",
    preparing="We are preparing your meeting link.",
    ready="Your meeting link is ready.",
    join="Join the meeting",
    check_again="Check again",
    cancel="Cancel appointment",
    cancelled="Cancelled. The time is free again.",
    log_in="Log in",
    connect="Connect to Zoom",
    connected="Connected ·",
    allow="Allow",
    zoom_room="This is the simulated Zoom meeting",
    disconnect="Disconnect",
    withdrawn="Access withdrawn at Zoom ·",
    deleted="Credentials deleted from this server ·",
    save="Save changes",
    saved="Saved.",
)
SPANISH = Words(
    book="Reservar esta hora",
    sign_up="Apuntarme",
    preparing="Estamos preparando el enlace de tu reunión.",
    ready="El enlace de tu reunión está listo.",
    join="Unirse a la reunión",
    check_again="Comprobar de nuevo",
    cancel="Cancelar la cita",
    cancelled="Cancelada. La hora vuelve a estar libre.",
    log_in="Iniciar sesión",
    connect="Conectar a Zoom",
    connected="Conectado ·",
    allow="Permitir",
    zoom_room="Esta es la reunión simulada de Zoom",
    disconnect="Desconectar",
    withdrawn="Acceso retirado en Zoom ·",
    deleted="Credenciales borradas de este servidor ·",
    save="Guardar cambios",
    saved="Guardado.",
)
WORDS = {"en": ENGLISH, "es": SPANISH}
