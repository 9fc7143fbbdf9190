/* Keeps the lists of a desk fresh, and lets a form be sent once. Nothing here is needed to work at a desk. */
(function () {
  "use strict";
  var EVERY = 3000;
  var words = document.getElementById("words");
  var broken = null;

  function each(list, todo) {
    Array.prototype.forEach.call(list, todo);
  }

  /* Somebody types, chooses or marks text in it, or has opened a form there: it is left as it is. */
  function inUse(region) {
    var marked = window.getSelection && window.getSelection();
    if (region.querySelector("details[open] > form")) { return true; }
    if (region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button")) {
      return true;
    }
    return Boolean(marked && !marked.isCollapsed && marked.anchorNode && region.contains(marked.anchorNode));
  }

  function openOnes(region) {
    var ids = [];
    each(region.querySelectorAll("details[open][id]"), function (one) { ids.push(one.id); });
    return ids;
  }

  function rowsOf(region) {
    var known = {};
    each(region.querySelectorAll("[data-row]"), function (row) { known[row.getAttribute("data-row")] = true; });
    return known;
  }

  /* Where the keyboard stands on a link, it stands on the same link afterwards. */
  function exchange(old, fresh) {
    var opened = openOnes(old);
    var known = rowsOf(old);
    var focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.innerHTML = fresh.innerHTML;
    each(opened, function (id) {
      var one = document.getElementById(id);
      if (one) { one.open = true; }
    });
    each(old.querySelectorAll("[data-row]"), function (row) {
      if (!known[row.getAttribute("data-row")]) { row.classList.add("fresh"); }
    });
    if (focused) {
      each(old.querySelectorAll("a"), function (link) {
        if (link.getAttribute("href") === focused) { link.focus({ preventScroll: true }); }
      });
    }
  }

  function take(text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    each(document.querySelectorAll("[data-live]"), function (old) {
      var fresh = page.getElementById(old.id);
      if (fresh && fresh.innerHTML !== old.served && !inUse(old)) {
        exchange(old, fresh);
        old.served = fresh.innerHTML;
      }
    });
    if (page.title && page.title !== document.title) { document.title = page.title; }
  }

  function complain(on) {
    if (on && !broken) {
      broken = document.createElement("p");
      broken.className = "lost";
      broken.setAttribute("role", "status");
      broken.textContent = words.getAttribute("data-broken");
      document.body.appendChild(broken);
    } else if (!on && broken) {
      broken.parentNode.removeChild(broken);
      broken = null;
    }
  }

  function ask() {
    var call;
    if (document.hidden) { again(); return; }
    call = new XMLHttpRequest();
    call.open("GET", document.body.getAttribute("data-here") || window.location.href);
    call.setRequestHeader("X-Desk-Poll", "1");
    call.timeout = 10000;
    call.onload = function () {
      complain(call.status >= 500);
      if (call.status === 200) { take(call.responseText); }
      again();
    };
    call.onerror = call.ontimeout = function () { complain(true); again(); };
    call.send();
  }

  function again() {
    window.setTimeout(ask, EVERY);
  }

  function once(event) {
    var form = event.target;
    var pressed = document.activeElement;
    if (form.method !== "post") { return; }
    if (form.getAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "1");
    if (pressed && pressed.form === form && pressed.type === "submit") { pressed.setAttribute("aria-busy", "true"); }
  }

  /* One box that ticks all of a name on the page. */
  function tickAll(event) {
    var name = event.target.getAttribute && event.target.getAttribute("data-all");
    if (name) {
      each(document.getElementsByName(name), function (box) { box.checked = event.target.checked; });
    }
  }

  function start() {
    document.addEventListener("change", tickAll);
    var wrong = document.querySelector("[aria-invalid=true]");
    if (wrong) { wrong.focus(); }
    each(document.querySelectorAll("[data-live]"), function (region) { region.served = region.innerHTML; });
    document.addEventListener("submit", once);
    /* The back button may bring a page that was sent already. */
    window.addEventListener("pageshow", function () {
      each(document.querySelectorAll("form[data-sent]"), function (form) { form.removeAttribute("data-sent"); });
      each(document.querySelectorAll("[aria-busy]"), function (pressed) { pressed.removeAttribute("aria-busy"); });
    });
    if (document.querySelector("[data-live]")) { again(); }
  }

  start();
}());
