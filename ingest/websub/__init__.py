"""WebSub as pure protocol: discovery, subscriptions as values, signatures. It opens no socket and reads no clock."""
