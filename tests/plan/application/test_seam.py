from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from egov_infra.model.application import application_classes
from egov_infra.plan.application.scope import blueprint_of

TOY = Path(__file__).with_name("toy")


def test_new_blueprint_is_two_files(estate_folder: Path, root: Path, tmp_path: Path) -> None:
    """A model class and a module, found by scanning: read, planned beside what is there, judged, and nothing is wrong."""
    package = tmp_path / "egov_infra"
    shutil.copytree(root / "egov_infra", package, ignore=shutil.ignore_patterns("__pycache__"))
    for room in ("model", "plan"):
        shutil.copy(TOY / room / "notice_board.py", package / room / "applications")
    ran = subprocess.run(
        [sys.executable, str(TOY / "judge.py"), str(estate_folder)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(ran.stdout)
    assert said["findings"] == []
    planned = said["planned"]
    register = {name.replace("register", "board") for name in planned["erb.app-register.prod"]}
    board = set(planned["erb.app-board.prod"])
    assert board < register
    own = {name for name in register - board if "certificates" not in name}
    assert own == {"erb-app-board-prod-task-role-policy"}  # what lets the register write certificates


def test_each_blueprint_has_a_class_and_a_module() -> None:
    """A class without a module could be declared and never planned."""
    blueprints = [cls.model_fields["blueprint"].annotation.__args__[0] for cls in application_classes()]  # type: ignore[union-attr]
    assert blueprints == ["e-ticketing", "professional-register"]
    for name in blueprints:
        module = blueprint_of(name)
        assert callable(module.plan)
        assert module.NEEDS.actions
