"""The networks and definitions that ship with archc, as YAML."""
