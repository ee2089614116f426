"""The only room that opens sockets: requests by the rules of politeness and safety. It parses no feed and no page."""
