"""One's own account: the change of the password."""

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for

from chassis.database import in_one_transaction
from services.console.access import Right, page
from services.console.context import Context
from services.console.entering import Refused
from services.console.frame import SESSION_COOKIE, set_cookie
from services.console.passwords import LONGEST, too_weak
from services.console.words import Pair


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/own/password", right=Right.SELF)
    def own_password() -> str:
        return render_template("own_password.html", wrong={}, done="done" in request.args)

    @page(app, "/own/password", right=Right.SELF, methods=("POST",))
    def change_own_password() -> Response:
        wrong = _faults(context)
        if wrong:
            return make_response(render_template("own_password.html", wrong=wrong, done=False), 422)
        name = g.visit.name
        context.staff.change_password(name, request.form["password"])
        token = in_one_transaction(context.database, lambda tx: context.sessions.begin(tx, name))
        # Whoever had to change it wanted to go somewhere else.
        target = request.script_root + "/" if g.visit.must_change else url_for("own_password", done=1)
        answer = make_response(redirect(target, code=303))
        set_cookie(answer, SESSION_COOKIE, token)
        return answer


def _faults(context: Context) -> dict[str, Pair]:
    """By field. The old password is asked for, so that an open screen is not enough to take an account over."""
    old, new, again = (request.form.get(field, "") for field in ("old", "password", "again"))
    right = context.entrance.is_right(g.visit.name, old[:LONGEST])
    if right is not True:
        context.audit.write(g.visit.name, "password.refused", g.visit.name)
        too_often = ("试得太多了，请过一会儿再试。", "Too many tries: please try again in a while.")
        return {"old": too_often if isinstance(right, Refused) else ("现在的密码不对。", "This is not the present password.")}
    if weak := too_weak(new, g.visit.name):
        return {"password": weak}
    if new == old:
        return {"password": ("请换一个新密码。", "Please choose another than before.")}
    return {} if new == again else {"again": ("两次输入的不一样。", "The two are not the same.")}
