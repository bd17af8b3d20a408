"""Papers: outside files to plain frozen rows and back; no database, no web, no clock."""
