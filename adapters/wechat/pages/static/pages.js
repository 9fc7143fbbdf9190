/* What every page of the follower's does: send a form once, keep what was typed, follow what becomes of it. ES5: old WebViews. */
(function () {
  'use strict';

  var PATIENCE = 15000; // ms that one request may take
  var TRIES = 4; // of one request, all with the same id
  var FOLLOW_FIRST = 2000, FOLLOW_LAST = 10000; // ms between two looks
  var body = document.body;
  var english = document.documentElement.lang === 'en';
  var following = null;

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function one(selector, within) { return (within || document).querySelector(selector); }
  function words(name) { return body.getAttribute('data-say-' + name); }
  function fill(text, value) { return text.replace('{}', value); }
  function put(node, text) { if (node && node.textContent !== text) { node.textContent = text; } }

  /* Storage, of one follower each. A phone may forbid it; then things are kept as long as the page is there. */
  var memory = {};
  function ourKeys() { return 'cheqiao:' + body.getAttribute('data-root') + ':'; }
  function keyOf(name) { return ourKeys() + body.getAttribute('data-session') + ':' + name; }
  function keep(name, value) {
    memory[name] = JSON.stringify(value);
    try { sessionStorage.setItem(keyOf(name), memory[name]); } catch (refused) { return; }
  }
  function kept(name) {
    var text = null;
    try { text = sessionStorage.getItem(keyOf(name)); } catch (refused) { text = null; }
    return JSON.parse(text || memory[name] || 'null');
  }
  function forget(name) {
    delete memory[name];
    try { sessionStorage.removeItem(keyOf(name)); } catch (refused) { return; }
  }

  /* What somebody else typed in this window is none of the present follower's business. */
  function forgetOthers() {
    if (!body.getAttribute('data-session')) { return; }
    try {
      Object.keys(sessionStorage).forEach(function (key) {
        if (key.indexOf(ourKeys()) === 0 && key.indexOf(keyOf('')) !== 0) { sessionStorage.removeItem(key); }
      });
    } catch (refused) { return; }
  }

  function newId() {
    var bytes = [], i, random = window.crypto || window.msCrypto;
    if (random && random.getRandomValues) { bytes = random.getRandomValues(new Uint8Array(16)); }
    else { for (i = 0; i < 16; i += 1) { bytes[i] = Math.floor(Math.random() * 256); } }
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    for (i = 0, random = ''; i < 16; i += 1) {
      random += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + (bytes[i] + 256).toString(16).slice(1);
    }
    return random;
  }

  /* One exchange; `done(status, answer)`, status 0 when nothing came. What may be asked again is asked again by itself. */
  function ask(method, url, what, waiting, done) {
    var tries = 0;
    function again(seconds) {
      tries += 1;
      if (tries >= TRIES) { done(0, null); return; }
      waiting();
      setTimeout(attempt, Math.min(seconds || tries * tries, 10) * 1000);
    }
    function attempt() {
      var request = new XMLHttpRequest(), over = false;
      function ended(status) {
        var answer = null;
        if (over) { return; }
        over = true;
        if (status === 0 || status >= 500) { again(status ? parseInt(request.getResponseHeader('Retry-After'), 10) : 0); return; }
        try { answer = JSON.parse(request.responseText); } catch (other) { answer = null; }
        done(status, answer);
      }
      request.open(method, url, true);
      request.timeout = PATIENCE;
      request.onload = function () { ended(request.status); };
      request.onerror = request.ontimeout = request.onabort = function () { ended(0); };
      request.setRequestHeader('Accept', 'application/json');
      request.setRequestHeader('X-Cheqiao-Session', body.getAttribute('data-session'));
      if (what) { request.setRequestHeader('Content-Type', 'application/json'); }
      request.send(what ? JSON.stringify(what) : null);
    }
    attempt();
  }

  /* Forms. */
  function inputs(form) {
    return all('input[name], textarea[name], select[name]', form);
  }

  function value(input) {
    var text = (input.value || '').replace(/^\s+|\s+$/g, '');
    if (input.getAttribute('data-kind') === 'number') {
      text = text.replace(/[,，\s]/g, '');
      return /^\d+$/.test(text) ? parseInt(text, 10) : text || null;
    }
    return text;
  }

  function collect(form) {
    var found = {};
    inputs(form).forEach(function (input) {
      var kind = input.getAttribute('data-kind'), given;
      if (kind === 'items') {
        found.items = found.items || [];
        if (input.checked) { found.items.push({ code: input.value, name: input.getAttribute('data-name') }); }
      } else if (kind === 'flag') {
        found[input.name] = input.checked;
      } else if (input.type !== 'radio' || input.checked) {
        given = value(input);
        if (given !== null && (given !== '' || input.getAttribute('aria-required'))) { found[input.name] = given; }
      }
    });
    return found;
  }

  function draftOf(form) {
    var draft = kept(form.getAttribute('data-name')) || {};
    draft.values = draft.values || {};
    return draft;
  }

  function keepDraft(form) {
    var draft = draftOf(form), name = form.getAttribute('data-name');
    if (form.hasAttribute('data-draft')) {
      draft.values = {};
      draft.link = window.location.search;
      inputs(form).forEach(function (input) {
        if (input.type === 'hidden') { return; }
        if (input.type === 'radio' || input.type === 'checkbox') {
          draft.values[input.name + '=' + input.value] = input.checked;
        } else { draft.values[input.name] = input.value; }
      });
    }
    keep(name, draft);
  }

  /* A link that fills in something begins anew, unless it is the one that the draft was begun with. */
  function restoreDraft(form) {
    var draft = draftOf(form), values = draft.values;
    if (!Object.keys(values).length && form.hasAttribute('data-begin')) { values = (kept(form.getAttribute('data-begin')) || {}).values || {}; }
    if (form.hasAttribute('data-fresh') && draft.link !== window.location.search) { forget(form.getAttribute('data-name')); return; }
    inputs(form).forEach(function (input) {
      var choice = input.name + '=' + input.value;
      if (input.type === 'radio' || input.type === 'checkbox') {
        if (values.hasOwnProperty(choice)) { input.checked = values[choice] && !input.disabled; }
      } else if (input.type !== 'hidden' && values.hasOwnProperty(input.name)) { input.value = values[input.name]; }
    });
  }

  /* As high as what is written in it: nobody reads their own words through a slit. */
  function grow(text) {
    if (!text.scrollHeight) { return; }
    text.style.height = 'auto';
    text.style.height = text.scrollHeight + text.offsetHeight - text.clientHeight + 'px';
  }

  function idOf(form) {
    var draft = draftOf(form);
    if (!draft.id) { draft.id = newId(); keep(form.getAttribute('data-name'), draft); }
    return draft.id;
  }

  function lock(form, sending) {
    all('button[type=submit]', form).forEach(function (button) {
      if (sending) {
        button.setAttribute('data-was', button.textContent);
        button.disabled = true;
        button.className += ' sending';
        put(button, button.getAttribute('data-sending') || button.textContent);
      } else {
        button.disabled = false;
        button.className = button.className.replace(/ sending/g, '');
        if (button.getAttribute('data-was')) { put(button, button.getAttribute('data-was')); button.removeAttribute('data-was'); }
      }
    });
    if (sending) { form.setAttribute('data-busy', '1'); } else { form.removeAttribute('data-busy'); }
  }

  function holderOf(form, field) {
    return one('[data-field="' + field + '"]', form);
  }

  function clearProblems(form) {
    all('.has-wrong', form).forEach(function (holder) { holder.className = holder.className.replace(/ has-wrong/g, ''); });
    all('.wrong', form).forEach(function (said) { put(said, ''); });
    all('[aria-invalid]', form).forEach(function (input) { input.removeAttribute('aria-invalid'); });
    all('[data-problem]', form).forEach(function (said) { put(said, ''); });
  }

  /* Beside the field; true when there is such a field. */
  function say(form, field, text) {
    var holder = holderOf(form, field), input;
    if (!holder) { return false; }
    if (holder.className.indexOf('has-wrong') < 0) { holder.className += ' has-wrong'; }
    put(one('.wrong', holder), text);
    input = one('input, textarea, select', holder);
    if (input) { input.setAttribute('aria-invalid', 'true'); }
    return true;
  }

  function tell(form, text) { put(one('[data-problem]', form), text); }

  function focusFirst(form) {
    var holder = one('.has-wrong', form), input = holder && one('input:not([disabled]), textarea, select, button', holder);
    if (input) {
      input.focus();
      if (holder.scrollIntoView) { holder.scrollIntoView(true); window.scrollBy(0, -16); }
    } else if (one('[data-problem]', form) && one('[data-problem]', form).scrollIntoView) { one('[data-problem]', form).scrollIntoView(false); }
  }

  function showProblems(form, answer) {
    var problems = (answer && answer.problems) || [], beside = 0;
    if (!problems.length && answer) { problems = [answer]; }
    problems.forEach(function (problem) {
      var text = english ? problem.message_en : problem.message;
      var field = (problem.field || '').split('.')[0];
      if (field && say(form, field, text)) { beside += 1; } else { tell(form, text); }
    });
    if (beside && form.showFields) { form.showFields(problems); }
    if (beside > 1) { tell(form, words('check')); }
    focusFirst(form);
  }

  function go(form, answer, what) {
    var then = form.getAttribute('data-then'), id = what.id || (answer && answer.id) || '';
    if (form.hasAttribute('data-follow')) { followAtOnce(form.getAttribute('data-follow') === 'now'); return; }
    window.location.replace(then.replace('{id}', id));
  }

  function accepted(form, answer, what) {
    var name = form.getAttribute('data-name'), draft = draftOf(form);
    draft.id = null;
    if (form.hasAttribute('data-keep')) { keep(name, draft); } else { forget(name); }
    go(form, answer, what);
  }

  function submit(form) {
    var what, draft;
    if (form.getAttribute('data-busy')) { return; }
    clearProblems(form);
    if (!filledIn(form)) { focusFirst(form); return; }
    keepDraft(form);
    what = collect(form);
    if (form.more) { form.more(what); }
    if (!form.hasAttribute('data-no-id')) { what.id = idOf(form); }
    lock(form, true);
    // Before the answer: whoever reloads meanwhile is told all the same.
    if (form.hasAttribute('data-wrong-once')) { keep('tried', { at: form.getAttribute('data-send'), left: triesLeft(form) }); }
    ask('POST', form.getAttribute('data-send'), what, function () { tell(form, words('retrying')); }, function (status, answer) {
      tell(form, '');
      if (status === 200 || status === 202) { accepted(form, answer, what); return; }
      lock(form, false);
      if (status === 401 && answer && answer.login) { window.location.assign(answer.login); return; }
      if (answer && /^consent_/.test(answer.code || '')) { window.location.assign(body.getAttribute('data-root') + '/consent?next=' + window.location.pathname.slice(body.getAttribute('data-root').length)); return; }
      if (status === 409) { // the id was taken with other content, whose answer was lost: the next tap is another post, and we say so
        draft = draftOf(form);
        draft.id = null;
        keep(form.getAttribute('data-name'), draft);
      }
      if (status === 0) { tell(form, words('failed')); focusFirst(form); } else { showProblems(form, answer); }
    });
  }

  /* A box that must be ticked says so before anything is sent. */
  function filledIn(form) {
    var fine = true;
    all('[data-must]', form).forEach(function (box) {
      if (!box.checked) { say(form, box.name, box.getAttribute('data-must')); fine = false; }
    });
    return fine;
  }

  function wireForm(form) {
    if (form.wired) { return; }
    form.wired = true;
    if (form.hasAttribute('data-draft')) { restoreDraft(form); }
    all('textarea', form).forEach(grow);
    form.addEventListener('input', function (event) { changed(form, event.target); });
    form.addEventListener('change', function (event) { changed(form, event.target); });
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      if (form.beforeSend && !form.beforeSend()) { return; }
      submit(form);
    });
  }

  function changed(form, input) {
    var holder = input, at;
    if (input.getAttribute('data-upper') && input.value !== input.value.toUpperCase()) {
      at = input.selectionStart;
      input.value = input.value.toUpperCase();
      input.setSelectionRange(at, at);
    }
    if (input.tagName === 'TEXTAREA') { grow(input); }
    while (holder && holder !== form && !holder.getAttribute('data-field')) { holder = holder.parentNode; }
    if (holder && holder !== form) {
      holder.className = holder.className.replace(/ has-wrong/g, '');
      put(one('.wrong', holder), '');
      input.removeAttribute('aria-invalid');
    }
    keepDraft(form);
    if (form.onChanged) { form.onChanged(input); }
  }

  /* Dialogs. */
  function open(dialog, asked) {
    dialog.asked = asked;
    dialog.hidden = false;
    one('[data-close]', dialog).focus();
  }

  function close(dialog) {
    dialog.hidden = true;
    if (dialog.asked) { dialog.asked.focus(); }
  }

  function openDialog() { return all('.ask').filter(function (dialog) { return !dialog.hidden; })[0]; }

  document.addEventListener('keydown', function (event) {
    var dialog = openDialog(), stops, at;
    if (!dialog) { return; }
    if (event.keyCode === 27) { close(dialog); return; }
    if (event.keyCode !== 9) { return; }
    stops = all('button, input, textarea', dialog);
    at = stops.indexOf(document.activeElement) + (event.shiftKey ? -1 : 1);
    event.preventDefault();
    stops[(at + stops.length) % stops.length].focus();
  });

  document.addEventListener('click', function (event) {
    var node = event.target, dialog;
    while (node && node !== document && !(node.hasAttribute && (node.hasAttribute('data-ask') || node.hasAttribute('data-close')))) { node = node.parentNode; }
    if (!node || node === document) { return; }
    if (node.hasAttribute('data-ask')) { open(document.getElementById(node.getAttribute('data-ask')), node); return; }
    for (dialog = node; dialog.className.indexOf('ask') !== 0; dialog = dialog.parentNode) { continue; }
    close(dialog);
  });

  /* Counting down, from seconds that the server gave: a phone's clock may be wrong. */
  function inWords(seconds) {
    var rest = seconds % 60;
    return Math.floor(seconds / 60) + ':' + (rest < 10 ? '0' : '') + rest;
  }

  function countDown(node, left, tick, over) {
    var end = Date.now() + left * 1000;
    function step() {
      var now = Math.ceil((end - Date.now()) / 1000);
      if (!document.documentElement.contains(node)) { return; }
      if (now > 0) { tick(inWords(now)); setTimeout(step, 1000); } else { over(); }
    }
    step();
  }

  function wireCounters(within) {
    all('[data-countdown]', within).forEach(function (node) {
      countDown(node, parseInt(node.getAttribute('data-countdown'), 10),
        function (left) { put(node, fill(node.getAttribute('data-words'), left)); },
        function () { put(node, node.getAttribute('data-over')); });
    });
    all('[data-wait]', within).forEach(function (button) {
      var ready = button.textContent, left = parseInt(button.getAttribute('data-wait'), 10);
      if (!left) { return; }
      button.disabled = true;
      countDown(button, left,
        function (time) { put(button, fill(button.getAttribute('data-wait-words'), time)); },
        function () { button.disabled = false; put(button, ready); });
    });
  }

  /* Following what becomes of it: look every two seconds, then less often, and not while nobody looks at the page. */
  function offline(is) {
    var note = document.getElementById('offline');
    note.hidden = !is;
    put(note, is ? words('offline') : '');
  }

  function follow(main) {
    var wait = FOLLOW_FIRST, timer = null, asking = false, quick = 0;
    function later() { clearTimeout(timer); timer = setTimeout(look, quick > 0 ? 700 : wait); }
    function look() {
      if (document.hidden || asking || !main.hasAttribute('data-poll')) { return; }
      asking = true;
      ask('GET', main.getAttribute('data-poll'), null, function () { offline(true); }, function (status, answer) {
        asking = false;
        offline(status === 0);
        quick -= 1;
        wait = Math.min(wait * 1.25, FOLLOW_LAST);
        if (status === 401 && answer && answer.login) { window.location.assign(answer.login); return; }
        if (status === 200 && isNews(main, answer)) { wait = FOLLOW_FIRST; refresh(main, later); return; }
        later();
      });
    }
    document.addEventListener('visibilitychange', function () { if (!document.hidden) { wait = FOLLOW_FIRST; look(); } });
    window.addEventListener('online', look);
    later();
    return { soon: function () { quick = 15; wait = FOLLOW_FIRST; later(); }, now: function () { refresh(main, later); } };
  }

  function isNews(main, answer) {
    return String(answer.version) !== main.getAttribute('data-version') || (answer.state || null) !== main.getAttribute('data-state') || (answer.mark || '') !== (main.getAttribute('data-mark') || '');
  }

  /* The page as it is now, put in place of what stood there. */
  function refresh(main, then) {
    var request = new XMLHttpRequest();
    request.open('GET', window.location.href.split('#')[0], true);
    request.timeout = PATIENCE;
    request.onload = function () {
      var fresh = new DOMParser().parseFromString(request.responseText, 'text/html'), mainNow = fresh.getElementById('main');
      if (request.status >= 500) { then(); return; }
      if (request.status !== 200 || !fresh.getElementById('live')) { window.location.reload(); return; }
      ['data-version', 'data-state', 'data-mark', 'data-poll', 'data-forget'].forEach(function (name) {
        if (mainNow.hasAttribute(name)) { main.setAttribute(name, mainNow.getAttribute(name)); } else { main.removeAttribute(name); }
      });
      ['live', 'questions'].forEach(function (id) {
        var before = document.getElementById(id);
        if (before) { before.innerHTML = fresh.getElementById(id).innerHTML; wire(before); }
      });
      put(document.getElementById('told'), all('#live h1, #live .then').map(function (said) { return said.textContent; }).join(' '));
      if (main.hasAttribute('data-poll')) { then(); }
    };
    request.onerror = request.ontimeout = then;
    request.send();
  }

  /* `now`: the page shows already that it was asked for; else it waits for the answer. */
  function followAtOnce(now) {
    var dialog = openDialog();
    if (dialog) { close(dialog); }
    if (!following && now) { refresh(document.getElementById('main'), function () { return null; }); } else if (!following) { window.location.reload(); } else if (now) { following.now(); } else { following.soon(); }
  }

  function triesLeft(form) { return parseInt(form.getAttribute('data-tries-left'), 10); }

  /* The code that was last sent in was wrong if the page asks for one again with fewer tries left. */
  function wireWrongCode(within) {
    all('[data-wrong-once]', within).forEach(function (form) {
      var tried = kept('tried');
      if (tried && tried.at === form.getAttribute('data-send') && triesLeft(form) < tried.left) {
        forget('tried');
        say(form, form.getAttribute('data-wrong-once'), form.getAttribute('data-wrong-text'));
        focusFirst(form);
      }
    });
  }

  function wire(within) {
    var main = document.getElementById('main');
    all('form[data-send]', within).forEach(wireForm);
    wireCounters(within);
    wireWrongCode(within);
    if (main.getAttribute('data-forget')) { forget(main.getAttribute('data-forget')); forget('tried'); }
  }

  /* A page taken back out of the phone's memory: its buttons work again. */
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) {
      all('form[data-busy]').forEach(function (form) { lock(form, false); });
      if (following) { following.soon(); }
    }
  });

  window.cheqiao = { all: all, one: one, put: put, fill: fill, ask: ask, say: say, clear: clearProblems, focusFirst: focusFirst, draftOf: draftOf, keep: keep, newId: newId };
  forgetOthers();
  wire(document);
  if (document.getElementById('main').hasAttribute('data-poll')) { following = follow(document.getElementById('main')); }
}());
