"""Workers without processes of their own: those would take a second each to start, in hundreds of tests."""

from ingest.worker import JOBS


class InProcess:
    """Answers as ``flows.workers.Workers`` does."""

    def __init__(self, _limits):
        pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc_info):
        return None

    def expect_pages(self):
        """Everything is loaded."""

    async def run(self, name, *arguments, **_account):
        return JOBS[name](*arguments)

    async def read_feed(self, job):
        return JOBS["read_feed"](job)

    async def read_page(self, job):
        return JOBS["read_page"](job)

    async def mend_texts(self, job, _host):
        return JOBS["mend_texts"](job)
