"""A provider of text messages: takes them over its API and keeps them in an inbox for each mobile (contracts/partners/sms.py)."""
