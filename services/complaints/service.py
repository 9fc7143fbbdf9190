"""Owns complaints: every step to a case is decided here, whoever asks for it and wherever (flows 4, A-CMP-01..38).

Each part brings its own entrypoints; what they share stands here.
"""

from chassis.clock import Clock
from chassis.configured import Configured
from chassis.listener import Mount
from services.complaints.api.app import create_complaints_api
from services.complaints.cases.handling import HandlesCases
from services.complaints.clocks.handling import HandlesClocks
from services.complaints.closing.handling import HandlesClosing
from services.complaints.figures.handling import HandlesFigures
from services.complaints.files.handling import HandlesFiles
from services.complaints.support.handling import HandlesSupport
from services.complaints.watching import HandlesWatching


class ComplaintsService(HandlesCases, HandlesClocks, HandlesSupport, HandlesClosing, HandlesFiles, HandlesFigures, HandlesWatching):
    """The owner of cases."""

    name = "complaints"

    terms = Configured("complaints")
    now = Clock()
    api = Mount("internal", "/complaints/v1", create_complaints_api)
