"""Decides when a feed or page is asked next, what a poll changes and how a feed fares. Pure: no clock, no sockets."""
