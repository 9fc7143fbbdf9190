// What the simulator says, in the language of the page, and times as WeChat writes them.

export const setup = JSON.parse(document.getElementById("setup").textContent);
export const t = (zh, en) => (setup.lang === "en" ? en : zh);
export const pick = (words) => words[setup.lang] ?? words.zh;

const ZONE = "Asia/Shanghai";
const LOCALE = setup.lang === "en" ? "en-GB" : "zh-CN";
const clock = new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exact = new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, weekday: "long" });
const day = new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, year: "numeric", month: "long", day: "numeric" });
const date = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

export const hour = (at) => clock.format(new Date(at));
export const second = (at) => exact.format(new Date(at));

/** 10:32, 昨天 10:32, 星期三 10:32, 2026年3月2日 10:32. */
export function moment(at, now = new Date()) {
  const days = Math.round((Date.parse(date.format(now)) - Date.parse(date.format(new Date(at)))) / 86400000);
  if (days <= 0) return hour(at);
  if (days === 1) return `${t("昨天", "Yesterday")} ${hour(at)}`;
  return `${(days < 7 ? weekday : day).format(new Date(at))} ${hour(at)}`;
}
