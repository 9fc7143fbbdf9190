// WeChat's web view: slides over the chat, with the page's title, a way back, and a menu.

import { setup, t } from "./words.js";
import { el, iconButton } from "./dom.js";
import { inward, outward } from "./links.js";
import { choosePhotos } from "./photos.js";
import { ask, toast } from "./sheet.js";

const LOOK = 400;

export class WebView {
  constructor(phone) {
    this.phone = phone;
    this.prefix = `${setup.root}/w/${phone.person.openid}`;
    this.trail = [];
    this.title = el("span", { className: "title" });
    this.back = iconButton("back", t("上一页", "Back"), () => this.goBack());
    this.shut = iconButton("close", t("关闭网页", "Close the page"), () => this.close());
    this.line = el("div", { className: "progress" });
    this.holder = el("div", { className: "frame-holder" });
    this.view = el(
      "div",
      { className: "web-view", role: "group", "aria-label": t("网页", "Web page"), inert: true },
      el("div", { className: "bar" }, this.back, this.shut, this.title, iconButton("more", t("网页菜单", "Page menu"), () => this.menu()), this.line),
      this.holder,
    );
  }

  get isOpen() {
    return !this.view.inert;
  }

  open(url) {
    const address = inward(url, this.prefix);
    if (address === null) return toast(this.phone.screen, t("沙箱的手机只打开车桥的网页", "The sandbox's phones open Cheqiao's pages alone"));
    this.trail = [];
    this.title.textContent = t("正在打开…", "Opening…");
    this.frame = el("iframe", { src: address, title: t("网页", "Web page"), allow: "geolocation", onload: () => this.loaded() });
    this.holder.replaceChildren(this.frame);
    this.start();
    this.view.inert = false;
    this.view.classList.add("open");
    this.back.hidden = true;
    this.watch ??= setInterval(() => this.look(), LOOK);
    this.shut.focus({ preventScroll: true });
    return undefined;
  }

  close() {
    clearInterval(this.watch);
    this.watch = null;
    this.view.classList.remove("open");
    this.view.inert = true;
    this.frame = null;
    this.holder.replaceChildren();
    this.phone.pageClosed();
  }

  /** The address of the page that is shown; null while the frame shows nothing of ours. */
  get here() {
    try {
      const url = this.frame?.contentWindow.location.href;
      return url && url !== "about:blank" ? url : null;
    } catch {
      return null;
    }
  }

  start() {
    this.line.className = "progress";
    void this.line.offsetWidth; // or the line would not begin anew
    this.line.className = "progress running";
  }

  loaded() {
    this.line.className = "progress done";
    const url = this.here;
    if (!url) return;
    if (this.goingBack) this.goingBack = false;
    else if (this.trail.at(-1) !== url) this.trail.push(url);
    this.back.hidden = this.trail.length < 2;
    const inside = this.frame.contentWindow;
    inside.addEventListener("beforeunload", () => this.start());
    inside.document.addEventListener("click", (event) => this.clicked(event), true);
    this.look();
  }

  /** A page may change its title or its address by itself. */
  look() {
    const url = this.here;
    if (!url || !this.frame.contentDocument) return;
    const title = this.frame.contentDocument.title;
    if (title && title !== this.title.textContent) {
      this.title.textContent = title;
      this.frame.title = title;
    }
    if (this.trail.length && this.line.classList.contains("done")) this.trail[this.trail.length - 1] = url;
  }

  /** What a browser in a frame would do otherwise than a phone. */
  clicked(event) {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    const url = new URL(link.href);
    if (url.protocol === "tel:") {
      event.preventDefault();
      toast(this.phone.screen, t(`正在呼叫 ${url.pathname}`, `Calling ${url.pathname}`));
    } else if (url.protocol.startsWith("http") && inward(link.href, this.prefix) === null) {
      event.preventDefault();
      toast(this.phone.screen, t("沙箱的手机只打开车桥的网页", "The sandbox's phones open Cheqiao's pages alone"));
    } else if (link.target && link.target !== "_self") {
      event.preventDefault();
      this.frame.contentWindow.location.assign(inward(link.href, this.prefix));
    }
  }

  goBack() {
    if (this.trail.length < 2) return this.close();
    this.trail.pop();
    this.goingBack = true;
    this.start();
    this.frame.contentWindow.location.replace(this.trail.at(-1));
    return undefined;
  }

  async menu() {
    await ask(this.phone.screen, this.title.textContent, [
      { label: t("刷新", "Reload"), act: () => this.reload() },
      { label: t("复制链接", "Copy the link"), act: () => this.phone.copy(outward(this.here ?? this.frame.src, this.prefix)) },
    ]);
  }

  reload() {
    this.start();
    this.frame.contentWindow.location.reload();
  }

  /** The JS-SDK's stand-in in our page asks for what only the phone knows. */
  answer(event) {
    if (!this.frame || event.source !== this.frame.contentWindow || event.origin !== location.origin) return;
    const asked = event.data;
    if (asked?.cheqiao === "location") {
      const { latitude, longitude } = this.phone.place;
      event.source.postMessage({ ...asked, ...(this.phone.hidesPlace ? { denied: true } : { latitude, longitude }) }, event.origin);
    } else if (asked?.cheqiao === "photos") {
      const { source, origin } = event;
      choosePhotos(this.phone, asked.count).then((locals) => source.postMessage({ cheqiao: "photos", locals }, origin));
    } else if (asked?.cheqiao === "voice") toast(this.phone.screen, t("正在播放录音", "Playing the recording"));
    else if (asked?.cheqiao === "close") this.close();
  }
}
