"""The command line: one file a command. Reads words, calls the session, and shows what came of it through `report`."""
