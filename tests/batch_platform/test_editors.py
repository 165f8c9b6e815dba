"""What editors show of a stack file: the schema by itself, and by the language server of YAML."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from batch_platform.settings.hovers import LINKS
from batch_platform.settings.schema import stack_schema
from tests.tool_environment import node_packages

ROOT = Path(__file__).parents[2]
LOCK = Path(__file__).parent / "language_server"
FILE = f"""\
# yaml-language-server: $schema={ROOT / "schemas" / "stack.schema.json"}
config:
  aws:region: us-east-1
  batch-platform:network:
    mode:\x20
  batch-platform:computeEnvironments:
    default:
      type:\x20
      maxVcpus: 16
"""


def blocks() -> dict[str, Any]:
    """Return the blocks of the config; those of the API are described by their pages."""
    return {
        name: block
        for name, block in stack_schema()["$defs"].items()
        if " of the AWS Batch API: " not in block["description"]
    }


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", sorted(blocks()))
def test_every_key_tells_its_type_its_default_and_a_page_of_aws(name: str) -> None:
    block = blocks()[name]
    for key, value in block["properties"].items():
        told = value["markdownDescription"]
        assert told.endswith(f"]({LINKS[name]})"), key
        if key in block.get("required", ()):
            assert "**required**" in told, key
        elif "default" in value:
            assert "default `" in told, key


def test_no_page_is_of_a_block_that_is_gone() -> None:
    assert LINKS.keys() == blocks().keys()


class LanguageServer:
    """One that answers about an open file, by the Language Server Protocol."""

    def __init__(self, process: subprocess.Popen[bytes], file: Path) -> None:
        self._process = process
        self._uri = file.as_uri()
        self._last = 0
        about = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}
        root = file.parent.as_uri()
        self._ask("initialize", {"processId": None, "rootUri": root, "capabilities": about})
        self._send({"method": "initialized", "params": {}})
        settings = {"yaml": {"completion": True, "hover": True}}
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": settings}})
        document = {"uri": self._uri, "languageId": "yaml", "version": 1, "text": file.read_text()}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def completions(self, line: int, column: int) -> set[str]:
        """Return what it offers at a place, both from 0."""
        found = self._about("completion", line, column)
        return {each["label"] for each in found["items"]}

    def hover(self, line: int, column: int) -> str:
        """Return what it shows at a place."""
        return str(self._about("hover", line, column)["contents"]["value"])

    def _about(self, what: str, line: int, column: int) -> Any:
        place = {"position": {"line": line, "character": column}}
        return self._ask(f"textDocument/{what}", {"textDocument": {"uri": self._uri}, **place})

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" not in message and message.get("id") == self._last:
                return message["result"]
            if "method" in message and "id" in message:  # what it asks: it has no other settings
                wanted = message["params"].get("items", ()) if message.get("params") else ()
                self._send({"id": message["id"], "result": [{} for _ in wanted] or None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        output = self._process.stdout
        assert output is not None
        length = 0
        while line := output.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(output.read(length))
        return message


@contextmanager
def language_server(folder: Path, file: Path) -> Iterator[LanguageServer]:
    """Run one."""
    program = node_packages("yaml-language-server", LOCK) / "node_modules/.bin"
    process = subprocess.Popen(
        [program / "yaml-language-server", "--stdio"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield LanguageServer(process, file)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.scanners
def test_an_editor_offers_every_kind_and_explains_a_key(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(FILE)
    with language_server(tmp_path, file) as editor:
        assert editor.completions(4, 10) == {"public", "endpoints", "nat", "existing"}
        kinds = {"EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "UNMANAGED"}
        assert editor.completions(7, 12) == kinds
        told = editor.hover(8, 8)
    assert "vCPUs that the environment may grow to." in told
    assert "whole number; at least 1; vCPUs; default `256`" in told
    assert "[AWS: ComputeResource](https://docs.aws.amazon.com/batch/" in told
