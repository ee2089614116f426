"""A worker process with jobs that no product has: it sleeps, eats memory, crashes and prints."""

import os
import time

from ingest import worker


def chatter(noise):
    print(noise, flush=True)
    return "quiet"


worker.JOBS |= {"sleep": time.sleep, "eat": bytearray, "die": os._exit, "echo": str, "chatter": chatter}

if __name__ == "__main__":
    worker.main()
