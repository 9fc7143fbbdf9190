"""The provider of text messages over HTTP: its API and its controls."""

from flask import Flask, Response, jsonify, request

from contracts.partners.sms import SmsRecord
from sandbox.office import Office
from sandbox.partner import guard, once
from sandbox.sms.pages import pages as desk
from sandbox.sms.records import Inbox
from sandbox.web import body_of, controls, new_app


def create_app(office: Office, inbox: Inbox, api_key: str) -> Flask:
    app = new_app("sandbox.sms")

    def state() -> dict[str, object]:
        return {"messages": inbox.all()}

    guard(app, api_key)
    pages = controls(office.ledger, office.faults, state)

    @pages.get("/messages")
    def read_messages() -> Response:
        mobile = request.args.get("mobile", "")
        return jsonify({"messages": inbox.of(mobile) if mobile else inbox.all()})

    app.register_blueprint(pages)
    app.register_blueprint(desk(office))

    @app.post("/api/v1/messages")
    def take() -> Response:
        message = body_of(SmsRecord)
        return once(office, message, lambda tx: inbox.take(tx, message))

    return app
