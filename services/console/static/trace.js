// Trace, search, mending and jobs: the record beside the rows, live parts that have come to an end, words that follow what is chosen.
"use strict";

// A live part whose story is over asks no more.
document.addEventListener("htmx:before:request", (event) => {
  const part = event.detail.ctx.sourceElement;
  if (part.matches(".live") && part.querySelector("[data-ended]")) event.preventDefault();
});

// The record opens beside the rows; its address can be passed on and the way back closes it.
const record = document.getElementById("record");

async function open_record(link) {
  const answer = await fetch(link.dataset.record, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    location.assign(link.href);
    return;
  }
  record.innerHTML = await answer.text();
  record.classList.remove("record-empty");
  htmx.process(record);
  mark(link.closest("tr"));
  history.replaceState(null, "", link.href.split("#")[0]);
}

function mark(row) {
  document.querySelectorAll("tr.looked-at").forEach((other) => other.classList.remove("looked-at"));
  row?.classList.add("looked-at");
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (record && event.target.closest("[data-record-close]")) {
    event.preventDefault();
    record.classList.add("record-empty");
    mark(null);
    history.replaceState(null, "", event.target.closest("a").href);
    return;
  }
  const link = event.target.closest("[data-record]") ?? event.target.closest("tr.hop")?.querySelector("[data-record]");
  if (record && link && !(event.target.closest("a") && event.target.closest("a") !== link)) {
    event.preventDefault();
    open_record(link);
  }
  const fill = event.target.closest("[data-fill]");
  if (fill) document.getElementById(fill.dataset.fill).value = fill.dataset.with;
});

// After a live part was morphed the row stays marked.
document.addEventListener("htmx:after:swap", () => {
  const at = new URLSearchParams(location.search).get("at");
  if (record && at) mark(document.getElementById(`hop-${at}`));
});

// What is looked for says how it is written.
document.querySelector("[data-search]")?.addEventListener("change", (event) => {
  if (event.target.dataset.placeholder) document.getElementById("value").placeholder = event.target.dataset.placeholder;
});

// The button of a job says what it does: how many, how fast, how long.
const job = document.querySelector("[data-job]");
job?.addEventListener("change", () => {
  const rate = Number(new FormData(job).get("per_second"));
  const seconds = Math.ceil(Number(job.dataset.count) / rate);
  const zh = document.documentElement.lang.startsWith("zh");
  const count = Number(job.dataset.count).toLocaleString("en");
  job.querySelector("[data-job-button]").textContent = zh
    ? `${job.dataset.words} ${count} 条，每秒 ${rate} 条`
    : `${job.dataset.words} ${count}, ${rate} a second`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const long = hours ? (zh ? `${hours} 小时 ${minutes % 60} 分` : `${hours} h ${minutes % 60} min`)
    : minutes ? (zh ? `${minutes} 分钟` : `${minutes} min`) : (zh ? `${seconds} 秒` : `${seconds} s`);
  job.querySelector("[data-job-time]").textContent = (zh ? "约需 " : "takes about ") + long;
});
