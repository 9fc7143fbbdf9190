/* Photos and voice by WeChat's JS-SDK: put to WeChat at once, and sent as its ids with the form. Without the SDK nothing is shown. ES5. */
(function () {
  'use strict';

  var c = window.cheqiao, all = c.all, one = c.one, put = c.put;
  var APIS = ['chooseImage', 'getLocalImgData', 'uploadImage', 'startRecord', 'stopRecord', 'onVoiceRecordEnd', 'playVoice', 'uploadVoice'];
  var holder = one('[data-files]'), form, list, most, wx;
  var files = []; // file_id, kind, media_id once it is there, local_id while the page is open
  var recording = false;
  var SMALL = 96; // pixels

  if (!holder) { return; }
  form = holder;
  while (form.tagName !== 'FORM') { form = form.parentNode; }
  list = one('.brought', holder);
  most = parseInt(holder.getAttribute('data-files'), 10);

  function word(name) { return holder.getAttribute('data-say-' + name); }

  function say(text) {
    c.clear(form);
    if (text) { c.say(form, 'files', text); }
  }

  /* Those that WeChat has: they stay with what was typed. */
  function keep() {
    var draft = c.draftOf(form);
    draft.files = there().map(function (file) { return { file_id: file.file_id, media_id: file.media_id, kind: file.kind, small: file.small }; });
    c.keep(form.getAttribute('data-name'), draft);
  }

  function there() { return files.filter(function (file) { return file.media_id; }); }

  function sent(file) { return { file_id: file.file_id, media_id: file.media_id, kind: file.kind }; }

  function button(text, name, does) {
    var made = document.createElement('button');
    made.type = 'button';
    made.className = 'plain';
    put(made, text);
    made.setAttribute('aria-label', text + ' ' + name);
    made.addEventListener('click', does);
    return made;
  }

  function show() {
    var numbers = { photo: 0, voice: 0 };
    list.innerHTML = '';
    files.forEach(function (file) {
      var item = document.createElement('li'), picture, label = document.createElement('span'), name;
      numbers[file.kind] += 1;
      name = c.fill(word(file.kind), numbers[file.kind]);
      if (file.seen) {
        picture = document.createElement('img');
        picture.src = file.seen;
        picture.alt = '';
        item.appendChild(picture);
      }
      put(label, file.media_id ? name : name + ' · ' + word('uploading'));
      label.className = 'what';
      item.appendChild(label);
      if (file.kind === 'voice' && file.local_id) { item.appendChild(button(word('play'), name, function () { wx.playVoice({ localId: file.local_id }); })); }
      item.appendChild(button(word('remove'), name, function () { remove(file); }));
      list.appendChild(item);
    });
    all('[data-bring]', holder).forEach(function (bring) { bring.disabled = files.length >= most && !recording; });
  }

  function remove(file) {
    files = files.filter(function (other) { return other !== file; });
    keep();
    show();
    if (wx) { one('[data-bring]', holder).focus(); }
  }

  function add(kind, local) {
    var file = { file_id: c.newId(), kind: kind, local_id: local };
    if (files.length >= most) { return null; }
    files.push(file);
    return file;
  }

  /* One after another: WeChat takes no two at once. */
  function upload(waiting) {
    var file = waiting[0], rest = waiting.slice(1);
    function ended(answer) {
      if (answer && answer.serverId) { file.media_id = answer.serverId; } else { remove(file); say(word('failed')); }
      keep();
      show();
      if (rest.length) { upload(rest); }
    }
    if (!file) { return; }
    show();
    wx[file.kind === 'photo' ? 'uploadImage' : 'uploadVoice']({
      localId: file.local_id, isShowProgressTips: 0, success: ended, fail: function () { ended(null); }, cancel: function () { ended(null); }
    });
  }

  /* What a page may show: on an iPhone the picture's own id is no address. */
  function look(file) {
    wx.getLocalImgData({ localId: file.local_id, success: function (answer) {
      var data = answer.localData || '';
      file.seen = data.indexOf('data:') === 0 ? data.replace('image/jgp', 'image/jpeg') : 'data:image/jpeg;base64,' + data.replace(/\s/g, '');
      show();
      shrink(file);
    } });
  }

  /* A small one is kept with the draft, so that whoever comes back still sees which photos they are. */
  function shrink(file) {
    var picture = new Image(), canvas = document.createElement('canvas'), side;
    picture.onload = function () {
      side = Math.min(picture.width, picture.height);
      canvas.width = canvas.height = SMALL;
      if (!side || !canvas.getContext || form.getAttribute('data-busy')) { return; }
      canvas.getContext('2d').drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, SMALL, SMALL);
      file.small = canvas.toDataURL('image/jpeg', 0.7);
      keep();
    };
    picture.src = file.seen;
  }

  function choosePhotos() {
    say('');
    wx.chooseImage({ count: most - files.length, sizeType: ['compressed'], sourceType: ['album', 'camera'], success: function (answer) {
      var added = answer.localIds.map(function (local) { return add('photo', local); }).filter(Boolean);
      added.forEach(look);
      upload(added);
    } });
  }

  function recorded(answer) {
    var file;
    recording = false;
    put(one('[data-bring=voice] span', holder), word('record'));
    file = answer && answer.localId ? add('voice', answer.localId) : null;
    if (file) { upload([file]); } else { say(word('failed')); }
  }

  function record() {
    say('');
    if (recording) { wx.stopRecord({ success: recorded, fail: function () { recorded(null); } }); return; }
    wx.startRecord({
      success: function () { recording = true; put(one('[data-bring=voice] span', holder), word('stop')); },
      cancel: function () { say(word('refused')); },
      fail: function () { say(word('refused')); }
    });
  }

  /* What was brought before is there whether the SDK comes or not: nobody's photos are left behind unsaid. */
  function bringBack() {
    files = (c.draftOf(form).files || []).map(function (file) {
      return { file_id: file.file_id, media_id: file.media_id, kind: file.kind, small: file.small, seen: file.small };
    });
    one('.bring', holder).hidden = true;
    holder.hidden = !files.length;
    show();
  }

  function begin(sdk) {
    if (typeof sdk.chooseImage !== 'function') { return; }
    wx = sdk;
    one('[data-bring=voice]', holder).hidden = typeof wx.startRecord !== 'function';
    if (typeof wx.onVoiceRecordEnd === 'function') { wx.onVoiceRecordEnd({ complete: recorded }); } // after a minute
    one('[data-bring=photo]', holder).addEventListener('click', choosePhotos);
    one('[data-bring=voice]', holder).addEventListener('click', record);
    one('.bring', holder).hidden = false;
    holder.hidden = false;
    show();
  }

  bringBack();
  form.more = function (what) { if (files.length) { what.files = there().map(sent); } };
  form.beforeSend = function () {
    if (there().length === files.length && !recording) { return true; }
    say(word('wait'));
    c.focusFirst(form);
    return false;
  };
  c.weChat(form.getAttribute('data-sdk'), APIS, begin, function () { return null; });
}());
