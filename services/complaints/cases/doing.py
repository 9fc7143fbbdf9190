"""What each step does, by its name: gathered from the parts."""

from collections.abc import Mapping

from services.complaints.cases import contacts, filing, judging, withdrawing
from services.complaints.cases.taking import Doing
from services.complaints.clocks import doings as clocks
from services.complaints.closing import doing as closing
from services.complaints.support import doing as support

DOINGS: Mapping[str, Doing] = {
    **judging.DOINGS,
    **filing.DOINGS,
    **contacts.DOINGS,
    **withdrawing.DOINGS,
    **clocks.DOINGS,
    **support.DOINGS,
    **closing.DOINGS,
}
"""Of each step of the table but `receive`, which makes a case (services/complaints/cases/intake.py)."""
