// The phones' own addresses.

import { setup } from "./words.js";

const address = (path) => `${setup.root}${path}`;

async function asked(path, init) {
  const answer = await fetch(address(path), { cache: "no-store", ...init });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

export const read = (path) => asked(path);
export const send = (path, body = {}) =>
  asked(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** A file as it is. */
export const bring = (path, file) => asked(path, { method: "POST", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file });

/** So that a phone knows its own message again; below 2^53. */
export const newNumber = () => Date.now() * 1000 + Math.floor(Math.random() * 1000);
