// The desk: whose phones are open, and one question a second for what is new.

import { read, send } from "./api.js";
import { setup, t } from "./words.js";
import { el } from "./dom.js";
import { makeCard } from "./card.js";
import { Phone } from "./phone.js";
import { Traffic } from "./traffic.js";

const ROUND = 1000;
const MOST = 6;

class Desk {
  constructor() {
    this.seats = document.getElementById("seats");
    this.chips = document.getElementById("people");
    this.traffic = new Traffic(document.getElementById("traffic"));
    this.phones = new Map();
    this.people = [];
    this.marks = {};
    this.narrow = matchMedia("(max-width: 719px)");
    document.querySelector("main").append(el("button", { type: "button", className: "home green", onclick: () => this.turnAside() }, t("回到手机", "Back to the phone")));
  }

  async start() {
    this.people = (await read("/people")).people;
    const wanted = new URLSearchParams(location.search).getAll("openid");
    const found = this.people.filter((person) => wanted.includes(person.openid));
    for (const person of found.length ? found : this.people.slice(0, 1)) this.add(person);
    this.arranged();
    await this.round();
  }

  /** Every second, one after the other; while nobody looks at the page, nobody asks. */
  async round() {
    if (!document.hidden) await this.look();
    setTimeout(() => this.round(), ROUND);
  }

  async look() {
    for (const { phone } of this.phones.values()) phone.tick();
    try {
      const news = await read(`/feed?since=${encodeURIComponent(this.marks.feed ?? "")}`);
      document.body.classList.remove("away");
      this.marks.feed = news.mark;
      if (news.hops) this.traffic.show(news.hops);
      if (news.phones === this.marks.phones) return;
      this.marks.phones = news.phones;
      await Promise.all([...this.phones.values()].map(({ phone }) => phone.refresh()));
    } catch {
      document.body.classList.add("away");
    }
  }

  add(person) {
    const phone = new Phone(person, () => this.turnAside(card));
    const card = makeCard(phone);
    const seat = el("div", { className: "seat" }, phone.frame, card);
    this.phones.set(person.openid, { phone, card, seat });
    this.seats.append(seat);
    seat.scrollIntoView({ inline: "nearest" });
    phone.refresh();
  }

  toggle(person) {
    const open = this.phones.get(person.openid);
    if (open && this.phones.size > 1 && !this.narrow.matches) {
      open.phone.remove();
      open.seat.remove();
      this.phones.delete(person.openid);
    } else if (!open && this.phones.size < MOST) {
      if (this.narrow.matches) this.clear();
      this.add(person);
    }
    document.body.classList.remove("aside");
    this.arranged();
  }

  clear() {
    for (const { phone, seat } of this.phones.values()) {
      phone.remove();
      seat.remove();
    }
    this.phones.clear();
  }

  /** On a small screen the phone fills the window and everything else lies behind it; beside other phones there is only the card. */
  turnAside(card) {
    if (this.narrow.matches) document.body.classList.toggle("aside");
    else card.open = !card.open;
  }

  arranged() {
    document.body.classList.toggle("many", this.phones.size > 1);
    for (const { card } of this.phones.values()) card.open = this.phones.size === 1;
    const query = [...this.phones.keys()].map((openid) => `openid=${encodeURIComponent(openid)}`).join("&");
    history.replaceState(null, "", `?${query}`);
    const other = setup.lang === "en" ? "zh" : "en";
    document.getElementById("language").href = `?lang=${other}&${query}`;
    this.drawChips();
  }

  drawChips() {
    const chips = this.people.map((person) =>
      el("button", { type: "button", className: "chip", "aria-pressed": String(this.phones.has(person.openid)), onclick: () => this.toggle(person) }, person.name),
    );
    const plus = el("button", { type: "button", className: "chip plus", onclick: () => this.invite(), "aria-label": t("新的人", "Somebody new"), title: t("新的人", "Somebody new") }, "＋");
    this.chips.replaceChildren(...chips, plus);
  }

  invite() {
    const name = el("input", { name: "name", required: true, maxLength: 20, value: t("新车主", "New owner") });
    const mobile = el("input", { name: "mobile", required: true, inputMode: "numeric", pattern: "1[3-9][0-9]{9}", value: aMobile(), title: t("11 位手机号", "A mobile of 11 digits") });
    const form = el(
      "form",
      { method: "dialog", onsubmit: () => this.join(name.value.trim(), mobile.value) },
      el("h2", {}, t("新的人", "Somebody new")),
      el("label", {}, t("姓名", "Name"), name),
      el("label", {}, t("手机号（收短信用）", "Mobile (for text messages)"), mobile),
      el("div", { className: "buttons" }, el("button", { type: "button", onclick: () => dialog.close() }, t("取消", "Cancel")), el("button", { type: "submit", className: "green" }, t("给他一部手机", "Hand out a phone"))),
    );
    const dialog = el("dialog", { "aria-label": t("新的人", "Somebody new"), onclose: () => dialog.remove() }, form);
    document.body.append(dialog);
    dialog.showModal();
  }

  async join(name, mobile) {
    const person = await send("/people", { name, mobile });
    this.people.push(person);
    this.toggle(person);
  }
}

const aMobile = () => `139${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;

new Desk().start();
