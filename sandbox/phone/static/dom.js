// Elements without markup in strings: text stays text.

const SVG = "http://www.w3.org/2000/svg";

export const ICONS = {
  back: "M15 4 L7 12 L15 20",
  close: "M5 5 L19 19 M19 5 L5 19",
  more: "M5 12 h.01 M12 12 h.01 M19 12 h.01",
  person: "M12 12 a4 4 0 1 0 0-8 a4 4 0 0 0 0 8 M4 20 c0-4 4-6 8-6 s8 2 8 6",
  keyboard: "M3 6 h18 v12 H3 z M6 10 h.01 M10 10 h.01 M14 10 h.01 M18 10 h.01 M8 14.5 h8",
  menu: "M6 8 h12 M6 12 h12 M6 16 h12",
  plus: "M12 5 v14 M5 12 h14",
  picture: "M4 5 h16 v14 H4 z M4 16 l5-5 4 4 3-3 4 4 M15.5 9 h.01",
  pin: "M12 21 c5-6 7-8.5 7-12 a7 7 0 0 0-14 0 c0 3.500 2 6 7 12 z M12 11.500 a2.500 2.500 0 1 0 0-5 a2.500 2.500 0 0 0 0 5 z",
  chevron: "M9 5 L16 12 L9 19",
  chat: "M12 4 c-5 0-9 3.200-9 7.200 c0 2.300 1.300 4.300 3.400 5.600 L5.800 20 l3.600-1.900 c.8.200 1.700.300 2.600.300 c5 0 9-3.200 9-7.200 S17 4 12 4 z",
  envelope: "M3 6 h18 v12 H3 z M3 7 l9 6 9-6",
  flask: "M9 3 h6 M10 3 v6 L4.500 19 a1.500 1.500 0 0 0 1.300 2.200 h12.400 a1.500 1.500 0 0 0 1.300-2.200 L14 9 V3 M7.500 15 h9",
  car: "M4 16 v-4 l2-5.500 h12 l2 5.500 v4 z M4 12 h16 M7 16 v2 M17 16 v2 M7.500 14 h.01 M16.500 14 h.01",
};

/** `given`: properties; `class` and what begins with `aria-` or `data-` are attributes, `on…` are listeners. */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

/** A button with a picture on it, and a name for those who do not see it. */
export function iconButton(name, label, onclick, more = {}) {
  return el("button", { type: "button", className: "icon-button", title: label, "aria-label": label, onclick, ...more }, icon(name));
}
