// What travels: a small map on which each message is a dot, and the last ones as a list.

import { pick, second, t } from "./words.js";
import { el, svg } from "./dom.js";

const STATIONS = {
  phone: [150, 26, t("手机", "Phone")],
  wechat: [58, 92, t("公众号入口", "WeChat gateway")],
  sms: [242, 92, t("短信", "SMS")],
  cheqiao: [150, 152, t("车桥服务", "Cheqiao")],
  dms: [58, 222, "DMS"],
  csc: [242, 222, "CSC"],
};
const ROADS = [["phone", "wechat"], ["wechat", "cheqiao"], ["phone", "sms"], ["sms", "cheqiao"], ["phone", "cheqiao"], ["cheqiao", "dms"], ["cheqiao", "csc"]];
const SIGNS = { done: "✓", open: "…", refused: "!", failed: "✕" };
const LEG = 650;
const APART = 220;
const MOST_AT_ONCE = 8;

const OUTCOMES = () => ({ done: t("完成", "done"), open: t("进行中", "under way"), refused: t("被拒绝", "refused"), failed: t("失败", "failed") });

export class Traffic {
  constructor(box) {
    this.known = null;
    this.dots = svg("g");
    this.nodes = Object.fromEntries(Object.entries(STATIONS).map(([name, station]) => [name, node(station)]));
    const roads = ROADS.map(([from, to]) => svg("line", { x1: STATIONS[from][0], y1: STATIONS[from][1], x2: STATIONS[to][0], y2: STATIONS[to][1] }));
    const map = svg("svg", { viewBox: "-18 0 336 250", class: "map-of-ways", role: "img", "aria-label": t("手机、公众号入口、车桥服务、DMS、CSC 和短信之间的路", "The ways between phone, WeChat gateway, Cheqiao, DMS, CSC and text messages") });
    map.append(...roads, this.dots, ...Object.values(this.nodes));
    this.list = el("ol", { className: "hops", tabIndex: 0, "aria-label": t("最近 20 条", "The last 20") });
    box.replaceChildren(el("h2", {}, t("消息去向", "What travels")), map, this.list);
    this.list.append(el("li", { className: "empty" }, t("在手机上点点看，消息走到哪里，这里就亮到哪里。", "Tap something on the phone: where a message goes, this lights up.")));
  }

  /** `hops`: oldest first. */
  show(hops) {
    const first = this.known === null;
    const news = first ? [] : hops.filter((hop) => !this.known.has(hop.id));
    for (const hop of hops) if (this.known?.get(hop.id) === "open" && isBad(hop)) this.light(hop.way.at(-1), true);
    this.known = new Map(hops.map((hop) => [hop.id, hop.outcome]));
    if (hops.length) this.list.replaceChildren(...hops.toReversed().map((hop) => row(hop, news.includes(hop))));
    news.slice(-MOST_AT_ONCE).forEach((hop, number) => setTimeout(() => this.travel(hop), number * APART));
  }

  async travel(hop) {
    this.light(hop.way[0]);
    const dot = svg("circle", { r: 7, class: `dot ${hop.outcome}` });
    this.dots.append(dot);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (let leg = 1; leg < hop.way.length; leg += 1) {
      const frames = [hop.way[leg - 1], hop.way[leg]].map((name) => ({ transform: `translate(${STATIONS[name][0]}px, ${STATIONS[name][1]}px)` }));
      await dot.animate(frames, { duration: still ? 1 : LEG, easing: "ease-in-out", fill: "forwards" }).finished;
      this.light(hop.way[leg], isBad(hop));
    }
    dot.remove();
  }

  light(name, badly = false) {
    const lit = this.nodes[name];
    lit.classList.remove("lit", "badly");
    void lit.getBoundingClientRect(); // or the light would not begin anew
    lit.classList.add("lit", ...(badly ? ["badly"] : []));
  }
}

const isBad = (hop) => hop.outcome === "failed" || hop.outcome === "refused";

function node([x, y, name]) {
  const wide = Math.max(64, [...name].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 255 ? 14 : 7.5), 24));
  const text = svg("text", { x, y: y + 5 });
  text.append(name);
  return svg("g", { class: "station" }, svg("rect", { x: x - wide / 2, y: y - 18, width: wide, height: 36, rx: 18 }), text);
}

function row(hop, fresh) {
  const outcome = OUTCOMES()[hop.outcome];
  const sign = el("span", { className: `sign ${hop.outcome}`, title: outcome, role: "img", "aria-label": outcome }, SIGNS[hop.outcome]);
  const what = el("span", { className: "what" }, hop.who ? el("b", {}, hop.who) : "", hop.who ? " " : "", pick(hop.words), hop.detail ? el("em", {}, ` ${hop.detail}`) : "");
  const way = el("span", { className: "way" }, hop.way.map((name) => STATIONS[name][2]).join(" → "));
  return el("li", { className: fresh ? "fresh" : "" }, el("time", { dateTime: hop.at }, second(hop.at)), what, sign, way);
}
