"""Everything that programs may ask, under /api/, in the form that SuperSaaS's own clients speak."""

from convoca.api import bookings, schedules, users
from convoca.api.door import api

for each in (schedules, bookings, users):
    api.add_router("", each.router)

urls = api.urls
