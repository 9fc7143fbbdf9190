// One follower's phone: the chat, the account's page, the web view, the text messages, and what tells of news.

import { read } from "./api.js";
import { hour, setup, t } from "./words.js";
import { el, icon, iconButton } from "./dom.js";
import { Chat, inShort } from "./chat.js";
import { Composer } from "./composer.js";
import { Profile } from "./profile.js";
import { Texts } from "./texts.js";
import { WebView } from "./webview.js";
import { toast } from "./sheet.js";

const BANNER = 6000;

export class Phone {
  /** `aside()` shows what stands beside the phones, where there is no room beside them. */
  constructor(person, aside) {
    this.person = person;
    this.path = `/people/${person.openid}`;
    this.place = setup.places[0];
    this.hidesPlace = false;
    this.unread = { chat: 0, sms: 0 };
    this.chat = new Chat(person, (url) => this.open(url));
    this.composer = new Composer(this);
    this.profile = new Profile(this);
    this.texts = new Texts(this);
    this.webView = new WebView(this);
    this.clock = el("span", { className: "clock" });
    this.banners = el("div", { className: "banners" });
    this.told = el("p", { className: "hidden", role: "status" });
    this.chatView = el(
      "div",
      { className: "app chat", role: "group", "aria-label": t("聊天", "Chat"), hidden: true },
      el("div", { className: "bar" }, el("span", { className: "title" }, setup.account), iconButton("person", t("公众号资料", "About the account"), () => this.show("profile"))),
      this.chat.list,
      this.composer.bar,
    );
    this.apps = { chat: this.chatView, profile: this.profile.view, sms: this.texts.view };
    this.screen = el(
      "div",
      { className: "screen" },
      el("div", { className: "status-bar" }, this.clock, el("span", { className: "holder" }, person.name), el("span", { className: "battery" })),
      el("div", { className: "apps" }, ...Object.values(this.apps), this.webView.view),
      this.banners,
      this.told,
      this.makeDock(aside),
    );
    this.frame = el("section", { className: "phone", "aria-label": t(`${person.name}的手机`, `${person.name}'s phone`) }, this.screen);
    this.listener = (event) => this.webView.answer(event);
    window.addEventListener("message", this.listener);
    this.tick();
  }

  makeDock(aside) {
    const button = (name, picture, label, act) => el("button", { type: "button", className: `dock-${name}`, onclick: act }, icon(picture), el("span", {}, label), el("b", { hidden: true }));
    this.docked = {
      chat: button("chat", "chat", t("微信", "WeChat"), () => this.show("chat")),
      sms: button("sms", "envelope", t("短信", "Messages"), () => this.show("sms")),
    };
    const more = button("aside", "flask", t("沙箱", "Sandbox"), aside);
    return el("div", { className: "dock", role: "group", "aria-label": t("手机上的应用", "Apps") }, ...Object.values(this.docked), more);
  }

  /** An app comes to the front. Who follows nobody sees the account's page instead of a chat. */
  show(name) {
    if (name === "chat" && this.app === "chat" && this.webView.isOpen) this.webView.close();
    this.app = name === "chat" && this.follows === false ? "profile" : name;
    for (const [each, view] of Object.entries(this.apps)) view.hidden = each !== this.app;
    this.webView.view.classList.toggle("behind", this.app === "sms");
    const home = this.app === "sms" ? "sms" : "chat";
    for (const [each, button] of Object.entries(this.docked)) button.setAttribute("aria-current", String(each === home));
    if (this.app === "chat") this.chat.draw(true);
    this.seen();
  }

  open(url) {
    if (this.app === "sms") this.show("chat");
    this.webView.open(url);
  }

  pageClosed() {
    this.seen();
    this.docked.chat.focus({ preventScroll: true });
  }

  async refresh() {
    let state;
    try {
      state = await read(this.path);
    } catch {
      return; // the next round asks again
    }
    const first = this.follows === undefined;
    const turned = !first && state.follows !== this.follows;
    this.follows = state.follows;
    this.profile.draw(state.follows);
    this.composer.show(state.menu);
    const lines = this.chat.show(state.chat);
    const texts = this.texts.show(state.texts);
    if (first || turned) this.show("chat");
    this.announce(lines, texts);
  }

  announce(lines, texts) {
    const last = texts.at(-1)?.text ?? (lines.length ? inShort(lines.at(-1)) : "");
    if (last) this.told.textContent = last;
    if (lines.length && !this.chatIsSeen()) {
      this.unread.chat += lines.length;
      this.banner(setup.account, inShort(lines.at(-1)), "chat");
    }
    if (texts.length && this.app !== "sms") {
      this.unread.sms += texts.length;
      this.banner(t("短信", "Text message"), texts.at(-1).text, "sms");
    }
    this.seen();
  }

  chatIsSeen() {
    return this.app === "chat" && !this.webView.isOpen;
  }

  seen() {
    if (this.chatIsSeen()) this.unread.chat = 0;
    if (this.app === "sms") this.unread.sms = 0;
    for (const [name, count] of Object.entries(this.unread)) {
      const badge = this.docked[name].querySelector("b");
      badge.hidden = count === 0;
      badge.textContent = String(Math.min(count, 99));
      badge.setAttribute("aria-label", t(`${count} 条未读`, `${count} unread`));
      badge.setAttribute("role", "img");
    }
  }

  banner(title, text, app) {
    const open = () => {
      shown.remove();
      if (app === "chat" && this.webView.isOpen) this.webView.close();
      this.show(app);
    };
    const shown = el("button", { type: "button", className: "banner", onclick: open }, icon(app === "sms" ? "envelope" : "chat"), el("span", {}, el("strong", {}, title), el("span", {}, text)));
    this.banners.replaceChildren(shown);
    setTimeout(() => shown.remove(), BANNER);
  }

  /** Something is told to the stand-in, and the phone then looks what came of it. */
  async telling(act) {
    try {
      await act();
    } catch {
      toast(this.screen, t("没有送达沙箱", "It did not reach the sandbox"));
    }
    await this.refresh();
  }

  async copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      toast(this.screen, t("浏览器不允许复制", "The browser does not allow copying"));
      return;
    }
    toast(this.screen, t("已复制", "Copied"));
    button?.classList.add("copied");
  }

  tick() {
    this.clock.textContent = hour(new Date());
  }

  remove() {
    window.removeEventListener("message", this.listener);
    if (this.webView.isOpen) this.webView.close();
  }
}
