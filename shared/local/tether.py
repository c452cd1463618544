"""Runs the local engine and ends it when whoever started it is gone, however that came about.

Runs in the engine's own environment (`python -m shared.local.tether`), so it imports nothing of ours. The engine
saves its state only when it stops cleanly: a starter that was killed must not leave it running, nor kill it.
"""

import os
import signal
import sys
import threading

from ministack.app import main


def stop_at_end_of_input() -> None:
    """Waits for standard input to close, which the death of the starter does too, then asks for a clean stop."""
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=stop_at_end_of_input, daemon=True).start()
    sys.argv = sys.argv[:1]
    main()
