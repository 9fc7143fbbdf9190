"""The fault switches of a stand-in as buttons: what may go wrong, where, how often; and one button that ends all of it."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.desks.forms import Form
from sandbox.desks.words import Words, t
from sandbox.faults import Fault, Faults, Mode

MOST_SECONDS = 600


@dataclass(frozen=True)
class Switch:
    """`asks`: what may be said besides; a field of `Fault`."""

    mode: Mode
    name: Words
    effect: Words
    asks: tuple[str, ...] = ()


SWITCHES = (
    Switch("down", ("停机", "Down"), ("不应答，直接断开", "hangs up without an answer")),
    Switch("slow", ("慢", "Slow"), ("10 秒后才应答", "answers after 10 s"), ("seconds", "when")),
    Switch("failing", ("报错 500", "Failing 500"), ("系统内部错误", "internal error"), ("when",)),
    Switch("busy", ("繁忙 429", "Busy 429"), ("请稍后再试", "try again later"), ("retry_after", "when")),
    Switch("refusing", ("拒绝", "Refusing"), ("明确地说不", "a clear no"), ("code", "when")),
    Switch("off_contract", ("乱答", "Off contract"), ("已办理，答复格式不对", "done, but nonsense as answer"), ("when",)),
    Switch("silent", ("不出声", "Silent"), ("占线 60 秒后断开", "holds the line for 60 s"), ("seconds", "when")),
    Switch("cut", ("断在一半", "Cut"), ("已办理，答复只到一半", "done, half of the answer"), ("when",)),
    Switch("trickle", ("一滴一滴", "Trickle"), ("每秒一个字节", "one byte a second"), ("seconds", "when")),
    Switch("reset", ("连接重置", "Reset"), ("TCP RST", "TCP RST"), ("when",)),
)
DUPLICATING = Switch("duplicating", ("重复推送", "Duplicating"), ("每条推送同时来两次", "each push comes twice at once"), ("copies",))
NAMES = {switch.mode: switch.name for switch in (*SWITCHES, DUPLICATING)}
TIMES: dict[str, tuple[int | None, Words]] = {
    "": (None, ("直到恢复", "until put right")),
    "1": (1, ("1 次", "once")),
    "2": (2, ("2 次", "twice")),
    "3": (3, ("3 次", "3 times")),
    "5": (5, ("5 次", "5 times")),
    "10": (10, ("10 次", "10 times")),
}


@dataclass(frozen=True)
class Paths:
    """What a fault may be kept to, by the beginning of its address; the first is everything there is."""

    asked: tuple[tuple[str, Words], ...]
    pushed: str = ""


def add_fault_switches(pages: Blueprint, faults: Faults, paths: Paths) -> None:
    """`/pages/faults`, and what the banner on every page shows."""

    @pages.context_processor
    def plan() -> dict[str, object]:
        return {"plan": [Fault.model_validate(rule) for rule in faults.plan()], "fault_names": NAMES}

    def shown(form: Form) -> str:
        return render_template(
            "desks/faults.html", form=form, switches=SWITCHES, duplicating=DUPLICATING if paths.pushed else None, paths=paths, times=TIMES
        )

    @pages.get("/pages/faults")
    def faults_page() -> str:
        return shown(Form())

    @pages.post("/pages/faults")
    def order_fault() -> tuple[str, int] | Response:
        form = Form(request.form)
        fault = _wanted(form, paths)
        if fault is None:
            return shown(form), 422
        faults.put(fault)
        flash(t(f"已打开：{NAMES[fault.mode][0]}", f"Switched on: {NAMES[fault.mode][1]}"))
        return redirect(url_for("pages.faults_page"))

    @pages.post("/pages/faults/clear")
    def clear_faults() -> Response:
        faults.replace(())
        flash(t("已全部恢复正常", "Everything is back to normal"))
        return redirect(url_for("pages.faults_page"))

    @pages.post("/pages/faults/<int:number>/end")
    def end_fault(number: int) -> Response:
        """One of the plan, by its place; named too, since the plan may have moved on under the page."""
        held = [Fault.model_validate(rule) for rule in faults.plan()]
        if number < len(held) and held[number].mode == request.form.get("mode") and held[number].path == request.form.get("path"):
            faults.replace(tuple(fault for place, fault in enumerate(held) if place != number))
            flash(t("已关闭该故障", "That fault is switched off"))
        return redirect(url_for("pages.faults_page"))


def _wanted(form: Form, paths: Paths) -> Fault | None:
    """What was pressed, or None with the form saying what is wrong. A field that the fault does not ask for is not looked at."""
    switch = next((each for each in (*SWITCHES, DUPLICATING) if each.mode == form.typed.get("mode")), None)
    if switch is None:
        form.wrong("mode", t("请按一个故障按钮", "Press one of the switches"))
        return None
    times, _ = TIMES.get(form.one_of("times", TIMES), (None, ()))
    path = paths.pushed if switch is DUPLICATING else form.one_of("path", [path for path, _ in paths.asked])
    more = _more(form, switch)
    return Fault.model_validate({"mode": switch.mode, "times": times, "path": path, **more}) if form.good else None


def _more(form: Form, switch: Switch) -> dict[str, object]:
    given = {name for name in switch.asks if form.typed.get(name, "").strip()}
    more: dict[str, object] = {"copies": form.number("copies", 2, 50)} if "copies" in switch.asks else {}
    if "seconds" in given:
        more["seconds"] = form.number("seconds", 0, MOST_SECONDS)
    if "retry_after" in given:
        more["retry_after"] = form.number("retry_after", 0, MOST_SECONDS)
    if "code" in given:
        more["code"] = form.text("code", 64)
    if "when" in given:
        more["when"] = form.one_of("when", ("before", "after"))
    return more
