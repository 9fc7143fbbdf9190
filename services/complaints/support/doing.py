"""What the steps of this part do, by their names."""

from services.complaints.cases.taking import Doing
from services.complaints.support import disputes, escalations, plans, vrts

DOINGS: dict[str, Doing] = {**plans.DOINGS, **vrts.DOINGS, **escalations.DOINGS, **disputes.DOINGS}
