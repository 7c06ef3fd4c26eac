"""What is settled: which of flag, variable, project and user holds, and what a project's file may not say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ilang.base.diagnostic import IlangError
from ilang.config.config import configuration
from ilang.config.file import project_file, read_settings
from ilang.config.setting import SETTINGS


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A project's folder with one inside it, and an environment whose configuration folder is empty."""
    (tmp_path / "project" / "inner").mkdir(parents=True)
    return tmp_path / "project", {"XDG_CONFIG_HOME": str(tmp_path / "home")}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_variable_stands_above_the_project_and_that_above_the_user(places: tuple[Path, dict[str, str]]) -> None:
    folder, environment = places
    own = write(
        Path(environment["XDG_CONFIG_HOME"]) / "ilang" / "config.toml", "seed = 1\nconcurrency = 2\nstore = 'x'\n"
    )
    project = write(folder / "ilang.toml", "seed = 3\nconcurrency = 4\n")
    found = configuration(folder=folder / "inner", environment={**environment, "ILANG_SEED": "5"})
    assert {n: (v.value, v.origin) for n, v in found.values.items()} == {
        "seed": (5, "ILANG_SEED"),
        "concurrency": (4, str(project)),
        "store": ("x", str(own)),
    }
    assert configuration(folder=folder, environment=environment, isolated=True).values == {}


def test_profiles(places: tuple[Path, dict[str, str]]) -> None:
    folder, environment = places
    write(
        folder / "ilang.toml",
        'model = "sim"\n[models]\nsolver = "sim:a"\n[profiles.cheap]\nseed = 7\n[profiles.cheap.models]\nsolver = "sim:b"\n',
    )
    plain = configuration(folder=folder, environment=environment)
    assert plain.chosen_models() == {"solver": "sim:a", "default": "sim"} and "seed" not in plain.values
    for found in (
        configuration(folder=folder, environment=environment, profile="cheap"),
        configuration(folder=folder, environment={**environment, "ILANG_PROFILE": "cheap"}),
    ):
        assert found.chosen_models() == {"solver": "sim:b", "default": "sim"} and found.values["seed"].value == 7
        assert found.values["seed"].origin.endswith("ilang.toml, profile cheap")
    with pytest.raises(IlangError) as told:
        configuration(folder=folder, environment=environment, profile="cheep")
    assert told.value.diagnostics[0].help == "did you mean `cheap`?"


def test_pyproject_holds_where_it_has_a_table_of_ours(places: tuple[Path, dict[str, str]]) -> None:
    folder, environment = places
    write(folder / "inner" / "pyproject.toml", "[tool.other]\nx = 1\n")
    write(folder / "pyproject.toml", "[tool.ilang]\nseed = 9\n")
    assert project_file(folder / "inner") == folder / "pyproject.toml"
    assert configuration(folder=folder / "inner", environment=environment).values["seed"].value == 9


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("keys = 'sk-1'", "not-for-a-project", ":1: a project's file has `keys`"),
        ("api_key = 'sk-1'", "not-for-a-project", "has `api_key`"),
        ("seed = 1\ntrust = ['x']", "not-for-a-project", ":2: a project's file has `trust`"),
        (
            "[profiles.x]\nbase_url = 'http://evil'",
            "not-for-a-project",
            ":2: a project's file has `base_url` (`profiles.x.base_url`)",
        ),
        (
            'model = \'openai("m", base_url="http://evil/v1")\'',
            "not-for-a-project",
            "names a server, or a key, for a model (`model`)",
        ),
        ('[models]\nm = \'openai("m", api_key_env="X")\'', "not-for-a-project", "(`models.m`)"),
        ("confirm = 5", "not-for-a-project", "has `confirm`"),
        ("sede = 1", "unknown-setting", ":1: there is no setting `sede`"),
        ("seed = -1", "bad-setting", "`seed` is a whole number from 0"),
        ("seed = true", "bad-setting", "`seed` is a whole number from 0"),
        ("model = 3", "bad-setting", "`model` is a text"),
        ("no-trace = 1", "bad-setting", "`no-trace` is true or false"),
        ("models = 'x'", "bad-setting", "`models` is a table"),
        ("profiles = 3", "bad-setting", "`profiles` is a table"),
        ("[profiles]\nx = 3", "bad-setting", "`profiles.x` is a table"),
        ("seed = ", "bad-setting", "is no TOML"),
    ],
)
def test_what_a_project_may_not_say(places: tuple[Path, dict[str, str]], text: str, code: str, told: str) -> None:
    path = write(places[0] / "ilang.toml", text + "\n")
    with pytest.raises(IlangError) as refused:
        read_settings(path, project=True)
    (problem,) = refused.value.diagnostics
    assert problem.code == code and told in problem.message and "sk-1" not in problem.message


def test_the_user_may_name_a_server_but_no_key(places: tuple[Path, dict[str, str]]) -> None:
    path = write(places[0] / "config.toml", 'model = \'openai("m", base_url="http://mine/v1")\'\n')
    assert "model" in read_settings(path, project=False).values
    with pytest.raises(IlangError) as refused:
        read_settings(write(places[0] / "c.toml", "api_key = 'sk-1'\n"), project=False)
    assert "`ilang keys set`" in refused.value.diagnostics[0].message


def test_each_setting_is_a_flag_of_run() -> None:
    from ilang.cli import run
    from ilang.cli.parser import Parser

    parser = Parser("ilang run")
    run.add(parser)
    assert {f"--{setting.name}" for setting in SETTINGS} <= set(parser.flags())


def test_a_file_that_cannot_be_read(places: tuple[Path, dict[str, str]]) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    path = write(places[0] / "ilang.toml", "seed = 1\n")
    path.chmod(0)
    with pytest.raises(IlangError):
        configuration(folder=places[0], environment=places[1])
