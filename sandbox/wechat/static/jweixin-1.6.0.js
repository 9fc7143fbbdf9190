/* The stand-in of WeChat's JS-SDK: what the pages use of it, answered by the sandbox and by the phone that shows the page. */
(function () {
  'use strict';
  var CHONGQING = { latitude: 29.5573, longitude: 106.5771 };
  var PATIENCE = 1000;
  var MOST_PHOTOS = 9, LONGEST_RECORD = 60000;
  var REFUSED = 'the permission value is offline verifying';
  var base = whereFrom();
  var state = 'unasked', problem = '', allowed = [], asked = 0;
  var whenReady = [], whenWrong = [], whenRecorded = [], looking = {}, looked = 0, recording = 0;

  function whereFrom() {
    var scripts = document.getElementsByTagName('script'), number, at;
    for (number = scripts.length - 1; number >= 0; number -= 1) {
      at = scripts[number].src.indexOf('/js/jweixin-1.6.0.js');
      if (at >= 0) { return scripts[number].src.slice(0, at); }
    }
    return '';
  }

  function call(listener, said) {
    if (typeof listener === 'function') { listener(said); }
  }

  function callAll(listeners, said) {
    var number;
    for (number = 0; number < listeners.length; number += 1) { call(listeners[number], said); }
  }

  function settle(wrong) {
    state = wrong ? 'wrong' : 'ready';
    problem = wrong;
    if (wrong) { callAll(whenWrong, { errMsg: wrong }); } else { callAll(whenReady.splice(0)); }
  }

  /* Called by /js/verify.js; an answer to an earlier config is not this one's. */
  window.cheqiaoJweixin = function (number, wrong) {
    if (number === asked) { settle(wrong); }
  };

  function config(given) {
    var script = document.createElement('script');
    asked += 1;
    state = 'asked';
    allowed = given.jsApiList || [];
    script.src = base + '/js/verify.js?number=' + asked +
      '&appId=' + encodeURIComponent(given.appId) +
      '&nonce=' + encodeURIComponent(given.nonceStr) +
      '&timestamp=' + encodeURIComponent(given.timestamp) +
      '&signature=' + encodeURIComponent(given.signature) +
      '&url=' + encodeURIComponent(window.location.href.split('#')[0]);
    script.onerror = function () { settle('config:fail, network error'); };
    document.head.appendChild(script);
  }

  function ready(listener) {
    if (state === 'ready') { call(listener); } else { whenReady.push(listener); }
  }

  function error(listener) {
    whenWrong.push(listener);
    if (state === 'wrong') { call(listener, { errMsg: problem }); }
  }

  function ending(name, given) {
    return function (how, said) {
      said.errMsg = name + ':' + (how === 'success' ? 'ok' : said.errMsg);
      call(given[how], said);
      call(given.complete, said);
    };
  }

  function mayUse(name) {
    var number;
    for (number = 0; number < allowed.length; number += 1) {
      if (allowed[number] === name) { return state === 'ready'; }
    }
    return false;
  }

  function getLocation(given) {
    var end = ending('getLocation', given);
    if (!mayUse('getLocation')) { end('fail', { errMsg: REFUSED }); return; }
    if (given.type !== 'gcj02') { end('fail', { errMsg: 'fail, the stand-in knows gcj02 only' }); return; }
    fromPhone(function (at) {
      if (at.denied) { end('cancel', { errMsg: 'cancel' }); return; }
      end('success', { latitude: at.latitude, longitude: at.longitude, speed: 0, accuracy: 30 });
    });
  }

  /* The phone's page is our parent. Outside of a phone one stands in Chongqing. */
  function fromPhone(found) {
    var timer;
    function heard(event) {
      if (event.source === window.parent && event.data && event.data.cheqiao === 'location') { end(event.data); }
    }
    function end(at) {
      window.clearTimeout(timer);
      window.removeEventListener('message', heard);
      found(at);
    }
    if (window.parent === window) { found(CHONGQING); return; }
    timer = window.setTimeout(function () { end(CHONGQING); }, PATIENCE);
    window.addEventListener('message', heard);
    window.parent.postMessage({ cheqiao: 'location' }, '*');
  }

  /* Called by /js/local.js. A page's policy lets it load scripts of ours, and ask nobody else. */
  window.cheqiaoLocal = function (number, said) {
    var found = looking[number];
    delete looking[number];
    if (found) { found(said); }
  };

  function ofLocal(what, local, found) {
    var script = document.createElement('script'), number = looked += 1;
    looking[number] = found;
    script.src = base + '/js/local.js?number=' + number + '&do=' + what + '&local=' + encodeURIComponent(local);
    script.onload = script.onerror = function () {
      document.head.removeChild(script);
      window.cheqiaoLocal(number, { errMsg: 'fail, network error' });
    };
    document.head.appendChild(script);
  }

  /* What: upload or show. */
  function overLocal(name, what) {
    return function (given) {
      var end = ending(name, given);
      if (!mayUse(name)) { end('fail', { errMsg: REFUSED }); return; }
      ofLocal(what, given.localId, function (said) { end(said.errMsg ? 'fail' : 'success', said); });
    };
  }

  /* On a phone its owner chooses; outside of one there is one picture. */
  function chooseImage(given) {
    var end = ending('chooseImage', given);
    function heard(event) {
      if (event.source !== window.parent || !event.data || event.data.cheqiao !== 'photos') { return; }
      window.removeEventListener('message', heard);
      if (event.data.locals && event.data.locals.length) { end('success', { localIds: event.data.locals.map(local) }); } else { end('cancel', { errMsg: 'cancel' }); }
    }
    if (!mayUse('chooseImage')) { end('fail', { errMsg: REFUSED }); return; }
    if (window.parent === window) { end('success', { localIds: [local('picture/scratch')] }); return; }
    window.addEventListener('message', heard);
    window.parent.postMessage({ cheqiao: 'photos', count: given.count || MOST_PHOTOS }, '*');
  }

  function local(path) { return 'wxLocalResource://' + path; }

  function startRecord(given) {
    var end = ending('startRecord', given || {});
    if (!mayUse('startRecord')) { end('fail', { errMsg: REFUSED }); return; }
    if (recording) { end('fail', { errMsg: 'fail, recording' }); return; }
    recording = window.setTimeout(function () {
      recording = 0;
      callAll(whenRecorded, { localId: local('voice/sample'), errMsg: 'onVoiceRecordEnd:ok' });
    }, LONGEST_RECORD);
    end('success', {});
  }

  function stopRecord(given) {
    var end = ending('stopRecord', given || {});
    if (!mayUse('stopRecord') || !recording) { end('fail', { errMsg: recording ? REFUSED : 'fail, not recording' }); return; }
    window.clearTimeout(recording);
    recording = 0;
    end('success', { localId: local('voice/sample') });
  }

  function onVoiceRecordEnd(given) { whenRecorded.push(given.complete); }

  /* No browser plays what a phone records: the phone says that it does. */
  function playVoice(given) {
    var end = ending('playVoice', given);
    if (!mayUse('playVoice')) { end('fail', { errMsg: REFUSED }); return; }
    if (window.parent !== window) { window.parent.postMessage({ cheqiao: 'voice' }, '*'); }
    end('success', {});
  }

  function closeWindow() {
    if (window.parent === window) { window.close(); } else { window.parent.postMessage({ cheqiao: 'close' }, '*'); }
  }

  window.wx = window.jWeixin = {
    config: config, ready: ready, error: error, getLocation: getLocation, closeWindow: closeWindow,
    chooseImage: chooseImage, getLocalImgData: overLocal('getLocalImgData', 'show'), uploadImage: overLocal('uploadImage', 'upload'),
    startRecord: startRecord, stopRecord: stopRecord, onVoiceRecordEnd: onVoiceRecordEnd, playVoice: playVoice,
    uploadVoice: overLocal('uploadVoice', 'upload')
  };
}());
