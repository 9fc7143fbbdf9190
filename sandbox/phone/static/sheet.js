// What slides up from the bottom of a phone and wants an answer first.

import { t } from "./words.js";
import { el } from "./dom.js";

/** `actions`: {label, danger, act}. The promise ends with what the chosen one's `act` gives; undefined when nothing was chosen. */
export function ask(screen, title, actions) {
  return new Promise((done) => {
    const before = document.activeElement;
    const close = (result) => {
      veil.remove();
      before?.focus?.();
      done(result);
    };
    const choose = (action) => close(action.act ? action.act() : action);
    const buttons = actions.map((action) =>
      el("button", { type: "button", className: action.danger ? "danger" : "", onclick: () => choose(action) }, action.label),
    );
    buttons.push(el("button", { type: "button", className: "cancel", onclick: () => close() }, t("取消", "Cancel")));
    const sheet = el("div", { className: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title }, el("p", {}, title), ...buttons);
    const veil = el("div", { className: "veil", onclick: (event) => event.target === veil && close(), onkeydown: (event) => keep(event, buttons, close) }, sheet);
    screen.append(veil);
    buttons[0].focus({ preventScroll: true });
  });
}

/** The focus stays in the sheet; Escape leaves it. */
function keep(event, buttons, close) {
  if (event.key === "Escape") close();
  if (event.key !== "Tab") return;
  const edge = event.shiftKey ? buttons[0] : buttons.at(-1);
  if (document.activeElement === edge) {
    event.preventDefault();
    (event.shiftKey ? buttons.at(-1) : buttons[0]).focus();
  }
}

/** A word that goes away by itself; beside the phone where that is not to be seen. */
export function toast(screen, text) {
  const place = screen.offsetParent === null ? document.body : screen;
  place.querySelector(".toast")?.remove();
  const shown = el("div", { className: "toast", role: "status" }, text);
  place.append(shown);
  setTimeout(() => shown.remove(), 2200);
}
