"""One page for each diagnostic code, printed by `archc explain`; installed as `archc.errors`."""
