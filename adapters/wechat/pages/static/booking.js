/* Choosing a day, a dealer and what is to be done: steps on one page, so that the phone's back button steps back. ES5: old WebViews. */
(function () {
  'use strict';

  var c = window.cheqiao, all = c.all, one = c.one, put = c.put, fill = c.fill;
  var root = document.body.getAttribute('data-root');
  var form = one('form[data-days]');
  var MOST_DEALERS = 20; // shown at a time; the others are found by name
  var EARTH = 6371000; // metres
  var FEW = 3; // so many places left at most are worth a word
  var words, steps, places = {}, here = null;

  if (!form) { return; }
  words = document.getElementById('words');
  function word(name) { return words.getAttribute('data-' + name); }

  /* What is chosen. */
  function chosen(name) {
    return all('input[name="' + name + '"]', form).filter(function (input) { return input.type === 'hidden' || input.checked; })[0];
  }

  function dealerCode() {
    var picked = chosen('dealer_code');
    return picked ? picked.value : form.getAttribute('data-days');
  }

  function homeDealer() {
    var car = chosen('vehicle_id');
    return car ? car.getAttribute('data-dealer') : '';
  }

  /* Places: what a dealer has left, by day; a day that is not named is not counted. */
  function ofDay(code, day) {
    return (places[code] || []).filter(function (place) { return place.day === day; });
  }

  function weekdaysOf(code) {
    var row = all('.dealer', form).filter(function (dealer) { return dealer.getAttribute('data-dealer') === code; })[0];
    return (row || form).getAttribute('data-weekdays') || '';
  }

  /* '' when it may be asked for, else 'full' or 'closed'. */
  function whyNot(code, input) {
    var known = ofDay(code, input.value), weekdays = weekdaysOf(code), open, shut;
    open = known.filter(function (place) { return !place.closed && place.left > 0; });
    shut = known.filter(function (place) { return place.closed; });
    if (!known.length) { return weekdays && weekdays.split(',').indexOf(input.getAttribute('data-weekday')) < 0 ? 'closed' : ''; }
    if (known.some(function (place) { return place.slot === '' && place.closed; })) { return 'closed'; }
    if (open.length) { return ''; }
    return shut.length === known.length ? 'closed' : 'full';
  }

  function slotsOf(code, day) {
    return ofDay(code, day).filter(function (place) { return place.slot !== ''; });
  }

  function load(code) {
    var url = root + '/api/places?dealer=' + encodeURIComponent(code) + '&from=' + firstDay() + '&days=' + (all('input[name=requested_date]', form).length + 1);
    if (!code || places[code]) { showDays(); return; }
    c.ask('GET', url, null, function () { return null; }, function (status, answer) {
      if (status === 200 && answer) { places[code] = answer.places; }
      showDays();
    });
  }

  function firstDay() {
    var first = one('input[name=requested_date]', form);
    return first ? first.value : '';
  }

  function mark(holder, is, name) {
    var without = (' ' + holder.className + ' ').replace(' ' + name + ' ', ' ').replace(/^\s+|\s+$/g, '');
    holder.className = is ? without + ' ' + name : without;
  }

  function showDays() {
    var code = dealerCode();
    all('input[name=requested_date]', form).forEach(function (input) {
      var label = input.parentNode, why = code ? whyNot(code, input) : '', left = one('.left', label), few;
      if (!input.hasAttribute('data-never')) { input.setAttribute('data-never', input.disabled ? '1' : ''); }
      if (input.getAttribute('data-never')) { return; }
      few = ofDay(code, input.value).reduce(function (sum, place) { return sum + (place.closed ? 0 : place.left); }, 0);
      input.disabled = Boolean(why);
      if (why && input.checked && form.getAttribute('data-days')) { input.checked = false; }
      mark(label, Boolean(why), 'off');
      put(left, why ? word(why) : (few > 0 && few <= FEW ? fill(word('left'), few) : ''));
      input.setAttribute('aria-label', input.getAttribute('data-words') + (left.textContent ? ', ' + left.textContent : ''));
    });
    showSlots();
    showChoices();
  }

  function showSlots() {
    var holder = one('[data-slots]', form), box = one('.slots', holder), day = chosen('requested_date');
    var slots = day ? slotsOf(dealerCode(), day.value) : [], before = chosen('slot') ? chosen('slot').value : c.draftOf(form).slot;
    box.innerHTML = '';
    holder.hidden = !slots.length;
    slots.forEach(function (place) {
      var label = document.createElement('label'), input = document.createElement('input'), name = document.createElement('b'), left = document.createElement('span');
      var off = place.closed || place.left < 1;
      label.className = off ? 'slot off' : 'slot';
      input.type = 'radio';
      input.name = 'slot';
      input.value = place.slot;
      input.disabled = off;
      input.checked = !off && place.slot === before;
      name.className = 'ringed';
      put(name, place.slot.replace(/(^|-)0/g, '$1').replace('-', '\u2011'));
      left.className = 'left';
      put(left, off ? word(place.closed ? 'closed' : 'full') : fill(word('left'), place.left));
      label.appendChild(input);
      label.appendChild(name);
      label.appendChild(left);
      box.appendChild(label);
    });
  }

  function showChoices() {
    var day = chosen('requested_date'), slot = chosen('slot'), picked = one('[data-picked]', form) || one('.picked', form), text = '';
    all('.day, .slot, .cell', form).forEach(function (label) {
      var input = one('input', label);
      if (input) { mark(label, input.checked, 'chosen'); }
    });
    all('[data-dealers] > .dealer', form).forEach(function (row) {
      mark(row, one('input', row).checked, 'chosen');
      one('[data-home]', row).hidden = row.getAttribute('data-dealer') !== homeDealer();
    });
    if (day) {
      text = day.getAttribute('data-words') + (slot ? ' ' + slot.value.replace(/(^|-)0/g, '$1').replace('-', '\u2011') : '');
      if (picked) { put(picked, text + (slotsOf(dealerCode(), day.value).length ? '' : ' · ' + word('all-day'))); picked.hidden = false; }
    } else if (picked) { put(picked, ''); }
    if (steps) { showSummary(text); }
  }

  function showSummary(day) {
    var dealer = chosen('dealer_code'), car = chosen('vehicle_id'), forDealer = one('[data-for-dealer]', form), items;
    function show(name, text) { all('[data-show="' + name + '"]', form).forEach(function (node) { put(node, text); }); }
    items = all('input[name=items]', form).filter(function (input) { return input.checked; });
    show('requested_date', day);
    show('dealer_code', dealer ? dealer.getAttribute('data-words') : '');
    show('vehicle_id', car ? car.getAttribute('data-words') : '');
    show('items', items.map(function (input) { return input.getAttribute('data-words'); }).join(word('comma')));
    show('mileage_km', form.mileage_km.value ? fill(word('km'), form.mileage_km.value) : word('not-chosen'));
    show('concern', form.concern.value || word('not-chosen'));
    forDealer.hidden = !dealer;
    put(document.getElementById('concern-count'), fill(word('left-of'), form.concern.maxLength - form.concern.value.length));
  }

  /* Steps. */
  function stepNow() { return steps.filter(function (step) { return !step.hidden; })[0]; }
  function stepNamed(name) { return steps.filter(function (step) { return step.getAttribute('data-step') === name; })[0]; }

  /* What is missing in a step: field and words, or nothing. */
  function missing(name) {
    var day = chosen('requested_date'), code = dealerCode();
    if (name === 'car') { return chosen('vehicle_id') ? null : ['vehicle_id', word('no-car')]; }
    if (name === 'date') {
      if (!day) { return ['requested_date', word('no-day')]; }
      return code && slotsOf(code, day.value).length && !chosen('slot') ? ['slot', word('no-slot')] : null;
    }
    if (name === 'dealer') {
      if (!chosen('dealer_code')) { return ['dealer_code', word('no-dealer')]; }
      if (whyNot(code, day)) { return ['dealer_code', fill(word('day-full'), day.getAttribute('data-words'))]; }
      return slotsOf(code, day.value).length && !chosen('slot') ? ['slot', word('need-slot')] : null;
    }
    if (name === 'items') {
      return all('input[name=items]', form).some(function (input) { return input.checked; }) ? null : ['items', word('no-item')];
    }
    return null;
  }

  /* The step that may be shown: none is skipped whose answer is missing. */
  function reachable(name) {
    var order = steps.map(function (step) { return step.getAttribute('data-step'); }), at = order.indexOf(name), i;
    for (i = 0; i < at; i += 1) { if (missing(order[i])) { return order[i]; } }
    return at < 0 ? order[0] : name;
  }

  function show(name, focus) {
    var step = stepNamed(name);
    steps.forEach(function (other) { other.hidden = other !== step; });
    if (name === 'dealer') { enterDealers(); }
    showChoices();
    window.scrollTo(0, 0);
    if (focus) { one('h1', step).focus(); }
  }

  function to(name) {
    if (window.location.hash === '#' + name) { show(name, true); } else { window.location.hash = name; }
  }

  function next() {
    var step = stepNow(), wrong, name = step.getAttribute('data-step');
    c.clear(form);
    wrong = missing(name);
    if (wrong) {
      if (wrong[0] === 'slot' && name === 'dealer') { to('date'); }
      c.say(form, wrong[0], wrong[1]);
      c.focusFirst(form);
      return;
    }
    to(steps[steps.indexOf(step) + 1].getAttribute('data-step'));
  }

  /* Dealers: the car's own first, then by distance once the place is known, else by name; the place never leaves the phone. */
  function metres(row) {
    var rad = Math.PI / 180, lat, lon, half;
    if (!here || !row.hasAttribute('data-latitude')) { return Infinity; }
    lat = parseFloat(row.getAttribute('data-latitude'));
    lon = parseFloat(row.getAttribute('data-longitude'));
    half = Math.pow(Math.sin((lat - here.latitude) * rad / 2), 2) +
      Math.cos(lat * rad) * Math.cos(here.latitude * rad) * Math.pow(Math.sin((lon - here.longitude) * rad / 2), 2);
    return 2 * EARTH * Math.asin(Math.sqrt(half));
  }

  function sortDealers() {
    var box = one('[data-dealers]', form), home = homeDealer(), rows = all('.dealer', box);
    rows.forEach(function (row, at) { row.at = row.at === undefined ? at : row.at; });
    rows.sort(function (a, b) {
      var mine = (b.getAttribute('data-dealer') === home) - (a.getAttribute('data-dealer') === home), far = metres(a) - metres(b);
      return (here ? 0 : mine) || (far === far ? far : 0) || a.at - b.at;
    });
    rows.forEach(function (row) {
      var away = metres(row);
      put(one('.far', row), away === Infinity ? '' : away < 950 ? fill(word('m'), Math.max(100, Math.round(away / 100) * 100)) : fill(word('km'), (away / 1000).toFixed(away < 9950 ? 1 : 0)));
      box.appendChild(row);
    });
    findDealers();
  }

  function findDealers() {
    var wanted = one('[data-find]', form).value.toLowerCase().replace(/\s+/g, ''), found = 0, shown = 0;
    all('.dealer', form).forEach(function (row) {
      var fits = row.textContent.toLowerCase().replace(/\s+/g, '').indexOf(wanted) >= 0, picked = one('input', row).checked;
      found += fits ? 1 : 0;
      row.hidden = !(fits && (shown < MOST_DEALERS || picked));
      shown += row.hidden ? 0 : 1;
    });
    put(one('[data-more-dealers]', form), found ? (found > shown ? fill(word('more'), found - shown) : '') : word('none'));
  }

  /* The car's own dealer is the first guess. */
  function guessDealer() {
    all('input[name=dealer_code]', form).forEach(function (radio) {
      if (radio.value === homeDealer()) { radio.checked = true; }
    });
  }

  function enterDealers() {
    sortDealers();
    if (!form.asked) { form.asked = true; locateByWeChat(function () { return null; }); }
  }

  function isHere(latitude, longitude) {
    here = { latitude: parseFloat(latitude), longitude: parseFloat(longitude) };
    put(one('[data-place]', form), word('by-distance'));
    one('[data-near]', form).hidden = true;
    sortDealers();
  }

  /* WeChat gives GCJ-02, as the dealers have it. */
  function locateByWeChat(failed) {
    c.weChat(form.getAttribute('data-sdk'), ['getLocation'], function (wx) {
      wx.getLocation({ type: 'gcj02', success: function (at) { isHere(at.latitude, at.longitude); }, fail: failed, cancel: failed });
    }, failed);
  }

  /* Outside of WeChat: a few hundred metres off in China (WGS-84), good enough to tell which dealer is near. */
  function locateByBrowser() {
    var said = one('[data-place]', form);
    function failed() { put(said, word('no-place')); one('[data-find]', form).focus(); }
    put(said, word('locating'));
    if (!navigator.geolocation) { failed(); return; }
    navigator.geolocation.getCurrentPosition(function (at) { isHere(at.coords.latitude, at.coords.longitude); }, failed, { timeout: 10000 });
  }

  function near() {
    put(one('[data-place]', form), word('locating'));
    locateByWeChat(locateByBrowser);
  }

  /* What a link or an earlier appointment fills in. */
  function preset() {
    var given = JSON.parse(form.getAttribute('data-preset') || '{}');
    if (given.concern && !form.concern.value) { form.concern.value = given.concern; }
    all('input', form).forEach(function (input) {
      if (input.name === 'dealer_code' && input.value === given.dealer_code) { input.checked = true; }
      if (input.name === 'items' && (given.items || []).indexOf(input.value) >= 0) { input.checked = true; }
    });
  }

  function beginBooking() {
    var draft = c.draftOf(form);
    steps = all('[data-step]', form);
    if (!draft.link || (form.hasAttribute('data-fresh') && draft.link !== window.location.search)) { preset(); }
    if (!chosen('dealer_code')) { guessDealer(); }
    all('[data-next]', form).forEach(function (button) { button.addEventListener('click', next); });
    all('[data-to]', form).forEach(function (link) { link.addEventListener('click', function (event) { event.preventDefault(); to(link.getAttribute('data-to')); }); });
    one('[data-find]', form).addEventListener('input', findDealers);
    one('[data-near]', form).addEventListener('click', near);
    window.addEventListener('hashchange', function () {
      var wanted = window.location.hash.slice(1) || steps[0].getAttribute('data-step'), may = reachable(wanted);
      show(may, true);
    });
    form.showFields = function (problems) {
      var holder = one('[data-field="' + problems[0].field.split('.')[0] + '"]', form), step = holder;
      while (step && !step.hasAttribute('data-step')) { step = step.parentNode; }
      if (step) { to(step.getAttribute('data-step')); }
    };
    if (steps[0].getAttribute('data-step') === 'car' && chosen('vehicle_id') && !window.location.hash) { window.location.replace('#date'); }
    show(reachable(window.location.hash.slice(1) || steps[0].getAttribute('data-step')), false);
  }

  form.onChanged = function (input) {
    var draft;
    if (input.name === 'dealer_code') { load(input.value); }
    if (input.name === 'vehicle_id') { guessDealer(); load(dealerCode()); }
    if (input.name === 'requested_date') { showSlots(); }
    if (input.name === 'slot') { draft = c.draftOf(form); draft.slot = input.value; c.keep(form.getAttribute('data-name'), draft); }
    showChoices();
  };
  form.beforeSend = function () {
    var order = steps ? steps.map(function (step) { return step.getAttribute('data-step'); }) : ['date'], may = steps ? reachable('confirm') : '', wrong;
    if (steps && stepNow().getAttribute('data-step') !== 'confirm') { next(); return false; }
    wrong = steps ? (may !== 'confirm' && missing(may)) : missing('date');
    if (!wrong) { return true; }
    c.clear(form);
    if (steps && order.indexOf(may) >= 0) { to(may); }
    c.say(form, wrong[0], wrong[1]);
    c.focusFirst(form);
    return false;
  };

  one('[data-more-days]', form).addEventListener('click', function () {
    all('[data-later]', form).forEach(function (day) { day.hidden = false; });
    this.hidden = true;
    this.setAttribute('aria-expanded', 'true');
  });
  all('[data-later] input:checked', form).forEach(function () { one('[data-more-days]', form).click(); });
  if (form.hasAttribute('data-booking')) { beginBooking(); }
  load(dealerCode());
}());
