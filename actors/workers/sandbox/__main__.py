"""`python -m actors.workers.sandbox`: frames come in on stdin and go out on stdout, until stdin ends.

With `--socket` both go through a unix socket that its host listens on, until that is closed.
"""

from actors.workers.sandbox import absent
from actors.workers.sandbox.forking import hooks_withheld

if __name__ == "__main__":
    absent.hide()
    with hooks_withheld():
        from actors.workers.sandbox.service import main
    main()
