"""What the pages of the simulated Zoom say."""

from typing import Final

ENGLISH: Final = {
    "mark": "Simulated Zoom",
    "consent_title": "Allow this application to use your Zoom account?",
    "who": "Continue as",
    "basic": "Basic plan",
    "licensed": "Licensed",
    "may": "It will be able to",
    "may_create": "create, change and delete your meetings",
    "may_read": "see your upcoming meetings, your name and your e-mail address",
    "allow": "Allow",
    "deny": "Decline",
    "simulated": "This is a simulation on your own computer. Zoom is not contacted.",
    "room_title": "This is the simulated Zoom meeting",
    "number": "Meeting ID",
    "passcode": "Passcode",
    "start": "Start",
    "length": "Length",
    "room_note": "Your link works. With the real Zoom, the meeting would open here.",
    "error_title": "This does not work",
    "no_meeting": "This meeting ID is not valid. (3,001)",
    "passcode_wrong": "The passcode in this link is wrong. Ask the host for the whole link.",
}

SPANISH: Final = {
    "mark": "Zoom simulado",
    "consent_title": "¿Permitir que esta aplicación use tu cuenta de Zoom?",
    "who": "Continuar como",
    "basic": "plan Básico",
    "licensed": "con licencia",
    "may": "Podrá",
    "may_create": "crear, cambiar y borrar tus reuniones",
    "may_read": "ver tus próximas reuniones, tu nombre y tu correo electrónico",
    "allow": "Permitir",
    "deny": "Rechazar",
    "simulated": "Es una simulación en tu propio ordenador. No se contacta con Zoom.",
    "room_title": "Esta es la reunión simulada de Zoom",
    "number": "ID de la reunión",
    "passcode": "Código de acceso",
    "start": "Inicio",
    "length": "Duración",
    "room_note": "Tu enlace funciona. Con el Zoom real, la reunión se abriría aquí.",
    "error_title": "Esto no funciona",
    "no_meeting": "Este ID de reunión no es válido. (3,001)",
    "passcode_wrong": "El código de este enlace no es correcto. Pide al anfitrión el enlace completo.",
}

TEXTS: Final = {"en": ENGLISH, "es": SPANISH}
