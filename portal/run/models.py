"""Signs of life of the processes behind the pages. A table of the installation, not of an organisation."""

from peewee import TextField

from portal.core.clock import now
from portal.core.db import BaseModel, UtcField


class Pulse(BaseModel):
    name = TextField(unique=True)  # scheduler | workers | told: <what support was told is wrong>
    at = UtcField(default=now)
