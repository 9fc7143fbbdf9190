"""WeChat's callback with Flask, wechatpy and Celery: verified, parsed, handed to a task with its confirm awaited, answered."""

from celery import Celery
from flask import Flask, Response, request
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from bench.peers.settings import AES_KEY, APPID, BROKER_URL, QUEUE, TOKEN

crypto = WeChatCrypto(TOKEN, AES_KEY, APPID)
tasks = Celery("bench", broker=BROKER_URL)
tasks.conf.update(
    broker_transport_options={"confirm_publish": True},
    broker_pool_limit=32,
    task_default_queue=QUEUE,
    task_default_queue_type="quorum",
    task_default_exchange_type="topic",
    task_ignore_result=True,
)
app = Flask(__name__)


@tasks.task
def take(told: dict[str, object]) -> None:
    """Whoever reads the queue does the rest."""


@app.get("/readyz")
def ready() -> Response:
    return Response("ready")


@app.post("/wechat/main")
def callback() -> Response:
    query, body = request.args, request.get_data()
    if "msg_signature" in query:
        body = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    else:
        check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    push = parse_message(body)
    take.delay({"id": push.id, "type": push.type, "openid": push.source, "created_at": push.time, "content": push.content})
    return Response("success", mimetype="text/plain")
