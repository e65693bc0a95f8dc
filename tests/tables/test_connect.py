"""The engines open with the settings that every step relies on."""

from pathlib import Path

import pytest

from haechi.errors import UsageError
from haechi.tables import connect


def test_duckdb_is_bounded_quiet_and_offline(tmp_path: Path) -> None:
    con = connect("duckdb", memory="300MB", threads=1, work=tmp_path)

    def setting(name: str) -> object:
        return con.raw_sql(f"SELECT current_setting('{name}')").fetchall()[0][0]

    assert setting("TimeZone") == "UTC"
    assert setting("memory_limit") == "286.1 MiB"
    assert setting("threads") == 1
    assert str(setting("temp_directory")).startswith(str(tmp_path))
    assert setting("autoinstall_known_extensions") is False
    assert setting("autoload_known_extensions") is False
    assert setting("enable_progress_bar") is False


def test_what_does_not_fit_goes_to_the_work_folder(tmp_path: Path) -> None:
    """An audit larger than memory must finish, and leave nothing outside its own folder."""
    con = connect("duckdb", memory="100MB", threads=1, work=tmp_path)
    con.raw_sql("CREATE TEMP TABLE t AS SELECT random() AS a, random()::VARCHAR AS b FROM range(10000000)")
    assert any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(("memory", "threads"), [("much", 1), ("1GB", 0)])
def test_a_setting_that_is_none_is_named(tmp_path: Path, memory: str, threads: int) -> None:
    with pytest.raises(UsageError, match="expected a size such as 2GB"):
        connect("duckdb", memory=memory, threads=threads, work=tmp_path)


def test_spark_without_java_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError, match="apt-get install openjdk-17-jre-headless"):
        connect("spark", work=tmp_path)


def test_spark_on_a_java_it_cannot_use_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"25.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="found Java 25"):
        connect("spark", work=tmp_path)


@pytest.mark.slow
def test_spark_keeps_its_files_in_the_work_folder_and_speaks_utc(tmp_path: Path) -> None:
    con = connect("spark", memory="1GB", threads=1, work=tmp_path)
    try:
        assert con.raw_sql("SELECT current_timezone()").toPandas().iloc[0, 0] == "UTC"
        assert str(tmp_path) in con._session.conf.get("spark.sql.warehouse.dir")
    finally:
        con.disconnect()
