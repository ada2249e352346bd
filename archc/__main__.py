"""`python -m archc`: the same program as `archc`."""

from archc.cli.main import run

if __name__ == "__main__":
    run()
