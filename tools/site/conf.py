"""How Sphinx reads the pages of the documentation site (``make site``).

The source folder is the repository itself, so that links between pages, and from pages to files,
are the same on the site and where the pages are read without a build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from command_help import sections

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "batch-platform"
author = "The batch-platform contributors"
project_copyright = author

extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "benchmarks/README.md",
    "examples/nightly/README.md",
]
exclude_patterns = [".*", "build", "dist", "site", "stubs", "tests", "docs/pypi.md"]

myst_enable_extensions = ["attrs_inline"]
smartquotes = False  # two hyphens are an option of a command
myst_heading_anchors = 4  # named as GitHub names them

html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_static_path = ["site.css"]
html_favicon = "icon.svg"
html_css_files = ["site.css"]
templates_path = ["."]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "versions.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}

CONTENTS = {
    "Tutorials": [
        *("tutorials/jobs", "tutorials/environment", "tutorials/outputs"),
        "../examples/nightly/README",
    ],
    "How to": [
        *("start", "batchsdk", "localaws", "configuration", "platform"),
        *("images", "distributed", "real-account", "recovery", "upgrading"),
    ],
    "Reference": [
        *("api", "reference", "commands/batchsdk", "commands/batch-platform", "commands/localaws"),
        *("permissions", "../CHANGELOG"),
    ],
    "Explanation": ["../ARCHITECTURE", "decisions", "../benchmarks/README"],
    "The project": ["../CONTRIBUTING", "../SECURITY"],
}
"""What the sidebar has, by its headings: pages from the folder of the first one."""

_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_HELP = re.compile(r"^<!-- --help of (\S+) -->$", re.MULTILINE)


def _read(_app: Sphinx, page: str, source: list[str]) -> None:
    """Write into a page what its Markdown cannot say by itself.

    Its own anchors are HTML, for renderers that know no other; the texts of ``--help`` are those
    of the programs as they are now; the contents would be a block of code to other renderers.
    """
    text = _ANCHOR.sub(r"[]{#\1}", source[0])
    source[0] = _HELP.sub(lambda found: sections(found[1]), text)
    if page == root_doc:
        for caption, pages in CONTENTS.items():
            listed = "\n".join(pages)
            source[0] += f"\n```{{toctree}}\n:caption: {caption}\n:hidden:\n\n{listed}\n```\n"


def setup(app: Sphinx) -> None:
    """Add to Sphinx what its extensions lack."""
    app.connect("source-read", _read)
