"""The adapter before a DMS that answers as it is told to."""

import pytest

from adapters.dms.client import DmsClient
from adapters.dms.service import DmsAdapter
from tests.fakes.partner import AnsweringPartner, client_of


@pytest.fixture
def dms_answering():
    """Opens one that gives these answers, one after the other; what it was asked is in `asked`. `changes` are those of `client_of`."""
    opened = []

    def open_dms(*acts, **changes):
        partner = AnsweringPartner(*acts)
        opened.append(partner)
        adapter = DmsAdapter()
        adapter.dms = DmsClient(client_of("dms", partner, **changes))
        adapter.asked = partner.asked
        return adapter

    yield open_dms
    for partner in opened:
        partner.close()
