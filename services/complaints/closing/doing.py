"""What the steps of this part do, by their names."""

from services.complaints.cases.taking import Doing
from services.complaints.closing import closures, reopening, surveys

DOINGS: dict[str, Doing] = {**closures.DOINGS, **reopening.DOINGS, **surveys.DOINGS}
