// Below the chat: the account's menu, or the line to write on and what can be sent besides.

import { newNumber, send } from "./api.js";
import { setup, t } from "./words.js";
import { el, icon, iconButton } from "./dom.js";
import { PICTURES } from "./photos.js";
import { toast } from "./sheet.js";

export class Composer {
  /** `phone`: chat, screen, path, place, open(url). */
  constructor(phone) {
    this.phone = phone;
    this.menu = [];
    this.writing = false;
    this.bar = el("div", { className: "composer" });
    this.field = el("input", {
      type: "text",
      className: "say",
      maxLength: 600,
      enterKeyHint: "send",
      autocomplete: "off",
      "aria-label": t("消息", "Message"),
      oninput: () => this.sign(),
      onkeydown: (event) => event.key === "Enter" && !event.isComposing && this.say(),
    });
    this.plus = iconButton("plus", t("更多", "More"), () => this.togglePanel(), { "aria-expanded": "false" });
    this.submit = el("button", { type: "button", className: "green send", onclick: () => this.say() }, t("发送", "Send"));
    this.panel = this.makePanel();
  }

  /** The buttons that the account has published, as the platform's API knows them. */
  show(menu) {
    if (JSON.stringify(menu) === JSON.stringify(this.menu) && this.bar.childElementCount) return;
    this.menu = menu;
    this.draw();
  }

  draw() {
    const writing = this.writing || this.menu.length === 0;
    const toggle = this.menu.length
      ? iconButton(writing ? "menu" : "keyboard", writing ? t("菜单", "Menu") : t("键盘", "Keyboard"), () => this.toggle(), { className: "icon-button round" })
      : null;
    this.bar.className = `composer ${writing ? "writing" : "buttons"}`;
    this.panel.hidden = true;
    if (writing) this.bar.replaceChildren(el("div", { className: "row" }, toggle ?? "", this.field, this.plus, this.submit), this.panel);
    else this.bar.replaceChildren(el("div", { className: "row" }, toggle, ...this.menu.map((button) => this.menuButton(button))));
    this.sign();
  }

  toggle() {
    this.writing = !this.writing;
    this.draw();
    (this.writing ? this.field : this.bar.querySelector("button")).focus();
  }

  sign() {
    const something = this.field.value.trim() !== "";
    this.submit.hidden = !something;
    this.plus.hidden = something;
  }

  togglePanel() {
    this.panel.hidden = !this.panel.hidden;
    this.plus.setAttribute("aria-expanded", String(!this.panel.hidden));
    this.phone.chat.draw(true);
  }

  menuButton(button) {
    const below = button.sub_button ?? [];
    if (!below.length) return el("div", { className: "menu-cell" }, el("button", { type: "button", onclick: () => this.press(button) }, button.name));
    const list = el("div", { className: "submenu", hidden: true }, ...below.map((each) =>
      el("button", { type: "button", onclick: () => this.closed(head, list, () => this.press(each)) }, each.name)));
    const head = el("button", { type: "button", "aria-expanded": "false", "aria-haspopup": "true", onclick: () => this.openUp(head, list) }, icon("menu"), button.name);
    const leave = (event) => event.key === "Escape" && this.closed(head, list, () => head.focus());
    return el("div", { className: "menu-cell", onkeydown: leave }, list, head);
  }

  openUp(head, list) {
    const opening = list.hidden;
    for (const each of this.bar.querySelectorAll(".submenu")) this.closed(each.parentElement.lastElementChild, each);
    list.hidden = !opening;
    head.setAttribute("aria-expanded", String(opening));
    if (!opening) return;
    const away = (event) => {
      if (head.parentElement.contains(event.target)) return;
      document.removeEventListener("pointerdown", away);
      this.closed(head, list);
    };
    document.addEventListener("pointerdown", away);
  }

  closed(head, list, then) {
    list.hidden = true;
    head.setAttribute("aria-expanded", "false");
    then?.();
  }

  press(button) {
    if (button.type === "view") {
      this.tell("visits", { url: button.url });
      this.phone.open(button.url);
    } else if (button.type === "click") this.tell("clicks", { key: button.key });
    else toast(this.phone.screen, t("沙箱的手机不会这个", "The sandbox's phones cannot do this"));
  }

  say() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.sign();
    this.post("texts", { text }, { kind: "text", text });
  }

  makePanel() {
    const pictures = setup.pictures.map((name) => {
      const url = `${setup.root}/static/pictures/${name}.jpg`;
      const post = () => this.post("pictures", { name }, { kind: "picture", url });
      return this.tile(el("img", { src: url, alt: "" }), t(...PICTURES[name]), post);
    });
    const here = () => {
      const place = this.phone.place;
      this.post("locations", { place: place.code }, { kind: "location", label: place.name });
    };
    return el("div", { className: "panel", hidden: true }, ...pictures, this.tile(icon("pin"), t("位置", "Location"), here));
  }

  tile(picture, label, act) {
    const press = () => {
      this.togglePanel();
      act();
    };
    return el("button", { type: "button", className: "tile", onclick: press }, el("span", {}, picture), label);
  }

  async post(what, body, line) {
    const number = newNumber();
    this.phone.chat.say({ ...line, number });
    const sent = await this.tell(what, { ...body, number });
    this.phone.chat.settle(number, sent);
  }

  /** True when it reached the stand-in; what the account made of it shows in the chat. */
  async tell(what, body) {
    try {
      await send(`${this.phone.path}/${what}`, body);
    } catch {
      toast(this.phone.screen, t("没有送达沙箱", "It did not reach the sandbox"));
      return false;
    }
    this.phone.refresh();
    return true;
  }
}
