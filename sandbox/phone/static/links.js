// Addresses in messages, and where they lead on a phone.

import { setup } from "./words.js";
import { el } from "./dom.js";

const URL_OR_ANCHOR = /<a\s[^>]*href="(?<href>[^"]+)"[^>]*>(?<said>[^<]*)<\/a>|(?<bare>https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+)/gi;

const origin = (url) => new URL(url, location.href).origin.replace("//localhost", "//127.0.0.1");

/** The address under the phone's prefix; null for one outside Cheqiao and the sandbox. */
export function inward(url, prefix) {
  const here = new URL(url, setup.target);
  if (here.origin !== location.origin && ![origin(setup.target), origin(location.href)].includes(origin(here.href))) return null;
  return (here.pathname.startsWith(`${prefix}/`) ? "" : prefix) + here.pathname + here.search + here.hash;
}

/** What the phone's prefix hides. */
export function outward(url, prefix) {
  const here = new URL(url, location.href);
  return new URL(here.pathname.replace(prefix, "") + here.search + here.hash, setup.target).href;
}

/** Text with its addresses and its `<a>` made tappable, as WeChat does it. */
export function linked(text, onopen) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(URL_OR_ANCHOR)) {
    const { href, said, bare } = found.groups;
    parts.push(text.slice(end, found.index));
    parts.push(link(href ?? bare, said ?? bare, onopen));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

function link(url, said, onopen) {
  const open = (event) => {
    event.preventDefault();
    onopen(url);
  };
  return el("a", { href: url, onclick: open }, said);
}
