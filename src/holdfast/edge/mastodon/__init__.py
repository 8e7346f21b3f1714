"""The Mastodon client API dialect."""
