"""Files of followers: fetched from WeChat and brought to complaints, over HTTP on both sides."""

import threading
from http.server import BaseHTTPRequestHandler
from uuid import uuid4

import pytest
from pydantic import SecretStr

from adapters.wechat.sender.client import LARGEST_MEDIA, open_session
from adapters.wechat.sender.media import Keeper
from adapters.wechat.sender.service import SenderService
from chassis.errors import ContractBroken, Unavailable
from chassis.settings import Operator
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost, FetchComplaintFile
from tests.adapters.wechat.sender.stand_in import MEDIA, Server, Told, errcode

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 2_000


class Complaints:
    """Takes files, unless it was told to say something else."""

    def __init__(self):
        self.took, self.tokens, self.says = {}, [], []
        self.server = Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def _handler(self):
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                content = self.rfile.read(int(self.headers["Content-Length"]))
                keeper.tokens.append(self.headers["Authorization"])
                status, body = keeper.says.pop(0) if keeper.says else (204, b"")
                if status == 204:
                    keeper.took[self.path] = content
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        return Handler


class Service(SenderService):
    """As nameko makes it, with what its providers would hand in."""

    def __init__(self, desk, keeper):
        self.wechat = desk
        self.complaints = keeper


@pytest.fixture
def complaints():
    keeper = Complaints()
    yield keeper
    keeper.server.shutdown()
    keeper.server.server_close()


@pytest.fixture
def service(desk, complaints):
    return Service(desk, Keeper(Operator(token=SecretStr("between us"), complaints_url=f"{complaints.url}/"), open_session(), seconds=20))


def a_file(**changes):
    wish = {"file_id": uuid4(), "complaint_id": uuid4(), "account": "main", "media_id": "media-1", "kind": "photo"}
    return FetchComplaintFile(**{**wish, **changes})


def test_a_file_is_brought_to_complaints_as_wechat_has_it(service, wechat, complaints):
    wechat.media["media-1"] = PHOTO
    wish = a_file()

    news = service.fetch_complaint_file(wish)

    assert (type(news), news.file_id, news.complaint_id) == (ComplaintFileFetched, wish.file_id, wish.complaint_id)
    assert complaints.took == {f"/complaints/v1/files/{wish.file_id}": PHOTO}
    assert complaints.tokens == ["Bearer between us"]
    assert service.fetch_complaint_file(wish).id == news.id


def test_what_wechat_keeps_no_more_is_gone(service, complaints):
    wish = a_file()

    news = service.fetch_complaint_file(wish)

    assert (type(news), news.file_id, news.reason) == (ComplaintFileLost, wish.file_id, "gone")
    assert not complaints.took


def test_what_is_too_large_is_not_brought(service, wechat, complaints):
    wechat.media["media-1"] = bytes(LARGEST_MEDIA + 1)

    assert service.fetch_complaint_file(a_file()).reason == "too_large"
    assert not complaints.tokens


def test_what_complaints_does_not_keep_is_lost_for_its_reason(service, wechat, complaints):
    wechat.media["media-1"] = b"no photo"
    complaints.says.append((422, b'{"code": "not_a_photo"}'))

    assert service.fetch_complaint_file(a_file()).reason == "not_a_photo"


@pytest.mark.parametrize("status", [401, 409, 500, 503])
def test_it_comes_again_where_complaints_does_not_take_it_now(service, wechat, complaints, status):
    wechat.media["media-1"] = PHOTO
    complaints.says.append((status, b"{}"))

    with pytest.raises(Unavailable):
        service.fetch_complaint_file(a_file())


def test_it_comes_again_where_nobody_answers(desk, wechat):
    wechat.media["media-1"] = PHOTO
    nobody = Keeper(Operator(token=SecretStr("t"), complaints_url="http://127.0.0.1:9"), open_session(), seconds=20)

    with pytest.raises(Unavailable):
        Service(desk, nobody).fetch_complaint_file(a_file())


def test_it_comes_again_where_fetching_left_no_time_to_bring_it(desk, wechat, complaints):
    wechat.media["media-1"] = PHOTO
    hurried = Keeper(Operator(token=SecretStr("t"), complaints_url=f"{complaints.url}/"), open_session(), seconds=0)

    with pytest.raises(Unavailable):
        Service(desk, hurried).fetch_complaint_file(a_file())

    assert complaints.took == {}


@pytest.mark.parametrize("said", [(404, b"{}"), (422, b"{}"), (422, b"[]"), (422, b"no json")])
def test_an_answer_off_contract_is_parked(service, wechat, complaints, said):
    wechat.media["media-1"] = PHOTO
    complaints.says.append(said)

    with pytest.raises(ContractBroken):
        service.fetch_complaint_file(a_file())


def test_a_no_that_an_operator_can_mend_is_parked_and_nothing_is_lost(service, wechat):
    wechat.tell(MEDIA, errcode(48001))

    with pytest.raises(ContractBroken) as parked:
        service.fetch_complaint_file(a_file())

    assert parked.value.violations == (("media_id", "refused by WeChat with 48001"),)


def test_an_expired_token_is_renewed_once(service, wechat, complaints):
    wechat.media["media-1"] = PHOTO
    wechat.tell(MEDIA, errcode(42001))

    service.fetch_complaint_file(a_file())

    assert len(complaints.took) == 1


def test_the_address_of_a_video_is_no_file(service, wechat):
    wechat.tell(MEDIA, Told({"video_url": "http://127.0.0.1/secret"}))

    with pytest.raises(ContractBroken):
        service.fetch_complaint_file(a_file())


def test_a_file_that_breaks_off_on_the_way_is_fetched_again(service, wechat, complaints):
    wechat.media["media-1"] = PHOTO
    wechat.tell(MEDIA, Told(PHOTO[:1000], headers=(("Content-Length", str(len(PHOTO))), ("Connection", "close"))))

    service.fetch_complaint_file(a_file())

    assert list(complaints.took.values()) == [PHOTO]


def test_a_file_of_an_unknown_account_is_parked(service):
    with pytest.raises(ContractBroken):
        service.fetch_complaint_file(a_file(account="other"))
