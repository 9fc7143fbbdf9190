/* WeChat's JS-SDK, loaded where a page wants it. ES5: old WebViews. */
(function () {
  'use strict';

  var root = document.body.getAttribute('data-root');

  /* `ready(wx)` in WeChat alone; `failed()` where there is no signature or no SDK. In any other browser neither need come. */
  window.cheqiao.weChat = function (sdk, apis, ready, failed) {
    var url = root + '/api/jssdk?url=' + encodeURIComponent(window.location.href.split('#')[0]), request = new XMLHttpRequest();
    request.open('GET', url, true);
    request.timeout = 5000;
    request.onerror = request.ontimeout = failed;
    request.onload = function () {
      var script = document.createElement('script'), answer;
      if (request.status !== 200) { failed(); return; }
      answer = JSON.parse(request.responseText);
      script.src = sdk;
      script.onerror = failed;
      script.onload = function () {
        window.wx.config({ debug: false, appId: answer.appid, timestamp: answer.timestamp, nonceStr: answer.nonce, signature: answer.signature, jsApiList: apis });
        window.wx.error(failed);
        window.wx.ready(function () { ready(window.wx); });
      };
      document.head.appendChild(script);
    };
    request.send();
  };
}());
