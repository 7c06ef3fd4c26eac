"""One module a peer: a process that reads rows, asks the server, and writes an answer for each."""
