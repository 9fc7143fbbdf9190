// The lines of a chat: bubbles, template cards, pictures, locations, and what WeChat itself says between them.

import { moment, pick, setup, t } from "./words.js";
import { el, icon } from "./dom.js";
import { linked } from "./links.js";

const GAP = 5 * 60 * 1000;
const NEAR_THE_END = 80;

export function avatar(person) {
  if (!person) return el("span", { className: "avatar account", "aria-hidden": "true" }, icon("car"));
  return el("span", { className: `avatar own hue-${hue(person.openid)}`, "aria-hidden": "true" }, person.name.slice(0, 1));
}

const hue = (openid) => [...openid].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 5;

export class Chat {
  /** `open(url)` shows a page in the web view. */
  constructor(person, open) {
    this.person = person;
    this.open = open;
    this.known = null; // null: nothing was shown yet, so nothing is new
    this.pending = [];
    this.lines = [];
    this.list = el("ol", { className: "lines", tabIndex: 0, "aria-label": t("聊天记录", "Messages") });
  }

  /** A line of one's own before the account's answer is known. */
  say(line) {
    this.pending.push({ ...line, id: `pending-${line.number}`, side: "me", at: new Date().toISOString(), open: true });
    this.draw(true);
  }

  settle(number, sent) {
    const line = this.pending.find((each) => each.number === number);
    if (line) Object.assign(line, { open: false, lost: !sent });
    this.draw();
  }

  /** Returns the lines that the account sent since the last time. */
  show(lines) {
    const first = this.known === null;
    const news = first ? [] : lines.filter((line) => !this.known.has(line.id));
    const numbers = new Set(lines.map((line) => line.number));
    this.pending = this.pending.filter((line) => !numbers.has(String(line.number)));
    this.lines = lines;
    this.fresh = new Set(news.filter((line) => line.side !== "me").map((line) => line.id));
    this.known = new Set(lines.map((line) => line.id));
    if (first || news.length || this.list.childElementCount === 0) this.draw(first || news.some((line) => line.side === "me"));
    return news.filter((line) => line.side === "account");
  }

  draw(toTheEnd = false) {
    const list = this.list;
    const atTheEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END;
    let before = 0;
    const shown = [];
    for (const line of [...this.lines, ...this.pending]) {
      const at = Date.parse(line.at);
      if (at - before > GAP) shown.push(el("li", { className: "time" }, el("time", { dateTime: line.at }, moment(line.at))));
      before = at;
      shown.push(this.item(line));
    }
    if (!shown.length) shown.push(el("li", { className: "note" }, t("点下面的菜单，或者写一条消息。", "Tap the menu below, or write a message.")));
    list.replaceChildren(...shown);
    if (toTheEnd || atTheEnd) list.scrollTop = list.scrollHeight;
  }

  item(line) {
    const fresh = this.fresh?.has(line.id) ? " fresh" : "";
    if (line.side === "note") return el("li", { className: `note${fresh}` }, pick(line.words));
    if (line.kind === "template") return el("li", { className: `card-line${fresh}` }, this.card(line));
    const mine = line.side === "me";
    const who = el("span", { className: "hidden" }, `${mine ? this.person.name : setup.account}: `);
    return el("li", { className: `${mine ? "mine" : "theirs"}${fresh}` }, avatar(mine ? this.person : null), who, this.bubble(line), sign(line));
  }

  bubble(line) {
    if (line.kind === "picture") return el("img", { className: "sent-picture", src: line.url, alt: t("图片", "Picture") });
    if (line.kind === "location")
      return el("div", { className: "sent-location" }, el("strong", {}, line.label), el("span", { className: "map", "aria-hidden": "true" }, icon("pin")));
    return el("div", { className: "bubble" }, ...linked(line.text, this.open));
  }

  card(line) {
    const rows = line.rows.map((row) => el("div", {}, el("dt", {}, row.name), el("dd", {}, row.text)));
    const head = el("div", { className: "from" }, avatar(null), setup.account);
    const inside = [head, el("strong", {}, line.title), el("dl", {}, ...rows)];
    if (!line.url) return el("div", { className: "template" }, ...inside);
    const open = (event) => {
      event.preventDefault();
      this.open(line.url);
    };
    const details = el("a", { href: line.url, className: "details", onclick: open }, t("详情", "Details"), icon("chevron"));
    const click = (event) => event.target.closest("a") || this.open(line.url);
    return el("div", { className: "template tappable", onclick: click }, ...inside, details);
  }
}

function sign(line) {
  if (line.open) return el("span", { className: "sending", role: "img", "aria-label": t("正在发送", "Sending") });
  if (line.lost) return el("span", { className: "lost", role: "img", "aria-label": t("没有送达", "Not delivered") }, "!");
  return null;
}

/** A line in a few words, for a banner. */
export function inShort(line) {
  if (line.kind === "template") return line.title;
  return line.text?.replace(/<[^>]+>/g, "") ?? "";
}
