"""compose.yaml, Dockerfile and the page on Kubernetes: safe by default, and each path and command in them exists."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from flows.cli.main import COMMANDS
from flows.settings import Settings

PROJECT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((PROJECT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
DOCKERFILE = re.sub(r"\\\n", " ", (PROJECT / "Dockerfile").read_text()).splitlines()
VARIABLE = re.compile(r"\$\{(\w+)(:?[-?][^}]*)?\}")
SECRETS = {"POSTGRES_PASSWORD", "DASHBOARD_PASSWORD"}


def variables():
    return {found[1]: found[2] or "" for found in VARIABLE.finditer((PROJECT / "compose.yaml").read_text())}


def instructions(name):
    return [shlex.split(line)[1:] for line in DOCKERFILE if line.startswith(name + " ")]


def test_every_variable_is_explained_in_the_example_and_nothing_else_is():
    example = (PROJECT / ".env.example").read_text()
    assert set(re.findall(r"^(\w+)=", example, re.MULTILINE)) == set(variables())


def test_nothing_starts_without_the_passwords_and_none_is_given():
    assert {name for name, rest in variables().items() if rest.startswith(":?")} == SECRETS
    example = dict(re.findall(r"^(\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert {example[name] for name in SECRETS} == {""}


def test_the_example_is_no_secret_and_the_real_one_stays_out_of_git_and_image():
    ignored = (PROJECT / ".gitignore").read_text().splitlines()
    assert ".env" in ignored
    assert (PROJECT / ".dockerignore").read_text().splitlines()[0] == "*", "only what is named goes into the image"


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_to_this_machine_alone(name):
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_only_the_dashboard_has_a_port():
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["server"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_no_rights_that_they_do_not_need(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "pid", "network_mode"} & set(service)


@pytest.mark.parametrize("name", SERVICES)
def test_volumes_networks_configs_and_services_that_it_names_exist(name):
    service = SERVICES[name]
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
    assert {one["source"] for one in service.get("configs", [])} <= set(COMPOSE["configs"])
    for needed, how in service.get("depends_on", {}).items():
        assert how["condition"] in {"service_healthy", "service_completed_successfully"}
        assert "healthcheck" in SERVICES[needed] or how["condition"] != "service_healthy"


@pytest.mark.parametrize("name", SERVICES)
def test_what_stays_up_is_watched_and_restarted(name):
    if name != "setup":  # it ends by itself
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
        assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_the_settings_that_it_is_given_exist(name):
    known = {f"FEEDMILL_{field.upper()}" for field in Settings.model_fields}
    given = SERVICES[name]["environment"]
    assert {key for key in given if key.startswith("FEEDMILL_")} <= known
    assert not [key for key, value in given.items() if "://" in str(value) and "PASSWORD" in str(value)]


@pytest.mark.parametrize("name", OURS)
def test_the_commands_that_it_runs_exist(name):
    text = json.dumps(SERVICES[name]["command"]).replace('"', " ").replace(",", " ")
    assert set(re.findall(r"feedmill (?=[a-z])\s*(\w+)", text)) <= set(COMMANDS)
    assert re.search(r"feedmill +\w|prefect +worker +start", text)


def test_what_the_image_is_made_of_exists_and_is_let_through():
    copied = [part for words in instructions("COPY") if not words[0].startswith("--") for part in words[:-1]]
    let_through = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied
    assert set(copied) == let_through
    assert all((PROJECT / part).exists() for part in copied)


def test_the_packages_are_all_copied():
    packages = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    copied = {part for words in instructions("COPY") for part in words}
    assert {name.rstrip("*") for name in packages["include"]} <= copied


def test_everything_is_installed_by_its_hash():
    installs = [line for line in DOCKERFILE if "pip install" in line]
    assert ["--require-hashes" in line or "-e ." in line for line in installs] == [True, True]
    assert all("--no-deps" in line for line in installs)


def test_the_image_runs_as_a_user_without_rights_who_owns_its_data_alone():
    assert instructions("USER")[-1] == ["feedmill"]
    assert "install -d -o feedmill -g feedmill -m 0700 /data" in " ".join(DOCKERFILE)
    assert instructions("VOLUME") == [["/data"]]


def test_no_secret_is_in_the_image():
    assert not re.search(r"PASSWORD|AUTH_STRING|SECRET", (PROJECT / "Dockerfile").read_text())


def kubernetes():
    page = (PROJECT / "docs" / "how-to" / "kubernetes.md").read_text()
    return yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])["items"]


def test_on_kubernetes_the_same_commands_run_with_the_same_variables():
    pods = {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in kubernetes() if "template" in str(one)}
    commands = {name: pod["containers"][0]["command"] for name, pod in pods.items()}
    assert commands["feedmill-server"] == SERVICES["server"]["command"]
    assert commands["feedmill-worker"] == SERVICES["worker"]["command"]
    assert commands["feedmill-setup-0-1-0"][2].startswith("feedmill db upgrade && feedmill deploy --rounds-at-once ")
    given = next(one["data"] for one in kubernetes() if one["kind"] == "ConfigMap")
    known = {key for service in SERVICES.values() for key in service.get("environment", {})}
    assert set(given) <= known


def test_on_kubernetes_no_pod_runs_as_root_or_writes_outside_its_folders():
    for one in kubernetes():
        if "template" in one.get("spec", {}):
            pod = one["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
            assert pod["containers"][0]["securityContext"]["allowPrivilegeEscalation"] is False
