"""The follower's pages as seen: HTML on the server, from the pages' own copy, in two languages."""

from adapters.wechat.pages.views.mounting import add_views as add_views
