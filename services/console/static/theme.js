// Before anything is drawn: who chose neither light nor dark gets what their system wants.
const wanted = matchMedia("(prefers-color-scheme: dark)");
function follow() {
  const page = document.documentElement;
  if ("themeFollows" in page.dataset) page.dataset.bsTheme = wanted.matches ? "dark" : "light";
}
follow();
wanted.addEventListener("change", follow);
