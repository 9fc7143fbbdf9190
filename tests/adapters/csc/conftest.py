"""The adapter before a CSC that answers as it is told to."""

import pytest

from adapters.csc.client import CscClient
from adapters.csc.service import CscAdapter
from tests.fakes.partner import AnsweringPartner, client_of


@pytest.fixture
def csc_answering():
    """Opens one that gives these answers, one after the other; what it was asked is in `asked`. `changes` are those of `client_of`."""
    opened = []

    def open_csc(*acts, **changes):
        partner = AnsweringPartner(*acts)
        opened.append(partner)
        adapter = CscAdapter()
        adapter.csc = CscClient(client_of("csc", partner, **changes))
        adapter.asked = partner.asked
        return adapter

    yield open_csc
    for partner in opened:
        partner.close()
