from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier.cpus import available_cpus
from verifier.settings import load_settings
from verifier.types.errors import SettingsError


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("VERIFIER_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_API_KEYS", "a, b,")
    monkeypatch.setenv("VERIFIER_RULES", f"one{os.pathsep}two")
    monkeypatch.setenv("VERIFIER_MAX_BODY_BYTES", "2MiB")
    monkeypatch.setenv("VERIFIER_WORKERS", "")
    settings = load_settings(port=9)
    assert [key.get_secret_value() for key in settings.api_keys] == ["a", "b"]
    assert settings.rules == (Path("one"), Path("two"))
    assert (settings.max_body_bytes, settings.workers, settings.port) == (2 * 1024 * 1024, None, 9)
    assert "a" not in str(settings.api_keys).replace("SecretStr", "")


def test_a_file_is_read_and_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VERIFIER_WORKERS=3\nVERIFIER_PORT=1000\nANTHROPIC_API_KEY=x\n")
    monkeypatch.setenv("VERIFIER_PORT", "2000")
    settings = load_settings()
    assert (settings.workers, settings.port) == (3, 2000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VERIFIER_WORKERS", "0"),
        ("VERIFIER_WORKERS", "many"),
        ("VERIFIER_PORT", "65536"),
        ("VERIFIER_MAX_BODY_BYTES", "big"),
        ("VERIFIER_MAX_BODY_BYTES", "0"),
        ("VERIFIER_LOG_FORMAT", "xml"),
        ("VERIFIER_IDLE_SECONDS", "nan"),
        ("VERIFIER_API_KEYS", " , "),
        ("VERIFIER_API_KEYS", "clé"),
        ("VERIFIER_API_KEY", "secret"),
        ("VERIFIER_WORKER", "2"),
        ("VERIFIER_JUDGE", "sometimes"),
        ("VERIFIER_JUDGE_BASE_URL", "localhost:8080"),
        ("VERIFIER_JUDGE_BUDGET_USD", "-1"),
        ("VERIFIER_JUDGE_BUDGET_USD", "0.0000000000001"),
        ("VERIFIER_JUDGE_MODELS", "claude"),
        ("VERIFIER_STORE_URL", "opinions.db"),
        ("VERIFIER_ANTHROPIC_API_KEY", "secret"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()
    assert "secret" not in str(caught.value)
    assert "clé" not in str(caught.value)


def test_a_misspelling_in_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VERIFIER_API_KEY=secret\n")
    with pytest.raises(SettingsError, match="did you mean VERIFIER_API_KEYS"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VERIFIER_JUDGE", "none"),
        ("VERIFIER_STORE_URL", "sqlite:///x"),
        ("VERIFIER_PORT", "tcp://10.0.0.1:8000"),
        ("VERIFIER_SERVICE_HOST", "10.0.0.1"),
        ("VERIFIER_PORT_8000_TCP_ADDR", "10.0.0.1"),
    ],
)
def test_what_others_set_is_no_error(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert load_settings().port == 8000


def test_a_container_is_given_no_more_workers_than_cpus(tmp_path: Path) -> None:
    all_of_them = available_cpus(tmp_path / "missing")
    assert all_of_them >= 1
    for quota, cpus in (("max 100000", all_of_them), ("50000 100000", 1), ("100000 100000", 1), ("x", all_of_them)):
        (tmp_path / "cpu.max").write_text(quota + "\n")
        assert available_cpus(tmp_path / "cpu.max") == cpus


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        load_settings()


def test_the_password_of_the_store_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_STORE_URL", "postgresql://verifier:hunter2@db/opinions")
    settings = load_settings()
    assert settings.store == "postgresql://verifier:hunter2@db/opinions"
    assert "hunter2" not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    for wrong in ("verifier:hunter2@db/opinions", "mysql://verifier:hunter2@db/opinions", "hunter2"):
        monkeypatch.setenv("VERIFIER_STORE_URL", wrong)
        with pytest.raises(SettingsError, match="VERIFIER_STORE_URL: write sqlite:///FILE") as told:
            load_settings()
        assert "hunter2" not in str(told.value)
