"""WeChat's callback with FastAPI, wechatpy and aio-pika: verified, parsed, published with its confirm awaited, answered."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from fastapi import FastAPI, Request, Response
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from bench.peers.settings import AES_KEY, APPID, BROKER_URL, QUEUE, TOKEN

crypto = WeChatCrypto(TOKEN, AES_KEY, APPID)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    connection = await aio_pika.connect_robust(BROKER_URL)
    channel = await connection.channel(publisher_confirms=True)
    await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    app.state.exchange = channel.default_exchange
    yield
    await connection.close()


app = FastAPI(lifespan=lifespan)


@app.get("/readyz")
async def ready() -> Response:
    return Response("ready")


@app.post("/wechat/main")
async def callback(request: Request) -> Response:
    query, body = request.query_params, await request.body()
    if "msg_signature" in query:
        body = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    else:
        check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    push = parse_message(body)
    told = {"id": push.id, "type": push.type, "openid": push.source, "created_at": push.time, "content": push.content}
    message = aio_pika.Message(
        json.dumps(told, ensure_ascii=False).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT, content_type="application/json"
    )
    await app.state.exchange.publish(message, routing_key=QUEUE, mandatory=True)
    return Response("success", media_type="text/plain")
