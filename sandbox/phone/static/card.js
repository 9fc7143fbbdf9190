// Beside a phone: what its holder knows of himself, where the phone is, and QR codes to scan.

import { send } from "./api.js";
import { setup, t } from "./words.js";
import { el } from "./dom.js";

const CODES = [
  ["entrance", "门店入口的海报", "Poster at the dealer's door"],
  ["invoice", "维修结算单", "Repair invoice"],
  ["delivery", "交车礼盒", "Delivery box"],
];

export function makeCard(phone) {
  const { person } = phone;
  const facts = person.cars.length
    ? person.cars.flatMap((car, number) => [
        ...(person.cars.length > 1 ? [el("p", { className: "which" }, `${t("车", "Car")} ${number + 1}`)] : []),
        el("p", { className: "car" }, [car.plate, car.model].filter(Boolean).join(" · ")),
        fact(phone, t("VIN 后 8 位", "VIN, last 8"), car.vin.slice(-8)),
        fact(phone, t("完整 VIN", "Whole VIN"), car.vin),
        ...(number === 0 ? [fact(phone, t("证件号", "ID number"), person.id_number), fact(phone, t("手机号", "Mobile"), person.mobile)] : []),
      ])
    : [
        el("p", {}, t("DMS 里没有他名下的车：绑定不会成功。", "The DMS has no car of this person: a registration will not succeed.")),
        person.mobile ? fact(phone, t("手机号", "Mobile"), person.mobile) : "",
      ];
  return el(
    "details",
    { className: "card" },
    el("summary", {}, t("你的资料", "Your data"), el("small", {}, person.name)),
    el("div", { className: "facts" }, el("p", { className: "hint" }, t("绑定车辆时要填的，点一下就复制。", "What registering asks for. Tap to copy.")), ...facts, places(phone), codes(phone)),
  );
}

function fact(phone, name, value) {
  const copy = el("button", { type: "button", className: "copy", "aria-label": t(`复制${name} ${value}`, `Copy ${name} ${value}`), onclick: () => phone.copy(value, copy) }, t("复制", "Copy"));
  return el("div", { className: "fact" }, el("span", {}, name), el("code", {}, value), copy);
}

function places(phone) {
  const choose = (event) => {
    const found = setup.places.find((place) => place.code === event.currentTarget.value);
    phone.hidesPlace = !found;
    phone.place = found ?? phone.place;
  };
  const options = setup.places.map((place) => el("option", { value: place.code }, t(place.name, place.name_en)));
  options.push(el("option", { value: "" }, t("不让网页知道", "Pages may not know")));
  return el("label", { className: "choice" }, t("手机在哪里", "Where the phone is"), el("select", { onchange: choose }, ...options));
}

function codes(phone) {
  const list = el("select", {}, ...CODES.map(([scene, zh, en]) => el("option", { value: scene }, t(zh, en))));
  const scan = () => phone.telling(() => send(`${phone.path}/scans`, { scene: list.value }));
  return el(
    "div",
    { className: "choice" },
    el("label", {}, t("扫公众号的二维码", "Scan a QR code of the account"), list),
    el("button", { type: "button", className: "small", onclick: scan }, t("扫一扫", "Scan")),
  );
}
