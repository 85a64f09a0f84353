"""What stands in `deploy/`, looked at with each format's own tool: a typo there is found here and not at night."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.observe.health import HealthReport, PartHealth
from bot.observe.prometheus_meter import PrometheusMeter
from bot.settings import fields
from tests.cli_process import ROOT
from tests.clocks import NOON
from tests.observe.test_metrics import work

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
COMPOSED = sorted((DEPLOY / "compose").glob("*.yaml"))
CHART = DEPLOY / "helm/lyceum"
ON_POSTGRES = {"replicas": 3, "postgres": {"secret": "database"}, "serviceMonitor": {"enabled": True}}
FIGURE = re.compile(r"\blyceum_[a-z_]+")
SETTINGS = {name for _, name, _ in fields()}
# Kinds that Kubernetes itself does not know.
CUSTOM = {"ServiceMonitor"}
NEEDED = {"promtool": "apt-get install prometheus", "systemd-analyze": "apt-get install systemd"}


def run(*command: str | Path, cwd: Path = ROOT, said: str | None = None) -> str:
    """Run a tool that must find nothing wrong; return what it says."""
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, input=said, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def tool(name: str) -> str:
    """Return a tool of the system's; where there is none, the test is left out and says how to get it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}: {NEEDED[name]}")
    return found


def figures_there_are() -> set[str]:
    """Return the names of all samples that the bot gives once everything has happened to it."""
    meter = PrometheusMeter(version="1")
    meter.turn_ended(platform="slack", state="answered", error="", waited_s=1)
    meter.model_worked(work(), first_word_s=1)
    meter.lessons_answered("quoted")
    meter.platform_called(platform="slack", call="chat.update", outcome="ok")
    meter.database_worked("read", 1, has_failed=True)
    well = PartHealth("", NOON)
    written = meter.written(HealthReport({"Slack": well}, well, well, hosts=[Host()]))
    families = list(text_string_to_metric_families(written.decode()))
    return {sample.name for family in families for sample in family.samples} | {"lyceum_open_turns"}


class Host:
    host, error = "gpu:11434", ""


def rendered(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what the chart makes of values."""
    with helm_python.Chart.load(CHART) as chart:
        for name, text in chart.render(values=dict(values), name="demo").items():
            if name.endswith(".yaml"):
                yield from filter(None, yaml.safe_load_all(text))


def test_the_dockerfile_has_nothing_to_mend() -> None:
    assert run(BIN / "hadolint", DEPLOY / "docker/Dockerfile") == ""


def test_a_fault_in_a_dockerfile_would_be_found() -> None:
    done = subprocess.run(
        [BIN / "hadolint", "-"],
        input="FROM python\nRUN sudo cd /tmp\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "DL3006" in done.stdout


@pytest.mark.parametrize("file", COMPOSED, ids=lambda file: file.stem)
def test_compose_files_are_as_their_schema_says(file: Path) -> None:
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)


@pytest.mark.parametrize("file", COMPOSED, ids=lambda file: file.stem)
def test_what_a_compose_file_names_is_there(file: Path) -> None:
    composed = yaml.safe_load(file.read_text(encoding="utf-8"))
    services, volumes = composed["services"], composed.get("volumes", {})
    for name, service in services.items():
        assert service["image"].rpartition(":")[2] not in {"latest", service["image"]}, name
        assert set(service.get("depends_on", {})) <= set(services), name
        for mounted in service.get("volumes", []):
            source = mounted.partition(":")[0]
            assert source in volumes or (file.parent / source).exists(), mounted
        if build := service.get("build"):
            assert (file.parent / build["context"] / build["dockerfile"]).is_file()
            assert service["read_only"] is True
        assert {each for each in service.get("environment", {}) if each.startswith("LYCEUM_")} <= SETTINGS


def test_the_example_of_the_environment_names_settings_there_are() -> None:
    lines = (DEPLOY / "compose/env.example").read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line.startswith("LYCEUM_")}

    assert len(named) > 3
    assert named <= SETTINGS


def test_the_image_sets_settings_there_are() -> None:
    named = re.findall(r"LYCEUM_[A-Z_]+", (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8"))

    assert len(named) > 3
    assert set(named) <= SETTINGS


def test_the_chart_has_no_faults() -> None:
    assert helm_python.lint(CHART)["errors"] == []


@pytest.mark.parametrize("values", [{}, ON_POSTGRES], ids=["a file", "Postgres"])
def test_what_the_chart_makes_is_as_kubernetes_says(values: Mapping[str, Any], tmp_path: Path) -> None:
    made = [each for each in rendered(values) if each["kind"] not in CUSTOM]
    (tmp_path / "made.yaml").write_text(yaml.safe_dump_all(made), encoding="utf-8")

    assert {"Deployment", "Service", "ServiceAccount"} <= {each["kind"] for each in made}
    run(BIN / "kubernetes-validate", "--strict", tmp_path / "made.yaml")


def test_a_field_that_kubernetes_does_not_know_would_be_found(tmp_path: Path) -> None:
    made = [each for each in rendered({}) if each["kind"] == "Deployment"]
    made[0]["spec"]["replica"] = 3
    (tmp_path / "made.yaml").write_text(yaml.safe_dump_all(made), encoding="utf-8")

    with pytest.raises(AssertionError):
        run(BIN / "kubernetes-validate", "--strict", tmp_path / "made.yaml")


def test_every_container_runs_without_root_and_writes_nowhere_but_its_volumes() -> None:
    for each in (*rendered({}), *rendered(ON_POSTGRES)):
        if each["kind"] not in {"Deployment", "Job"}:
            continue
        pod = each["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in (*pod["containers"], *pod.get("initContainers", [])):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert {each["name"] for each in container["env"]} <= SETTINGS


def test_several_replicas_need_postgres_and_get_a_budget_and_a_migration() -> None:
    with pytest.raises(helm_python.HelmRenderError, match="needs a database on Postgres"):
        list(rendered({"replicas": 2}))
    kinds = {each["kind"] for each in rendered(ON_POSTGRES)}

    assert {"PodDisruptionBudget", "Job"} <= kinds
    assert "PersistentVolumeClaim" not in kinds


@pytest.mark.parametrize("values", [{"replica": 2}, {"image": {"tag": "latest"}}, {"settings": {"DISCORD_TOKEN": "x"}}])
def test_values_that_mean_nothing_are_refused(values: Mapping[str, Any]) -> None:
    with pytest.raises(helm_python.HelmError):
        list(rendered(values))


def test_alerts_are_rules_that_ring_when_they_should_and_not_else() -> None:
    promtool = tool("promtool")
    run(promtool, "check", "config", "prometheus.yml", cwd=DEPLOY / "prometheus")
    run(promtool, "test", "rules", "alerts.test.yml", cwd=DEPLOY / "prometheus")


def test_alerts_and_dashboard_ask_for_figures_there_are() -> None:
    there = figures_there_are()
    for file in (DEPLOY / "prometheus/alerts.yml", DEPLOY / "grafana/lyceum.json"):
        asked = {name for each in expressions(file) for name in FIGURE.findall(each)}
        assert len(asked) > 5
        assert asked <= there, file


def test_every_figure_is_on_the_dashboard() -> None:
    shown = {name for each in expressions(DEPLOY / "grafana/lyceum.json") for name in FIGURE.findall(each)}
    bases = {re.sub(r"_(bucket|sum|count)$", "", name) for name in figures_there_are()}

    assert bases - {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown} == {"lyceum_build_info"}


def test_the_dashboards_queries_can_be_asked(tmp_path: Path) -> None:
    promtool = tool("promtool")
    asked = [each.replace("$__rate_interval", "1m") for each in expressions(DEPLOY / "grafana/lyceum.json")]
    rules = [{"record": f"asked:{number}", "expr": each} for number, each in enumerate(asked)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}), encoding="utf-8")

    run(promtool, "check", "rules", "--lint=none", "rules.yml", cwd=tmp_path)


def test_panels_have_their_own_place_and_say_what_they_show() -> None:
    panels = json.loads((DEPLOY / "grafana/lyceum.json").read_text(encoding="utf-8"))["panels"]
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["description"] for panel in panels)


def expressions(file: Path) -> list[str]:
    """Return all that Prometheus is asked in a file of rules or a dashboard."""
    if file.suffix == ".json":
        panels = json.loads(file.read_text(encoding="utf-8"))["panels"]
        return [target["expr"] for panel in panels for target in panel["targets"]]
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]


def test_systemd_knows_every_key_and_finds_the_unit_well_locked(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze")
    unit = (DEPLOY / "systemd/lyceum.service").read_text(encoding="utf-8")
    (tmp_path / "lyceum.service").write_text(unit.replace("/opt/lyceum/bin/lyceum", "/bin/true"), encoding="utf-8")
    said = run(analyze, "verify", tmp_path / "lyceum.service")
    told = run(analyze, "security", "--offline=true", "--threshold=20", tmp_path / "lyceum.service")

    assert "Unknown" not in said
    assert "Overall exposure level" in told
