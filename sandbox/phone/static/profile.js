// The account's own page: follow it, or follow it no more.

import { send } from "./api.js";
import { setup, t } from "./words.js";
import { el, icon, iconButton } from "./dom.js";
import { avatar } from "./chat.js";
import { ask } from "./sheet.js";

export class Profile {
  constructor(phone) {
    this.phone = phone;
    this.back = iconButton("back", t("返回聊天", "Back to the chat"), () => phone.show("chat"));
    this.more = iconButton("more", t("更多", "More"), () => this.leave());
    this.actions = el("div", { className: "actions" });
    this.view = el(
      "div",
      { className: "app profile", role: "group", "aria-label": t("公众号资料", "The account"), hidden: true },
      el("div", { className: "bar" }, this.back, el("span", { className: "title" }), this.more),
      el(
        "div",
        { className: "profile-body" },
        el("div", { className: "who" }, avatar(null), el("div", {}, el("strong", {}, setup.account), el("span", {}, t("服务号 · 沙箱", "Service account · sandbox")))),
        el("p", {}, t("绑定爱车、预约保养、查看进度，服务店会给您回电。", "Bind your car, book a service day, see where things stand; your dealer calls you back.")),
        this.actions,
      ),
    );
  }

  draw(follows) {
    this.back.hidden = !follows;
    this.more.hidden = !follows;
    if (this.follows === follows) return;
    this.follows = follows;
    const button = (className, label, onclick, ...more) => el("button", { type: "button", className, onclick }, ...more, label);
    this.actions.replaceChildren(
      ...(follows
        ? [button("wide green", t("发消息", "Messages"), () => this.phone.show("chat"), icon("chat")), button("wide plain", t("不再关注", "Unfollow"), () => this.leave())]
        : [button("wide green", t("关注公众号", "Follow"), () => this.act("follow"), icon("plus"))]),
    );
  }

  async leave() {
    const title = t(`确定不再关注“${setup.account}”？取消关注后将不再收到它的消息。`, `Stop following “${setup.account}”? You will hear nothing more from it.`);
    const chosen = await ask(this.phone.screen, title, [{ label: t("不再关注", "Unfollow"), danger: true }]);
    if (chosen) await this.act("unfollow");
  }

  /** The phone turns to the chat, or to this page, when it hears of it. */
  async act(what) {
    await this.phone.telling(() => send(`${this.phone.path}/${what}`));
  }
}
