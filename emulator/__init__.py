"""The actor: an Okta org that provisions into a SCIM endpoint as Okta does.

::

    from emulator import OktaOrg

    async with OktaOrg.start("https://example.com/scim/v2", token="…") as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        await okta.settle()
"""

from emulator.behaviours import Behaviours
from emulator.clock import RealClock, SettableClock
from emulator.connection import Authentication, Connection, Credentials, connection
from emulator.faults import Fault, Faults, faults
from emulator.org import OktaOrg
from emulator.sync import SyncOrg
from emulator.tasks import WireProfile

__all__ = [
    "Authentication",
    "Behaviours",
    "Connection",
    "Credentials",
    "Fault",
    "Faults",
    "OktaOrg",
    "RealClock",
    "SettableClock",
    "SyncOrg",
    "WireProfile",
    "connection",
    "faults",
]
