// The desk of complaints: limits that run, forms of steps beside the page, keys, and who else is there while one writes.
"use strict";

const zh = document.documentElement.lang.startsWith("zh");
const DAY = 86400;
const HOUR = 3600;
const LOOKS = 10000;

// Limits run from the seconds that the server said, not from this machine's clock.
const begun = new WeakMap();

function left_of(clock) {
  const told = Number(clock.dataset.runs);
  if (begun.get(clock)?.told !== told) begun.set(clock, { told, at: performance.now() });
  return told - (performance.now() - begun.get(clock).at) / 1000;
}

function spoken(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const [days, hours, minutes] = [Math.floor(whole / DAY), Math.floor(whole % DAY / HOUR), Math.floor(whole % HOUR / 60)];
  if (days) return zh ? `${days} 天${hours ? ` ${hours} 小时` : ""}` : `${days} d${hours ? ` ${hours} h` : ""}`;
  if (hours) return zh ? `${hours} 小时${minutes ? ` ${minutes} 分` : ""}` : `${hours} h${minutes ? ` ${minutes} min` : ""}`;
  const rest = String(whole % 60).padStart(2, "0");
  return zh ? `${minutes} 分 ${rest} 秒` : `${minutes} min ${rest} s`;
}

function run() {
  for (const clock of document.querySelectorAll("[data-runs]")) {
    const left = left_of(clock);
    const words = left > 0 ? (zh ? `剩 ${spoken(left)}` : `${spoken(left)} left`) : (zh ? `超 ${spoken(left)}` : `${spoken(left)} over`);
    const place = clock.querySelector("[data-left]");
    if (place.textContent !== words) place.textContent = words;
    if (left <= 0 && !clock.classList.contains("state-broken")) {
      clock.classList.remove("state-fine", "state-late");
      clock.classList.add("state-broken");
      clock.querySelector("use").setAttribute("href", clock.querySelector("use").getAttribute("href").replace(/#.*/, "#alert"));
    }
  }
}
setInterval(run, 1000);
run();
document.addEventListener("htmx:after:swap", run);

// A form of a step opens beside the page. Closed, it keeps what was typed until another one is opened.
const dialog = document.getElementById("step");
const version = () => document.getElementById("case-seen")?.dataset.version;

async function open_step(link) {
  if (dialog.dataset.step === link.dataset.step && dialog.querySelector("form")) {
    dialog.querySelector("[name=version]").value = version(); // what the page shows by now has been seen
    dialog.querySelector("[data-looking]").replaceChildren();
    dialog.showModal();
    return;
  }
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    location.assign(link.href);
    return;
  }
  dialog.innerHTML = await answer.text();
  dialog.dataset.step = link.dataset.step;
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-step]");
  if (dialog && link?.href) {
    event.preventDefault();
    open_step(link);
  }
  if (dialog && event.target.closest("[data-step-closes]")) {
    event.preventDefault();
    dialog.close();
  }
});

// A file that is too large is said at once, before it is sent for nothing.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.dataset.most) return;
  const [most, size] = [Number(input.dataset.most), input.files[0]?.size ?? 0];
  const [mb, limit] = [(size / 1048576).toFixed(1), Math.floor(most / 1048576)];
  const words = zh ? `这个文件有 ${mb} MB，最多 ${limit} MB。请换一个小些的，或把照片缩小后再传。` : `This file has ${mb} MB, and ${limit} MB is the most. Please choose a smaller one, or make the picture smaller first.`;
  input.setCustomValidity(size > most ? words : "");
  input.reportValidity();
});

// While somebody writes: is the case still what they saw, and who else is at it? The page behind does not ask meanwhile for them.
const written = document.querySelector("[data-case]");
if (written) {
  setInterval(async () => {
    const form = (dialog?.open ? dialog : document.querySelector(".step-page"))?.querySelector("form");
    if (!form || document.hidden) return;
    const asked = new URLSearchParams({ version: form.querySelector("[name=version]").value });
    const answer = await fetch(`${written.dataset.case}?${asked}`, { headers: { "HX-Request": "true", "X-Console-Poll": "1" }, credentials: "same-origin" });
    if (answer.ok) form.querySelector("[data-looking]").innerHTML = await answer.text();
  }, LOOKS);
}

// Keys: digits take the next steps, m writes a note, / finds, c takes in, u goes back to the queue.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea, [contenteditable]")) return;
  if (document.querySelector("dialog[open]")) return;
  const named = { m: "[data-step=note]", c: "[data-key-new]", u: "[data-key-back]", "/": "[data-find]" }[event.key];
  const wanted = /^[1-9]$/.test(event.key)
    ? document.querySelectorAll(".do-way [data-step]")[Number(event.key) - 1]
    : named && document.querySelector(named);
  if (!wanted) return;
  event.preventDefault(); // else the key is typed into what it opens
  if (wanted.matches("input")) wanted.focus();
  else wanted.click();
});
