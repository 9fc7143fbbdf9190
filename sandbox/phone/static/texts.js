// The phone's inbox for text messages.

import { moment, t } from "./words.js";
import { el } from "./dom.js";

const CODE = /\d{4,8}/;

export class Texts {
  constructor(phone) {
    this.phone = phone;
    this.known = null;
    this.list = el("ol", { className: "texts", tabIndex: 0, "aria-label": t("短信", "Text messages") });
    this.view = el(
      "div",
      { className: "app sms", role: "group", "aria-label": t("短信", "Text messages"), hidden: true },
      el("div", { className: "bar" }, el("span", { className: "title" }, t("短信", "Messages"))),
      this.list,
    );
  }

  /** Returns those that came since the last time. */
  show(texts) {
    const news = this.known === null ? [] : texts.filter((text) => !this.known.has(text.number));
    if (this.known !== null && !news.length) return [];
    this.known = new Set(texts.map((text) => text.number));
    const fresh = new Set(news.map((text) => text.number));
    this.list.replaceChildren(...texts.map((text) => this.item(text, fresh.has(text.number))));
    if (!texts.length) this.list.append(el("li", { className: "empty" }, t("还没有短信", "No text messages yet")));
    this.list.scrollTop = this.list.scrollHeight;
    return news;
  }

  item(text, fresh) {
    const code = text.text.match(CODE)?.[0];
    const copy = code && el("button", { type: "button", className: "copy", onclick: (event) => this.phone.copy(code, event.currentTarget) }, t(`复制验证码 ${code}`, `Copy the code ${code}`));
    return el(
      "li",
      { className: fresh ? "fresh" : "" },
      el("time", { dateTime: text.at }, moment(text.at)),
      el("p", {}, text.text),
      copy ?? "",
    );
  }
}
