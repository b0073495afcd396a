"""Run moto's server on 127.0.0.1 at a free port, and print where: `python -m egov_infra.cloud.server`."""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> None:
    """Serve until terminated."""
    os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")  # certificates are issued at once; read at import
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    from egov_infra.cloud.correction import correct_moto  # noqa: PLC0415

    correct_moto()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.close()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()
    server.stop()


if __name__ == "__main__":
    main()
