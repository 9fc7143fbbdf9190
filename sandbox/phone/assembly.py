"""Puts the phones together from what the other stand-ins keep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from sandbox.office import Office
from sandbox.phone import people, traces
from sandbox.phone.app import Phones, create_app
from sandbox.phone.chat import Chats
from sandbox.phone.doings import Doings
from sandbox.phone.feed import Feed
from sandbox.phone.people import People
from sandbox.phone.traces import Traces
from sandbox.phone.webview import web_view
from sandbox.sms.records import Inbox
from sandbox.store import Store
from sandbox.wechat.carrier import PushCarrier
from sandbox.wechat.followers import Followers
from sandbox.wechat.media import Media
from sandbox.wechat.pushing import Pushing
from sandbox.wechat.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SCHEMAS = (people.SCHEMA, traces.SCHEMA)


@dataclass(frozen=True)
class Neighbours:
    """The offices whose records the phones show, and what they do with pushes."""

    wechat: Office
    dms: Office
    csc: Office
    sms: Office
    carrier: PushCarrier
    inbox: Inbox


def phones_app(
    store: Store,
    near: Neighbours,
    *,
    target: str,
    mounts: "dict[str, WSGIApplication]",
    menu: Callable[[], list[object]],
) -> Flask:
    """`store` holds SCHEMAS. `mounts`: prefix to application, all of the sandbox; read when a page asks, so it may still grow."""
    now = near.wechat.now
    holders = People(store)
    followers = Followers(near.wechat.store, now)
    pushing = Pushing(near.wechat.outgoing, near.carrier, followers, Switches(near.wechat.store), now)
    phones = Phones(
        target=target,
        people=holders,
        chats=Chats(near.wechat.store, near.carrier),
        doings=Doings(pushing, followers, near.carrier),
        inbox=near.inbox,
        feed=Feed(near.wechat.store, near.dms.store, near.csc.store, near.sms.store, store, holders, now),
        menu=menu,
        media=Media(near.wechat.store, now),
    )
    inside = DispatcherMiddleware(NotFound(), mounts)
    return create_app(phones, web_view(target, inside, holders, Traces(store, now)))
