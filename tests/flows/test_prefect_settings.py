"""What is shipped in prefect.toml is what this version of Prefect takes: quiet, light, and closed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ASK = """
import json
from prefect.settings import get_current_settings
print(get_current_settings().model_dump_json())
"""
SENDS = re.compile(r"telemetry|analytics|metrics|promotional|tracking|amplitude|usage", re.IGNORECASE)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Every setting of Prefect as a command in the project's folder sees it, by its path."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    home = {"PREFECT_HOME": str(tmp_path_factory.mktemp("prefect"))}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=PROJECT, env=plain | home, capture_output=True, text=True, check=True
    )
    return dict(flat(json.loads(asked.stdout.splitlines()[-1])))


def flat(document, path=""):
    for name, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def test_everything_that_sends_or_advertises_is_off(shipped):
    switches = {name: value for name, value in shipped.items() if SENDS.search(name) and isinstance(value, bool)}
    assert {
        "server.analytics_enabled",
        "cloud.enable_orchestration_telemetry",
        "telemetry.enable_resource_metrics",
        "server.ui.show_promotional_content",
    } <= switches.keys()
    on = {name for name, value in switches.items() if value}
    assert on == set()
    assert shipped["server.ui.v2_enabled"] is False, "its page calls an analytics host"


def test_it_is_closed(shipped):
    assert shipped["server.api.host"] == "127.0.0.1"
    assert shipped["server.api.csrf_protection_enabled"] is True
    assert shipped["client.csrf_support_enabled"] is True
    assert "*" not in shipped["server.api.cors_allowed_origins"]


def test_it_is_light_and_forgets(shipped):
    for service in ("task_run_recorder", "event_persister"):
        assert shipped[f"server.services.{service}.batch_size"] == 200
        assert shipped[f"server.services.{service}.read_batch_size"] == 200
        assert shipped[f"server.services.{service}.flush_interval"] == 2
    assert set(shipped["server.services.db_vacuum.enabled"]) == {"events", "flow_runs"}
    assert str(shipped["server.services.db_vacuum.retention_period"]) in {"1209600", "1209600.0", "P14D", "P14DT0S"}
    assert str(shipped["server.events.retention_period"]) in {"172800", "172800.0", "P2D", "P2DT0S"}
