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
    move_here: str
    moved: str
    change: str
    undo: str
    booked: str
    place_booked: str
    two_hours: str
    full: str
    join_list: str
    on_list: str
    place_free: str
    offer: str
    take_place: str
    cancel_place: str
    open_slot: str
    requested: str
    approve: str
    move: str
    cancel_it: str
    cancel_for_good: str
    details: str


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
    move_here="Move to this time",
    moved="Moved to",
    change="Change time",
    undo="Undo",
    booked="Your appointment is booked",
    place_booked="Your place is booked",
    two_hours="2 hours",
    full="Full",
    join_list="Join the waiting list",
    on_list="You are on the waiting list",
    place_free="A place is free.",
    offer="A place is free until",
    take_place="Take the place",
    cancel_place="Cancel my place",
    open_slot="Open this slot",
    requested="Request sent.",
    approve="Approve",
    move="Move",
    cancel_it="Cancel",
    cancel_for_good="Cancel the appointment",
    details="Details",
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
    move_here="Mover a esta hora",
    moved="Movida a",
    change="Cambiar la hora",
    undo="Deshacer",
    booked="Tu cita está reservada",
    place_booked="Tu plaza está reservada",
    two_hours="2 horas",
    full="Completo",
    join_list="Apuntarme a la lista de espera",
    on_list="Estás en la lista de espera",
    place_free="Hay una plaza libre.",
    offer="Plaza libre hasta el",
    take_place="Quiero la plaza",
    cancel_place="Cancelar mi plaza",
    open_slot="Abrir esta ranura",
    requested="Solicitud enviada.",
    approve="Aprobar",
    move="Mover",
    cancel_it="Cancelar",
    cancel_for_good="Cancelar la cita",
    details="Detalles",
)
WORDS = {"en": ENGLISH, "es": SPANISH}
