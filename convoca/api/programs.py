"""Everything that programs may ask, under /api/, in the form that SuperSaaS's own clients speak."""

from convoca.api import schedules, user_writing, writing
from convoca.api.door import api

for each in (schedules, writing, user_writing):
    api.add_router("", each.router)

urls = api.urls
