"""The sub-commands of `wms` by what they are about; wms/cli.py puts them together."""
