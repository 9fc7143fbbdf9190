"""Followers' phones in the browser: WeChat with the service account's chat and its web view, and an inbox for text messages."""
