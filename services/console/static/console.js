// What every page of the console does beside showing: live parts, copying, questions before orders, keys in tables.

const marked = (event, attribute) => (event.target instanceof Element ? event.target.closest(`[${attribute}]`) : null);

function say(words) {
  const said = document.getElementById("said");
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = words; });
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; }, 3000);
}

// Live parts: none asks while nobody looks, while something in it is open or marked, or while somebody types there.
function busy(part) {
  const selection = getSelection();
  const selecting = !selection.isCollapsed && part.contains(selection.anchorNode);
  const typing = part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  return document.hidden || selecting || typing || part.querySelector("dialog[open], details[open], td.pick input:checked") !== null;
}

document.addEventListener("htmx:before:request", (event) => {
  const part = event.detail.ctx.sourceElement;
  if (part.matches(".live") && busy(part)) event.preventDefault();
});
document.addEventListener("htmx:after:swap", (event) => {
  event.detail.ctx?.sourceElement?.classList.remove("stale");
});
for (const trouble of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(trouble, (event) => {
    const part = event.detail.ctx?.sourceElement;
    if (part?.matches(".live")) part.classList.add("stale"); // what is seen is of before, and looks so
  });
}
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelectorAll(".live").forEach((part) => htmx.trigger(part, "every"));
});

document.addEventListener("click", async (event) => {
  const copy = marked(event, "data-copy");
  if (copy) {
    await copied(copy.dataset.copy);
    say(document.body.dataset.copied);
    return;
  }
  const opens = marked(event, "data-opens");
  if (opens) document.getElementById(opens.dataset.opens).showModal();
  if (marked(event, "data-closes")) marked(event, "data-closes").closest("dialog").close();
  if (event.target instanceof HTMLDialogElement) event.target.close(); // beside the question
});

// Where the console is not reached over https there is no clipboard to write to.
async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

// One press, one order.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A filter applies as soon as something is chosen; empty fields do not get into the address.
document.addEventListener("change", (event) => {
  const form = marked(event, "data-filter");
  if (form && event.target.matches("select")) form.requestSubmit();
});
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("[data-filter]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

// j and k go down and up in the table, Enter opens the row, n the next page.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea, [contenteditable]")) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "n") document.querySelector("[data-key=n]")?.click();
  const rows = [...document.querySelectorAll("table.rows tbody tr")];
  if (!rows.length || !["j", "k", "Enter"].includes(event.key)) return;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  if (event.key === "Enter") {
    if (at >= 0 && event.target === rows[at]) rows[at].querySelector("a[href]")?.click();
    return;
  }
  const to = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
  rows[at]?.classList.remove("at");
  to.classList.add("at");
  to.tabIndex = -1;
  to.focus();
  to.scrollIntoView({ block: "nearest" });
});
