"""The phones over HTTP: the page that shows them, what each one shows, and what is done on them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from flask import Blueprint, Flask, Response, g, jsonify, render_template, request
from pydantic import BaseModel, ConfigDict, Field

from sandbox.phone.chat import Chats
from sandbox.phone.doings import Doings
from sandbox.phone.feed import Feed
from sandbox.phone.people import People, Person
from sandbox.phone.places import PLACES, place_of
from sandbox.sms.records import Inbox
from sandbox.web import Problem, new_app, wish_of
from sandbox.wechat.media import LARGEST, Media

ACCOUNT = "车主服务"
PICTURES = ("dashboard", "tyre", "scratch")
FRIENDS = (None, "same-origin", "none")
"""Sec-Fetch-Site of requests that another site's page did not make."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPerson(_Wish):
    name: str = Field(min_length=1, max_length=20)
    mobile: str = Field(pattern=r"^1[3-9]\d{9}$")


class Message(_Wish):
    """`number` is made on the phone, so that it knows its own message again."""

    number: int = Field(ge=1, lt=2**53)


class Text(Message):
    text: str = Field(min_length=1, max_length=600)


class Picture(Message):
    name: str


class Location(Message):
    place: str


class Click(_Wish):
    key: str = Field(min_length=1, max_length=128)


class Visit(_Wish):
    url: str = Field(min_length=1, max_length=1024)


class Code(_Wish):
    """The scene of a QR code."""

    scene: str = Field(default="", max_length=64)


@dataclass(frozen=True)
class Phones:
    """What the phones stand on. `menu`: the buttons that the account has published, as the platform's API takes them."""

    target: str
    people: People
    chats: Chats
    doings: Doings
    inbox: Inbox
    feed: Feed
    menu: Callable[[], list[object]]
    media: Media

    def mark(self) -> str:
        """Something else whenever any phone has something new to show."""
        return f"{self.chats.mark()}-{self.feed.last_text()}-{hash(str(self.menu()))}"

    def shown(self, person: Person) -> dict[str, object]:
        return {
            "person": asdict(person),
            "follows": self.doings.follows(person),
            "menu": self.menu(),
            "chat": self.chats.of(person.openid),
            "texts": self.inbox.of(person.mobile)[-50:] if person.mobile else [],
        }


def create_app(phones: Phones, web_view: Blueprint) -> Flask:
    app = new_app("sandbox.phone")
    app.register_blueprint(web_view)

    @app.before_request
    def from_our_own_page() -> None:
        if request.blueprint != web_view.name and request.method != "GET" and request.headers.get("Sec-Fetch-Site") not in FRIENDS:
            raise Problem(403, "another_site", "a phone is used from its own page")

    _pages(app, phones)
    _reading(app, phones)
    _talking(app, phones)
    _bringing(app, phones)
    _following(app, phones)
    return app


def _pages(app: Flask, phones: Phones) -> None:
    @app.get("/")
    def page() -> Response:
        g.lang = request.args.get("lang") or request.cookies.get("phone_lang") or request.cookies.get("cheqiao_lang") or "zh"
        if g.lang not in ("zh", "en"):
            g.lang = "zh"
        setup = {
            "root": request.script_root,
            "target": phones.target,
            "account": ACCOUNT,
            "lang": g.lang,
            "places": [asdict(place) for place in PLACES],
            "pictures": PICTURES,
        }
        response = Response(render_template("phone.html", setup=setup, sandbox=request.script_root.removesuffix("/phone"), t=_pair))
        response.set_cookie("phone_lang", g.lang, path=f"{request.script_root}/", samesite="Lax", max_age=31_536_000)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        return response


def _pair(zh: str, en: str) -> str:
    return en if g.lang == "en" else zh


def _reading(app: Flask, phones: Phones) -> None:
    @app.get("/people")
    def read_people() -> Response:
        return jsonify({"people": [{**asdict(person), "follows": phones.doings.follows(person)} for person in phones.people.all()]})

    @app.post("/people")
    def add_person() -> tuple[Response, int]:
        wish = wish_of(NewPerson)
        return jsonify(asdict(phones.people.add(wish.name, wish.mobile))), 201

    @app.get("/people/<openid>")
    def read_phone(openid: str) -> Response:
        return jsonify(phones.shown(_person(phones, openid)))

    @app.get("/feed")
    def read_feed() -> Response:
        """`since`: the mark of the last answer; nothing has changed where `hops` is null."""
        hops = phones.feed.latest()
        mark = f"{phones.mark()}-{hash(str(hops))}"
        return jsonify({"mark": mark, "hops": None if request.args.get("since") == mark else hops, "phones": phones.mark()})


def _talking(app: Flask, phones: Phones) -> None:
    doings = phones.doings

    @app.post("/people/<openid>/texts")
    def say(openid: str) -> Response:
        wish = wish_of(Text)
        return jsonify({"sent": doings.say(_person(phones, openid), wish.text, wish.number)})

    @app.post("/people/<openid>/pictures")
    def send_picture(openid: str) -> Response:
        wish = wish_of(Picture)
        if wish.name not in PICTURES:
            raise Problem(400, "unknown_picture", "no such picture")
        url = f"{request.host_url.rstrip('/')}{request.script_root}/static/pictures/{wish.name}.jpg"
        return jsonify({"sent": doings.send_picture(_person(phones, openid), url, wish.number)})

    @app.post("/people/<openid>/locations")
    def send_location(openid: str) -> Response:
        wish = wish_of(Location)
        place = place_of(wish.place)
        if place is None:
            raise Problem(400, "unknown_place", "no such place")
        return jsonify({"sent": doings.send_location(_person(phones, openid), place, wish.number)})

    @app.post("/people/<openid>/clicks")
    def click(openid: str) -> Response:
        return jsonify({"sent": doings.click(_person(phones, openid), wish_of(Click).key)})

    @app.post("/people/<openid>/visits")
    def visit(openid: str) -> Response:
        """A menu button that opens a page."""
        return jsonify({"sent": doings.view(_person(phones, openid), wish_of(Visit).url)})


def _bringing(app: Flask, phones: Phones) -> None:
    @app.post("/people/<openid>/photos")
    def bring_photo(openid: str) -> tuple[Response, int]:
        """One that its holder has, as it is, broken or not: what a page gets of it is the sandbox's own copy."""
        _person(phones, openid)
        content = request.stream.read(LARGEST["image"] + 1)
        if not 0 < len(content) <= LARGEST["image"]:
            raise Problem(413, "too_large", "empty, or over 10 MiB")
        return jsonify({"media_id": phones.media.keep("image", content, "image/jpeg").media_id}), 201


def _following(app: Flask, phones: Phones) -> None:
    doings = phones.doings

    @app.post("/people/<openid>/follow")
    def follow(openid: str) -> Response:
        return jsonify({"sent": doings.follow(_person(phones, openid), "")})

    @app.post("/people/<openid>/scans")
    def scan(openid: str) -> Response:
        return jsonify({"sent": doings.scan(_person(phones, openid), wish_of(Code).scene)})

    @app.post("/people/<openid>/unfollow")
    def unfollow(openid: str) -> Response:
        return jsonify({"sent": doings.unfollow(_person(phones, openid))})


def _person(phones: Phones, openid: str) -> Person:
    person = phones.people.find(openid)
    if person is None:
        raise Problem(404, "unknown_person", "no phone of this openid")
    return person
