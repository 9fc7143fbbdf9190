// Lists and rules: rows are picked, a question says how many, a reason is filled in with one click.
"use strict";

const picks = () => [...document.querySelectorAll("td.pick input")];
const picked = () => picks().filter((box) => box.checked);

function count_picked() {
  const bar = document.querySelector("[data-picked-bar]");
  if (!bar) return;
  const number = picked().length;
  bar.hidden = number === 0;
  bar.querySelector("[data-picked-count]").textContent = number;
  const all = document.querySelector("[data-pick-all]");
  all.checked = number > 0 && number === picks().length;
  all.indeterminate = number > 0 && !all.checked;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) picks().forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches("[data-pick-all], td.pick input")) count_picked();
});
addEventListener("pageshow", count_picked);

// x picks the row that j and k have come to.
document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  document.querySelector("tr.at td.pick input")?.click();
});

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const decides = event.target.closest("[data-decides]");
  if (decides) {
    const question = document.getElementById(decides.dataset.decides);
    const fields = picked().map((box) => {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "item";
      field.value = box.value;
      return field;
    });
    question.querySelector("[data-picked]").replaceChildren(...fields);
    question.querySelectorAll("[data-count]").forEach((words) => { words.textContent = fields.length; });
    question.showModal();
  }
  const fill = event.target.closest("[data-fill]");
  if (fill) document.getElementById(fill.dataset.fill).value = fill.dataset.with;
});
