"""Reading URLs over HTTP.

transport   sockets with a deadline, checked addresses and proxies, as an httpx transport
responses   bodies decoded within limits, pauses and errors of servers
passwords   passwords for hosts, from a netrc file
cache       bodies with validators, so that each is transferred once
rate_limit  pauses between requests, shared by processes and threads
urls        which URLs may be read, their host, and where they lead
failures    what goes wrong on the network, and whether another attempt may succeed
http        Http: one request with redirects and retries
download    a file that is read in parts, resumed and checked
crawl       many requests at once, in the order of their tree
"""
