"""Text messages: carries codes and confirmations to whichever provider the configuration names, and tells whether it took them."""
