"""Reading URLs over HTTP: client, transport, rate limit, cache, and many requests at once."""
